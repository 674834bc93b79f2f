#include "runtime/lang/lexer.hpp"

#include <array>
#include <cstdio>

#include "runtime/lang/literal.hpp"
#include "runtime/lang/unicode.hpp"

namespace noodle::lang {
namespace {

enum CharClass : std::uint8_t { kOther, kBlank, kLineEnd, kWordStart, kDigit, kPunct, kQuote, kHigh };

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> result{};
  for (int c = 'a'; c <= 'z'; ++c) result[c] = result[c - 'a' + 'A'] = kWordStart;
  for (int c = '0'; c <= '9'; ++c) result[c] = kDigit;
  for (int c = 0x80; c < 0x100; ++c) result[c] = kHigh;
  for (const char c : {' ', '\t', '\r'}) result[static_cast<unsigned char>(c)] = kBlank;
  for (const char c : std::string_view("()[]{},;:@.?=!<>+-*/%&|^~")) result[static_cast<unsigned char>(c)] = kPunct;
  for (const char c : std::string_view("\"'`")) result[static_cast<unsigned char>(c)] = kQuote;
  result['\n'] = kLineEnd;
  result['_'] = kWordStart;
  return result;
}

constexpr auto kClasses = make_classes();

class Lexer {
 public:
  Lexer(const SourceFile& source, Diagnostics& diagnostics, TokenList& out)
      : source_(source), text_(source.text()), diagnostics_(diagnostics), out_(out) {}

  void run();

 private:
  char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
  static CharClass class_of(char c) { return static_cast<CharClass>(kClasses[static_cast<unsigned char>(c)]); }
  Span span(std::size_t start, std::size_t end) const {
    return {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)};
  }
  void report(Code code, std::size_t start, std::size_t end, std::string message, std::string suggestion = {}) {
    diagnostics_.add(code, source_, span(start, end), std::move(message), std::move(suggestion));
  }

  Token& emit(Tok kind, std::size_t start, std::size_t end);
  void line_end() {
    pending_ |= lines_count_ ? Token::kLineStart | Token::kNewline : Token::kLineStart;
    fresh_line_ = true;
  }
  bool word_char(std::size_t i, std::size_t& size) const;
  void word();
  void number();
  void string(char quote);
  void template_text();
  void punctuation();
  void line_comment(std::size_t start);
  void block_comment();
  void doc_line(Span line);
  void odd_character();
  void open(Tok kind, std::size_t size);
  void close(Tok kind);
  void update_lines_count();
  void finish();

  const SourceFile& source_;
  std::string_view text_;
  Diagnostics& diagnostics_;
  TokenList& out_;
  std::size_t pos_ = 0;
  std::size_t last_end_ = 0;
  std::uint8_t pending_ = Token::kNewline | Token::kLineStart;
  bool fresh_line_ = true;    // nothing but blanks so far on this line
  bool lines_count_ = true;   // false inside ( ), [ ] and ${ }
  bool in_template_ = false;  // reading template text
  bool has_doc_ = false;
  bool internal_names_ = false;  // names of the prelude and of sessions that begin with $
  Span doc_;
  std::vector<std::uint32_t> brackets_;
  std::vector<std::uint32_t> templates_;  // offsets of the open `
  std::size_t open_parens_ = 0, open_squares_ = 0, open_braces_ = 0;
};

Token& Lexer::emit(Tok kind, std::size_t start, std::size_t end) {
  Token token{static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end), 0, kind, pending_};
  if (start == last_end_ && !out_.tokens.empty()) token.flags |= Token::kAdjacent;
  if (has_doc_) {
    token.flags |= Token::kDoc;
    out_.docs.push_back({static_cast<std::uint32_t>(out_.tokens.size()), doc_});
    has_doc_ = false;
  }
  pending_ = 0;
  fresh_line_ = false;
  last_end_ = end;
  pos_ = end;
  return out_.tokens.emplace_back(token);
}

bool Lexer::word_char(std::size_t i, std::size_t& size) const {
  const CharClass kind = class_of(at(i));
  size = 1;
  if (kind == kWordStart || kind == kDigit) return true;
  if (kind != kHigh || i >= text_.size()) return false;
  const CodePoint point = decode_utf8(text_, i);
  size = point.size;
  return is_name_code_point(point.value);
}

void Lexer::word() {
  std::size_t end = pos_ + (text_[pos_] == '$' ? 1 : 0);
  std::size_t size = 0;
  while (word_char(end, size)) end += size;
  emit(word_kind(text_.substr(pos_, end - pos_)), pos_, end);
}

void Lexer::number() {
  const NumberScan scan = scan_number(text_.substr(pos_));
  std::size_t end = pos_ + scan.size;
  std::size_t size = 0;
  bool bad = scan.kind == NumberScan::Kind::malformed;
  for (; word_char(end, size); end += size) bad = true;
  if (bad) {
    report(Code::invalid_number, pos_, end, "malformed number `" + std::string(text_.substr(pos_, end - pos_)) + "`",
           "write 42, 0xFF, 1_000, 3.14, 1e-9, 200ms or 16MB");
    emit(Tok::error, pos_, end);
    return;
  }
  constexpr Tok kKinds[] = {Tok::int_lit, Tok::float_lit, Tok::duration_lit, Tok::size_lit};
  emit(kKinds[static_cast<int>(scan.kind)], pos_, end);
}

void Lexer::string(char quote) {
  std::size_t end = pos_ + 1;
  std::uint8_t flags = 0;
  while (end < text_.size() && text_[end] != quote && text_[end] != '\n') {
    if (text_[end] == '\\') {
      flags = Token::kEscape;
      if (end + 1 < text_.size() && text_[end + 1] != '\n') ++end;
    }
    ++end;
  }
  if (at(end) != quote || end >= text_.size()) {
    const std::size_t stop = end > pos_ && text_[end - 1] == '\r' ? end - 1 : end;
    report(Code::unterminated_string, pos_, stop, "string is not closed on its line",
           std::string("close it with ") + quote + ", or use `...` for text over several lines");
    emit(Tok::error, pos_, stop);
    return;
  }
  emit(Tok::string_lit, pos_, end + 1).flags |= flags;
}

void Lexer::template_text() {
  std::size_t end = pos_;
  std::uint8_t flags = 0;
  while (end < text_.size() && text_[end] != '`' && !(text_[end] == '$' && at(end + 1) == '{')) {
    if (text_[end] == '\\' || text_[end] == '\r') flags = Token::kEscape;
    if (text_[end] == '\\' && end + 1 < text_.size()) ++end;
    ++end;
  }
  emit(Tok::template_text, pos_, end).flags |= flags;
  in_template_ = false;
  if (end >= text_.size()) {
    out_.unclosed_template = true;
    report(Code::unterminated_string, templates_.back(), templates_.back() + 1, "this ` is not closed",
           "end the text with `");
    emit(Tok::template_end, end, end);
    templates_.pop_back();
  } else if (text_[end] == '`') {
    emit(Tok::template_end, end, end + 1);
    templates_.pop_back();
  } else {
    open(Tok::template_open, 2);
  }
}

void Lexer::update_lines_count() {
  if (brackets_.empty()) {
    lines_count_ = true;
  } else {
    lines_count_ = out_.tokens[brackets_.back()].kind == Tok::l_brace;
  }
}

void Lexer::open(Tok kind, std::size_t size) {
  brackets_.push_back(static_cast<std::uint32_t>(out_.tokens.size()));
  emit(kind, pos_, pos_ + size);
  ++(kind == Tok::l_paren ? open_parens_ : kind == Tok::l_bracket ? open_squares_ : open_braces_);
  update_lines_count();
}

// A closer goes with the nearest opener of its kind; openers in between stay without partner.
void Lexer::close(Tok kind) {
  std::size_t& left = kind == Tok::r_paren ? open_parens_ : kind == Tok::r_bracket ? open_squares_ : open_braces_;
  const auto index = static_cast<std::uint32_t>(out_.tokens.size());
  if (left == 0) {
    emit(kind, pos_, pos_ + 1);
    return;
  }
  while (true) {
    const std::uint32_t opener = brackets_.back();
    const Tok opened = out_.tokens[opener].kind;
    brackets_.pop_back();
    --(opened == Tok::l_paren ? open_parens_ : opened == Tok::l_bracket ? open_squares_ : open_braces_);
    const bool brace = opened == Tok::l_brace || opened == Tok::template_open;
    if (kind == Tok::r_paren ? opened == Tok::l_paren : kind == Tok::r_bracket ? opened == Tok::l_bracket : brace) {
      in_template_ = opened == Tok::template_open;
      emit(in_template_ ? Tok::template_close : kind, pos_, pos_ + 1).match = opener;
      out_.tokens[opener].match = index;
      break;
    }
    if (brace) ++out_.unclosed_braces;
  }
  update_lines_count();
}

void Lexer::punctuation() {
  const char c = text_[pos_];
  const char second = at(pos_ + 1);
  const auto one = [&](Tok kind) { emit(kind, pos_, pos_ + 1); };
  const auto two = [&](Tok kind) { emit(kind, pos_, pos_ + 2); };
  switch (c) {
    case '(':
      return open(Tok::l_paren, 1);
    case '[':
      return open(Tok::l_bracket, 1);
    case '{':
      return open(Tok::l_brace, 1);
    case ')':
      return close(Tok::r_paren);
    case ']':
      return close(Tok::r_bracket);
    case '}':
      return close(Tok::r_brace);
    case ',':
      return one(Tok::comma);
    case ';':
      return one(Tok::semicolon);
    case '@':
      return one(Tok::at);
    case '~':
      return one(Tok::tilde);
    case '^':
      return one(Tok::caret);
    case '%':
      return one(Tok::percent);
    case '>':
      return one(Tok::gt);
    case '.':
      if (second == '.') {
        return at(pos_ + 2) == '<' ? void(emit(Tok::range_excl, pos_, pos_ + 3)) : two(Tok::range_incl);
      }
      return one(Tok::dot);
    case '?':
      return second == '.' ? two(Tok::safe_dot) : second == '?' ? two(Tok::coalesce) : one(Tok::question);
    case '+':
      return second == '+' ? two(Tok::increment) : second == '=' ? two(Tok::plus_assign) : one(Tok::plus);
    case '-':
      if (second == '>') return two(Tok::thin_arrow);
      return second == '-' ? two(Tok::decrement) : second == '=' ? two(Tok::minus_assign) : one(Tok::minus);
    case '*':
      if (second == '*') {
        report(Code::unexpected_token, pos_, pos_ + 2, "there is no operator `**`",
               "multiply, or use `pow` of `std.math`");
        return two(Tok::star);
      }
      return second == '=' ? two(Tok::star_assign) : one(Tok::star);
    case '/':
      return second == '=' ? two(Tok::slash_assign) : one(Tok::slash);
    case '&':
      return second == '&' ? two(Tok::amp_amp) : one(Tok::amp);
    case '|':
      return second == '|' ? two(Tok::pipe_pipe) : one(Tok::pipe);
    case '<':
      return second == '=' ? two(Tok::le) : second == '<' ? two(Tok::shl) : one(Tok::lt);
    case ':':
      if (second == '=') {
        report(Code::unexpected_token, pos_, pos_ + 2, "there is no operator `:=`",
               "declare with `let x = ...`, assign with `=`");
        return two(Tok::assign);
      }
      return one(Tok::colon);
    default:
      break;
  }
  if (c == '=' && second == '>') return two(Tok::arrow);
  if (second != '=') return one(c == '=' ? Tok::assign : Tok::bang);
  const Tok kind = c == '=' ? Tok::eq : Tok::ne;
  if (at(pos_ + 2) != '=') return two(kind);
  const std::string right(spelling(kind));
  report(Code::unexpected_token, pos_, pos_ + 3, "there is no operator `" + right + "=`",
         "write `" + right + "`: values are never converted by it");
  emit(kind, pos_, pos_ + 3);
}

void Lexer::doc_line(Span line) {
  int lines = has_doc_ ? 0 : 2;
  for (std::size_t i = doc_.end; i < line.start && lines < 2; ++i) {
    if (text_[i] == '\n') {
      ++lines;
    } else if (class_of(text_[i]) != kBlank) {
      lines = 2;
    }
  }
  if (lines >= 2) doc_.start = line.start;
  doc_.end = line.end;
  has_doc_ = true;
}

void Lexer::line_comment(std::size_t start) {
  std::size_t end = text_.find('\n', start);
  if (end == std::string_view::npos) end = text_.size();
  pos_ = end;
  if (end > start && text_[end - 1] == '\r') --end;
  const Comment comment{span(start, end), fresh_line_};
  out_.comments.push_back(comment);
  if (fresh_line_ && at(start + 2) == '/' && at(start + 3) != '/') doc_line(comment.span);
  fresh_line_ = false;
}

void Lexer::block_comment() {
  const std::size_t start = pos_;
  const std::size_t found = text_.find("*/", start + 2);
  const bool closed = found != std::string_view::npos;
  pos_ = closed ? found + 2 : text_.size();
  if (!closed) {
    out_.unclosed_comment = true;
    report(Code::unterminated_comment, start, start + 2, "comment is not closed", "close it with */");
  }
  const bool own_line = fresh_line_;
  if (text_.substr(start, pos_ - start).find('\n') != std::string_view::npos) line_end();
  out_.comments.push_back({span(start, pos_), own_line});
  fresh_line_ = false;
}

// Anything that begins no token: blanks and controls are skipped, the rest becomes an error token.
void Lexer::odd_character() {
  const CodePoint point = decode_utf8(text_, pos_);
  const std::size_t end = pos_ + point.size;
  const char c = text_[pos_];
  if (c == '#') {
    if (pos_ == 0 && at(1) == '!') return line_comment(0);
    report(Code::invalid_character, pos_, end, "`#` begins nothing here", "comments begin with //");
    pos_ = std::min(text_.find('\n', pos_), text_.size());
    return;
  }
  if (c == '$' && internal_names_) return word();
  if (point.value == 0xFEFF && pos_ == 0) {
    pos_ = end;
    return;
  }
  char number[16];
  std::snprintf(number, sizeof number, "U+%04X", static_cast<unsigned>(point.value));
  const bool blank = point.value < 0x21 || (point.value >= 0x7F && point.value <= 0xA0) || point.value == 0xFEFF ||
                     (point.value >= 0x2000 && point.value <= 0x200F) ||
                     (point.value >= 0x2028 && point.value <= 0x202F) || point.value == 0x3000;
  if (blank) {
    report(Code::invalid_character, pos_, end, std::string("invisible character ") + number + " in the source",
           "replace it by a plain space");
    pos_ = end;
    return;
  }
  std::string suggestion = "remove it, or put it inside a string";
  if (point.value >= 0x2018 && point.value <= 0x201F) suggestion = "quote strings with \" or '";
  if (point.value == 0x2260) suggestion = "write !=";
  if (point.value == 0x2264) suggestion = "write <=";
  if (point.value == 0x2265) suggestion = "write >=";
  report(Code::invalid_character, pos_, end,
         "character `" + std::string(text_.substr(pos_, point.size)) + "` (" + number + ") is not allowed here",
         std::move(suggestion));
  emit(Tok::error, pos_, end);
}

void Lexer::finish() {
  for (const std::uint32_t opener : brackets_) {
    const Token& token = out_.tokens[opener];
    out_.unclosed_bracket = true;
    if (token.kind == Tok::l_brace) ++out_.unclosed_braces;
    if (token.kind == Tok::template_open && !out_.unclosed_template) {
      out_.unclosed_template = true;
      report(Code::unterminated_string, token.start, token.end, "this `${` is not closed", "close it with }");
    }
  }
  pending_ = Token::kNewline | Token::kLineStart;
  for (std::size_t i = 0; i < TokenList::kPadding; ++i)
    emit(Tok::eof, text_.size(), text_.size()).flags |= Token::kNewline;
}

void Lexer::run() {
  if (text_.size() > kMaxSourceBytes) {
    report(Code::source_too_large, 0, 0, "source has " + std::to_string(text_.size()) + " bytes, the limit is 16 MiB",
           "split the file");
    text_ = {};
  } else if (const std::size_t bad = find_invalid_utf8(text_); bad != std::string_view::npos) {
    report(Code::invalid_utf8, bad, bad + 1, "byte " + std::to_string(bad) + " of the source is not valid UTF-8",
           "save the file as UTF-8");
    text_ = {};
  }
  const std::string_view path = source_.path();
  const std::string_view file = path.substr(path.find_last_of("/:") + 1);
  internal_names_ = file == "prelude.nc" || file.starts_with("prelude-") || file == "$session";
  out_.tokens.reserve(text_.size() / 4 + 16);
  while (pos_ < text_.size() && !diagnostics_.full()) {
    if (in_template_) {
      template_text();
      continue;
    }
    const char c = text_[pos_];
    switch (class_of(c)) {
      case kBlank:
        ++pos_;
        break;
      case kLineEnd:
        ++pos_;
        line_end();
        break;
      case kWordStart:
        word();
        break;
      case kDigit:
        number();
        break;
      case kPunct:
        if (c == '/' && at(pos_ + 1) == '/') {
          line_comment(pos_);
        } else if (c == '/' && at(pos_ + 1) == '*') {
          block_comment();
        } else {
          punctuation();
        }
        break;
      case kQuote:
        if (c != '`') {
          string(c);
        } else {
          templates_.push_back(static_cast<std::uint32_t>(pos_));
          emit(Tok::template_begin, pos_, pos_ + 1);
          in_template_ = true;
        }
        break;
      case kHigh:
        if (is_name_code_point(decode_utf8(text_, pos_).value)) {
          word();
        } else {
          odd_character();
        }
        break;
      case kOther:
        odd_character();
        break;
    }
  }
  if (in_template_ && !diagnostics_.full()) template_text();
  finish();
}

}  // namespace

void lex(const SourceFile& source, Diagnostics& diagnostics, TokenList& out) {
  Lexer(source, diagnostics, out).run();
}

}  // namespace noodle::lang
