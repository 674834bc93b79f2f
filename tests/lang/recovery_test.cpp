// After an error the parser finds its footing, and nothing makes it hang, crash or talk too much.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

#include "runtime/lang/token.hpp"
#include "tests/lang/ast_text.hpp"

using namespace noodle::lang;

namespace {

std::string repeat(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

std::uint64_t seed() {
  const char* given = std::getenv("NOODLE_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

std::string snippets() {
  std::ifstream file(std::string(NOODLE_SOURCE_DIR) + "/tests/lang/snippets.nc");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("errors in neighbouring statements, members, arms and declarations are all reported") {
  struct Row {
    std::string source;
    std::string codes;
  };
  const Row rows[] = {
      {"func f() {\n  let = 1;\n  let x = ;\n  x +;\n  ok();\n}\nfunc g( { }\nclass { }",
       "1011 2:7 1012 3:11 1012 4:6 1011 7:9 1011 8:7"},
      {"class A {\n  x: ;\n  func ( { }\n  y: int = ;\n  z: int;\n}", "1013 2:6 1011 3:8 1012 4:12"},
      {"match (x) {\n  case + => 1\n  case 1 = 2\n  case 2 => ;\n  case 3 => 4\n}", "1014 2:8 1011 3:10 1012 4:13"},
      {"match (x) { case 1 (2) => 3, case 4 => 5 }", "1011 1:20"},
      {"match (x) { case 1 => a b, case 4 => ) }", "1011 1:25 1012 1:38"},
      {"enum E { a(x), b, c(y: ) }", "1013 1:12 1013 1:24"},
      {"f(1, +2, 3); g(*); h(", "1010 1:6 1010 1:16 1011 1:22"},
      {"let a = [1, *, 3]; let b = { x: , y: 1 }; let c = (+);", "1010 1:13 1012 1:33 1010 1:52"},
      {"supervisor S { child + ; strategy: ; child A() }", "1010 1:22 1012 1:36"},
      {"import ;\nimport a.\nrequires +;\nmodule 5\ntype = 1", "1011 1:8 1010 3:10 1010 4:8"},
      {"func f() {\n  foo(1,\n  let x = 2;\n  bar();\n}\nfunc g() { let = 1; }", "1012 2:9 1011 6:16"},
      {"func f() {\n  foo(1\n  let x = 2;\n}\nfunc g() { }", "1011 2:8"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.source);
    const std::string codes = Parsed(row.source).codes();
    CHECK(codes == row.codes);
  }
}

TEST_CASE("a missing brace is reported where the next declaration begins") {
  const Parsed parsed("func f() {\n  if (x) {\n    foo();\n}\n\nfunc g() { }\nclass A { func h() { } }\n");
  REQUIRE(parsed.codes() == "1011 4:2");
  const Diagnostic& item = parsed.diagnostics.all()[0];
  CHECK(item.message == "expected `}` before `func`");
  CHECK(parsed.source.position(item.note_span.start).line == 2);  // the `if`, as the indentation of its `}` says
  CHECK(parsed.ast.decls.size() == 3);
  CHECK(Parsed("class A {\n  x: int;\n\nclass B { }\n").codes() == "1011 2:10");
  CHECK(Parsed("enum E {\n  a,\n  b\n\nfunc f() { }\n").codes() == "1011 3:4");
  CHECK(Parsed("func f() {\n match (x) {\n  case 1 => 2\n\nfunc g() { }\n").codes() == "1011 3:14");
  CHECK(Parsed("func f() {\nfunc g() { }\n}\n").codes() == "");
  const Parsed open("func f() {\n  g(");
  CHECK(open.codes() == "1011 2:5");
  CHECK(open.diagnostics.all()[0].note == "this `(` is not closed");
}

TEST_CASE("what the lexer has reported is not reported again") {
  CHECK(Parsed("let x = $;").codes() == "1001 1:9");
  CHECK(Parsed("let x = 1__0;").codes() == "1005 1:9");
  CHECK(Parsed("f(\"abc);\nlet y = 1;").codes() == "1002 1:3");
  CHECK(Parsed("let x = `abc").codes() == "1002 1:9");
  CHECK(Parsed("func f() { let x = `abc ${ g(").codes() == "1002 1:25");
  CHECK(Parsed("func f() { /* abc").codes() == "1003 1:12");
  CHECK(Parsed("x $ y").codes() == "1001 1:3");
}

TEST_CASE("nesting of every kind is limited, up to the limit it is fine") {
  struct Row {
    const char* before;
    const char* open;
    const char* middle;
    const char* close;
  };
  const Row rows[] = {
      {"let x = ", "(", "1", ")"},        {"let x = ", "[", "1", "]"},
      {"let x = ", "{a:", "1", "}"},      {"let x = ", "f(", "1", ")"},
      {"let x = ", "a[", "1", "]"},       {"let x = ", "- ", "1", ""},
      {"let x = ", "! ", "a", ""},        {"let x = ", "a = ", "a", ""},
      {"let x = ", "a ? b : ", "a", ""},  {"let x = ", "a => ", "a", ""},
      {"let x = ", "`${", "a", "}`"},     {"let x = ", "spawn A() where ", "a", ""},
      {"let x: ", "List<", "int", ">"},   {"let x: ", "(", "int", ")"},
      {"let x: ", "func(): ", "int", ""}, {"", "{", "", "}"},
      {"", "if (a) ", "b", ""},           {"if (a) { } ", "else if (a) { } ", "", ""},
      {"", "while (a) ", "b", ""},        {"match (x) { case ", "A(", "_", ") "},
  };
  for (const Row& row : rows) {
    CAPTURE(row.before);
    CAPTURE(row.open);
    const auto nested = [&](int depth) {
      const bool arm = std::string_view(row.open) == "A(";
      return std::string(row.before) + repeat(row.open, depth) + row.middle + repeat(row.close, depth) +
             (arm ? " => 1 }" : "");
    };
    CHECK(Parsed(nested(240)).codes() == "");
    for (const int depth : {300, 20'000}) {
      const Parsed parsed(nested(depth));
      CHECK(parsed.diagnostics.error_count() == 1);
      CHECK(parsed.diagnostics.all()[0].code == noodle::Code::nesting_too_deep);
    }
  }
}

TEST_CASE("256 levels are accepted and 257 are not") {
  CHECK(Parsed("let x = " + repeat("(", 256) + "1" + repeat(")", 256)).codes() == "");
  CHECK(Parsed("let x = " + repeat("(", 257) + "1" + repeat(")", 257)).codes() == "1016 1:265");
}

TEST_CASE("chains are limited, because they nest the tree") {
  CHECK(Parsed("let x = a" + repeat(" + b", 1000)).codes() == "");
  CHECK(Parsed("let x = a" + repeat(".b", 1000)).codes() == "");
  for (const char* link : {" + b", ".b", "()", "[0]", " as T", " && b"}) {
    CAPTURE(link);
    const Parsed parsed("let x = a" + repeat(link, 200'000));
    CHECK(parsed.diagnostics.error_count() == 1);
    CHECK(parsed.diagnostics.all()[0].code == noodle::Code::nesting_too_deep);
  }
  // Chains in parentheses count together.
  std::string text = "a";
  for (int i = 0; i < 20; ++i) text = "(" + text + repeat(" + b", 100) + ")";
  CHECK(Parsed("let x = " + text).diagnostics.all()[0].code == noodle::Code::nesting_too_deep);
  CHECK(Parsed(repeat("let x = a" + repeat(".b", 900) + ";\n", 5)).codes() == "");
  CHECK(Parsed("f(" + repeat("a.b.c + 1, ", 5000) + "1)").codes() == "");
}

TEST_CASE("the deepest tree the limits allow does not exhaust the stack") {
  std::string open;
  for (int i = 0; i < 250; ++i) open += "(a ?? b || c && d | e ^ f & g == h < i .. j << k + l * ";
  CHECK(Parsed("let x = " + open + "1" + repeat(")", 250)).diagnostics.all().size() <= 1);
}

TEST_CASE("look-ahead for type arguments takes bounded time") {
  CHECK(Parsed("f(" + repeat("a<", 100'000) + "1)").diagnostics.has_errors());
  CHECK(Parsed("f(" + repeat("a<b, ", 100'000) + "1)").codes() == "");
  CHECK(Parsed("f(" + repeat("a<func(", 50'000)).diagnostics.has_errors());
  CHECK(Parsed("f(a<" + repeat("b,", 200'000) + "1)").codes() == "");
}

TEST_CASE("at most 20 errors are reported, and the parse still ends") {
  const Parsed parsed(repeat("let = 1;\n", 100));
  CHECK(parsed.diagnostics.error_count() == Diagnostics::kMaxErrors);
  CHECK(Parsed(repeat("var x = 1;\n", 100)).diagnostics.error_count() == Diagnostics::kMaxErrors);
  CHECK(Parsed(repeat("function f() { }\n", 100)).diagnostics.error_count() == Diagnostics::kMaxErrors);
  CHECK(Parsed("if (" + repeat("a and ", 100) + "b) { }").diagnostics.error_count() == Diagnostics::kMaxErrors);
  CHECK(Parsed(repeat("if (not a) { }\n", 100)).diagnostics.error_count() == Diagnostics::kMaxErrors);
  CHECK(Parsed("func f() {\n" + repeat("def f() { }\nvar y = 1;\n", 100) + "}").diagnostics.error_count() ==
        Diagnostics::kMaxErrors);
}

TEST_CASE("every prefix and every hole of the snippets is survived") {
  const std::string text = snippets();
  REQUIRE(text.size() > 1000);
  for (std::size_t end = 0; end < text.size(); end += 7) {
    const Parsed parsed(text.substr(0, end));
    CHECK(parsed.diagnostics.error_count() <= Diagnostics::kMaxErrors);
  }
  for (std::size_t at = 0; at + 20 < text.size(); at += 11) {
    std::string hole = text;
    hole.erase(at, 5);
    CHECK(Parsed(std::move(hole)).diagnostics.error_count() <= Diagnostics::kMaxErrors);
  }
}

TEST_CASE("random token soup is survived") {
  const std::uint64_t start = seed();
  CAPTURE(start);
  std::mt19937_64 random(start);
  std::vector<std::string> words = {"a",       "b1", "1",   "2.5",       "\"s\"",      "`t`",    "`u ${",
                                    "}`",      "5s", "\n",  "\n",        " ",          "// c\n", "/* d */",
                                    "/// e\n", "@x", "int", "List<int>", "constructor"};
  for (int kind = static_cast<int>(Tok::kw_import); kind < static_cast<int>(Tok::count); ++kind) {
    words.emplace_back(spelling(static_cast<Tok>(kind)));
  }
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    const std::size_t length = random() % 60;
    for (std::size_t i = 0; i < length; ++i) text += words[random() % words.size()] + (random() % 4 != 0 ? " " : "");
    CAPTURE(text);
    const Parsed parsed(text, round % 5 == 0 ? "a.nci" : "a.nc");
    CHECK(parsed.diagnostics.error_count() <= Diagnostics::kMaxErrors);
    for (const Diagnostic& item : parsed.diagnostics.all()) {
      CHECK(item.span.end <= text.size());
      CHECK(!item.message.empty());
    }
  }
}
