#include "runtime/lang/lexer.hpp"

#include <doctest/doctest.h>

#include "runtime/lang/parser.hpp"

using namespace noodle::lang;

namespace {

struct Lexed {
  explicit Lexed(std::string text, std::string path = "test.nc") : source(std::move(path), std::move(text)) {
    lex(source, diagnostics, list);
  }
  SourceFile source;
  Diagnostics diagnostics;
  TokenList list;

  // Texts of the tokens; `|` before a token on a new line that counts, `!` for a reported one.
  std::string text() const {
    std::string result;
    for (const Token& token : list.tokens) {
      if (token.kind == Tok::eof) break;
      if (!result.empty()) result += ' ';
      if (token.newline() && !result.empty()) result += "| ";
      if (token.kind == Tok::error) result += '!';
      result += source.text(token.span());
    }
    return result;
  }
  std::string codes() const {
    std::string result;
    for (const Diagnostic& item : diagnostics.all()) {
      result += (result.empty() ? "" : " ") + std::to_string(static_cast<int>(item.code)) + "@" +
                std::to_string(item.span.start);
    }
    return result;
  }
};

struct TokenRow {
  std::string source;
  std::string expected;
};

}  // namespace

TEST_CASE("text is cut into the longest tokens") {
  const TokenRow rows[] = {
      {"a+++b", "a ++ + b"},
      {"a..<b a..b a.b", "a ..< b a .. b a . b"},
      {"1..2 1...3 1.foo 1.5", "1 .. 2 1 .. . 3 1 . foo 1.5"},
      {"a?.b ?? c ? d : e", "a ?. b ?? c ? d : e"},
      {"a=>b==c!=d<=e=f", "a => b == c != d <= e = f"},
      {"List<List<int>>=x", "List < List < int > > = x"},
      {"a<-b->c", "a < - b -> c"},
      {"a&&b||c&d|e^~f<<g", "a && b || c & d | e ^ ~ f << g"},
      {"+= -= *= /= % @ ; , ( ) [ ] { }", "+= -= *= /= % @ ; , ( ) [ ] { }"},
      {"x--y!z", "x -- y ! z"},
      {"größe変数_1 _", "größe変数_1 _"},
      {"'a' \"b\" 'a\"b' \"\\\"\"", "'a' \"b\" 'a\"b' \"\\\"\""},
      {"200ms 1.5s 16MB 0xFF 0b10 1_000 1e-9", "200ms 1.5s 16MB 0xFF 0b10 1_000 1e-9"},
  };
  for (const TokenRow& row : rows) {
    CAPTURE(row.source);
    const Lexed lexed(row.source);
    CHECK(lexed.text() == row.expected);
    CHECK(lexed.codes() == "");
  }
}

TEST_CASE("words are reserved, contextual or names") {
  CHECK(word_kind("class") == Tok::kw_class);
  CHECK(word_kind("supervisor") == Tok::kw_supervisor);
  CHECK(word_kind("on") == Tok::cx_on);
  CHECK(word_kind("requires") == Tok::cx_requires);
  for (const char* word :
       {"var", "classes", "Class", "x", "function", "constructor", "a_very_long_word_that_is_a_name"}) {
    CHECK(word_kind(word) == Tok::ident);
  }
  for (int i = static_cast<int>(Tok::kw_import); i < static_cast<int>(Tok::l_paren); ++i) {
    const Tok kind = static_cast<Tok>(i);
    if (kind == Tok::ident) continue;
    CAPTURE(std::string(spelling(kind)));
    CHECK(word_kind(spelling(kind)) == kind);
    CHECK(is_word(kind));
    CHECK(is_reserved(kind) != is_name(kind));
  }
}

TEST_CASE("line ends count except inside parentheses and square brackets") {
  const TokenRow rows[] = {
      {"a\nb", "a | b"},
      {"f(\na\n,b)\nc", "f ( a , b ) | c"},
      {"f(x => {\na\nb\n}\n)\nc", "f ( x => { | a | b | } ) | c"},
      {"[\n1\n]\n2", "[ 1 ] | 2"},
      {"a /* x\ny */ b", "a | b"},
      {"a // x\nb", "a | b"},
      {"`a\n${\nb\n}`\nc", "` a\n ${ b }  ` | c"},
      {"a\r\nb", "a | b"},
  };
  for (const TokenRow& row : rows) {
    CAPTURE(row.source);
    CHECK(Lexed(row.source).text() == row.expected);
  }
  const Lexed inside("(\na)");
  CHECK(inside.list.tokens[1].line_start());
  CHECK_FALSE(inside.list.tokens[1].newline());
}

TEST_CASE("brackets know their partners, and a closer skips openers of other kinds") {
  const Lexed good("( [ { } ] )");
  for (const std::uint32_t i : {0U, 1U, 2U}) {
    CHECK(good.list.tokens[i].match == 5 - i);
    CHECK(good.list.tokens[5 - i].match == i);
  }
  const Lexed bad("{ ( } )");
  CHECK(bad.list.tokens[0].match == 2);
  CHECK(bad.list.tokens[1].match == 0);
  CHECK(bad.list.tokens[3].match == 0);
  CHECK_FALSE(bad.list.unclosed_bracket);
  const Lexed crossed("( { )");
  CHECK(crossed.list.tokens[0].match == 2);
  CHECK(crossed.list.unclosed_braces == 1);
  CHECK(Lexed("{ { }").list.unclosed_braces == 1);
  CHECK(Lexed("[").list.unclosed_bracket);
}

TEST_CASE("templates nest, and braces inside ${ } belong to it") {
  const Lexed lexed("`a ${ {b: `c ${d}`} } e`");
  CHECK(lexed.codes() == "");
  CHECK(lexed.text() == "` a  ${ { b : ` c  ${ d }  ` } }  e `");
  CHECK(Lexed("`\\${a} $ {b} \\``").text() == "` \\${a} $ {b} \\` `");
  CHECK(Lexed("``").text() == "`  `");
}

TEST_CASE("comments are kept with their place, documentation goes to the next token") {
  const Lexed lexed("/// one\n/// two\n\n/// three\n  /// four\nfunc f() // end\n/* block */ /* more */ g //// no");
  REQUIRE(lexed.list.comments.size() == 8);
  CHECK(lexed.list.comments[0].own_line);
  CHECK_FALSE(lexed.list.comments[4].own_line);
  CHECK(lexed.list.comments[5].own_line);
  CHECK_FALSE(lexed.list.comments[6].own_line);
  REQUIRE(lexed.list.docs.size() == 1);
  CHECK(lexed.list.docs[0].token == 0);
  CHECK(lexed.source.text(lexed.list.docs[0].span) == "/// three\n  /// four");
  CHECK(Lexed("a /// not a line of its own\nb").list.docs.empty());
  CHECK(Lexed("/// a\n// b\n/// c\nx").source.text(Lexed("/// a\n// b\n/// c\nx").list.docs[0].span) == "/// c");
}

TEST_CASE("what is wrong in the text has a code and a place") {
  const TokenRow rows[] = {
      {"\"abc\nx", "1002@0"},
      {"'abc", "1002@0"},
      {"\"abc\\\n", "1002@0"},
      {"\"abc\\", "1002@0"},
      {"'a\r\n'", "1002@0 1002@4"},
      {"x `abc", "1002@2"},
      {"`abc\\", "1002@0"},
      {"`a ${ b", "1002@3"},
      {"`a ${ `b ${", "1002@3"},
      {"a /* b", "1003@2"},
      {"0x 0b 0b2 1__0 1_ 1_.5", "1005@0 1005@3 1005@6 1005@10 1005@15 1005@18"},
      {"1e 1e+ 12abc 5kb 1.5MB 1e3s 1._5", "1005@0 1005@3 1005@7 1005@13 1005@17 1005@23"},
      {"1.5_ 1e5_ 0xé", "1005@0 1005@5 1005@10"},
      {"a # b\nc", "1001@2"},
      {"a $b \\", "1001@2 1001@5"},
      {"a\xC2\xA0"
       "b\xE2\x80\x8B\xEF\xBB\xBF",
       "1001@1 1001@4 1001@7"},
      {"“x” ≤ ≥ ≠ 😀", "1001@0 1001@4 1001@8 1001@12 1001@16 1001@20"},
      {"a === b !== c", "1010@2 1010@8"},
      {"a ** b := c", "1010@2 1010@7"},
      {"ab\xFF", "1007@2"},
      {"\xED\xA0\x80", "1007@0"},
  };
  for (const TokenRow& row : rows) {
    CAPTURE(row.source);
    CHECK(Lexed(row.source).codes() == row.expected);
  }
  CHECK(Lexed(std::string("a\0b", 3)).codes() == "1001@1");
}

TEST_CASE("a byte order mark and a #! line at the start are skipped") {
  CHECK(Lexed("\xEF\xBB\xBFx").text() == "x");
  CHECK(Lexed("\xEF\xBB\xBFx").codes() == "");
  const Lexed script("#!/usr/bin/env noodle\nx");
  CHECK(script.text() == "x");
  CHECK(script.list.comments.size() == 1);
  CHECK(script.codes() == "");
}

TEST_CASE("names with $ exist in the prelude only") {
  CHECK(Lexed("$lesser(a)", "stdlib/prelude.nc").text() == "$lesser ( a )");
  CHECK(Lexed("$lesser(a)", "prelude.nc").codes() == "");
  CHECK(Lexed("$lesser(a)", "my_prelude.nc").codes() == "1001@0");
}

TEST_CASE("a source over 16 MiB is refused, and errors stop at their limit") {
  const Lexed large(std::string(kMaxSourceBytes + 1, ' '));
  CHECK(large.codes() == "1020@0");
  CHECK(large.list.tokens.size() == TokenList::kPadding);
  CHECK(Lexed(std::string(kMaxSourceBytes, ' ')).codes() == "");
  std::string many;
  for (int i = 0; i < 100; ++i) many += "$ ";
  CHECK(Lexed(many).diagnostics.error_count() == Diagnostics::kMaxErrors);
}

TEST_CASE("closers without openers take linear time") {
  const Lexed lexed(std::string(200'000, '(') + std::string(200'000, '}') + std::string(200'000, ']'));
  CHECK(lexed.list.tokens.size() == 600'000 + TokenList::kPadding);
}

TEST_CASE("incomplete input is told from complete input") {
  for (const char* text :
       {"func f() {", "f(", "[1,",  "`abc",          "`a ${", "1 +", "a =",  "a ==", "x =>",     "/* a",
        "a,",         "a.", "else", "if (a) b else", "try",   "let", "a ??", "a is", "f(x => {", "{ `"}) {
    CAPTURE(text);
    CHECK(is_incomplete(text));
  }
  for (const char* text : {"", "  ", "// c", "f()", "[1]", "{ }", "x++", "x--", "a;", "\"abc", "let x: int?",
                           "let x: List<int>", "1", ")", "return"}) {
    CAPTURE(text);
    CHECK_FALSE(is_incomplete(text));
  }
}
