#include "runtime/lang/parser_core.hpp"

#include "runtime/lang/lexer.hpp"
#include "runtime/lang/parser.hpp"
#include "runtime/lang/unicode.hpp"

namespace noodle::lang {
namespace {

constexpr std::size_t kShownBytes = 40;

}  // namespace

void parse(const SourceFile& source, Ast& ast, Diagnostics& diagnostics) {
  Parser(source, ast, diagnostics).file();
}

bool is_incomplete(std::string_view text) {
  const SourceFile source("", std::string(text));
  Diagnostics diagnostics;
  TokenList list;
  lex(source, diagnostics, list);
  if (list.unclosed_template || list.unclosed_comment || list.unclosed_bracket) return true;
  if (diagnostics.has_errors() || list.tokens.size() <= TokenList::kPadding) return false;
  switch (list.tokens[list.tokens.size() - TokenList::kPadding - 1].kind) {
    case Tok::gt:        // may close a type
    case Tok::question:  // may end a type
    case Tok::increment:
    case Tok::decrement:
    case Tok::semicolon:
    case Tok::r_paren:
    case Tok::r_bracket:
    case Tok::r_brace:
      return false;
    case Tok::kw_else:
    case Tok::kw_try:
    case Tok::kw_finally:
    case Tok::kw_in:
    case Tok::kw_is:
    case Tok::kw_as:
    case Tok::kw_let:
    case Tok::kw_const:
      return true;
    default:
      return list.tokens[list.tokens.size() - TokenList::kPadding - 1].kind >= Tok::l_paren;
  }
}

Parser::Parser(const SourceFile& source, Ast& ast, Diagnostics& diagnostics)
    : source_(source), ast_(ast), diagnostics_(diagnostics) {
  lex(source, diagnostics, list_);
  t_ = list_.tokens.data();
  ast_.source = &source;
  ast_.comments = std::move(list_.comments);
  ast_.interface_file = source.path().ends_with(".nci");
}

void Parser::file() {
  while (!at(Tok::eof)) {
    if (accept(Tok::semicolon)) continue;
    const Token* const before = t_;
    links_ = 0;
    ast_.decls.push_back(top_level());
    unwinding_ = false;
    if (panic_) {
      if (t_ == before) next();
      synchronise();
      while (accept(Tok::r_brace)) {
      }
    }
    if (t_ == before) next();
  }
}

bool Parser::accept(Tok kind) {
  if (!at(kind)) return false;
  next();
  return true;
}

// The statement is complete here: rule "Newlines".
bool Parser::ends_statement() const {
  return at(Tok::semicolon) || at(Tok::r_brace) || at(Tok::eof) || t_->newline();
}

Diagnostic& Parser::fail(Code code, Span span, std::string message, std::string suggestion) {
  Diagnostic& result = soft(code, span, std::move(message), std::move(suggestion));
  panic_ = true;
  return result;
}

Diagnostic& Parser::soft(Code code, Span span, std::string message, std::string suggestion) {
  if (panic_ || aborted_) return discarded_ = {};
  Diagnostic& result = diagnostics_.add(code, source_, span, std::move(message), std::move(suggestion));
  if (diagnostics_.full()) {
    aborted_ = true;
    t_ = &list_.tokens[list_.tokens.size() - TokenList::kPadding];
  }
  return result;
}

void Parser::replace_word(const Token& token, std::string message, std::string replacement) {
  std::string suggestion = "write `" + replacement + "`";
  soft(Code::unexpected_token, token.span(), std::move(message), std::move(suggestion))
      .fixes.push_back({token.span(), std::move(replacement)});
}

// Ends the parse: whatever is this deep has nothing behind it worth a message.
bool Parser::too_deep() {
  fail(Code::nesting_too_deep, t_->span(), "nesting deeper than " + std::to_string(kMaxNesting) + " levels",
       "split the expression, block or type into named parts");
  aborted_ = true;
  t_ = &list_.tokens[list_.tokens.size() - TokenList::kPadding];
  return false;
}

// Where something is missing: behind the last token when the next one is on another line.
Span Parser::missing_place() const {
  if ((t_->line_start() || at(Tok::eof)) && t_ != list_.tokens.data()) return {last_end(), last_end()};
  return t_->span();
}

std::string Parser::found(const Token& token) const {
  switch (token.kind) {
    case Tok::eof:
      return "the end of the file";
    case Tok::template_begin:
      return "a `...` string";
    case Tok::template_text:
    case Tok::template_end:
      return "the end of the `...` string";
    case Tok::string_lit:
    case Tok::int_lit:
    case Tok::float_lit:
    case Tok::duration_lit:
    case Tok::size_lit:
      break;
    default:
      return "`" + std::string(text(token)) + "`";
  }
  std::string_view shown = text(token);
  if (shown.size() <= kShownBytes) return std::string(shown);
  std::size_t cut = kShownBytes;
  while ((static_cast<unsigned char>(shown[cut]) & 0xC0) == 0x80) --cut;
  return std::string(shown.substr(0, cut)) + "...";
}

void Parser::fail_expected(const std::string& what, Code code, std::string suggestion) {
  if (at(Tok::error) || (at(Tok::eof) && (list_.unclosed_template || list_.unclosed_comment))) {
    panic_ = true;  // the lexer has reported it
    return;
  }
  fail(code, missing_place(), "expected " + what + ", found " + found(*t_),
       suggestion.empty() ? advice() : std::move(suggestion));
}

bool Parser::expect(Tok kind, const char* where) {
  if (accept(kind)) return true;
  fail_expected("`" + std::string(spelling(kind)) + "` " + where);
  return false;
}

// The bracket that probably lacks its partner when `open` has none: a block inside it whose `}` stands further left
// than the line that opens it took the `}` of an outer one.
const Token& Parser::likely_unclosed(const Token& open) const {
  const auto indentation = [this](const Token& token) {
    const std::string_view line = source_.line(source_.position(token.start).line);
    return std::min(line.find_first_not_of(" \t"), line.size());
  };
  for (const Token* token = &open + 1; token < t_; ++token) {
    if (token->kind != Tok::l_brace || token->match == 0) continue;
    const Token& partner = list_.tokens[token->match];
    if (partner.newline() && indentation(partner) < indentation(*token)) return *token;
  }
  return open;
}

// Takes the closing bracket of the bracket at token `opener`. After an error inside, continues behind its partner.
void Parser::close(std::uint32_t opener, Tok kind, const char* where) {
  if (accept(kind)) return;
  const Token open = list_.tokens[opener];
  if (unwinding_ || aborted_) return;
  if (kind == Tok::template_close && list_.unclosed_template) panic_ = true;  // the lexer has reported it
  if (!panic_) {
    if (at(Tok::eof) && !list_.unclosed_template && !list_.unclosed_comment) {
      Diagnostic& result = fail(Code::expected_token, missing_place(),
                                "expected `" + std::string(spelling(kind)) + "` " + where + ", found " + found(*t_));
      const Token& unclosed = likely_unclosed(list_.tokens[opener]);
      result.note = "this `" + std::string(text(unclosed)) + "` is not closed";
      result.note_file = &source_;
      result.note_span = unclosed.span();
    } else {
      fail_expected("`" + std::string(kind == Tok::template_close ? "}" : spelling(kind)) + "` " + where);
    }
  }
  if (open.match > index()) {
    t_ = &list_.tokens[open.match + 1];
    panic_ = false;
  }
}

// In a list in brackets: true to go on with the next element. A forgotten comma is reported and overlooked.
bool Parser::comma_or_close(std::uint32_t opener, Tok closer, const char* between) {
  if (panic_ || unwinding_) return false;
  if (accept(Tok::comma)) return !at(closer);
  if (at(closer) || at(Tok::eof)) return false;
  const bool element = starts_operand(*t_) || (is_word(kind()) && t_[1].kind == Tok::colon);
  if (!element || list_.tokens[opener].match == 0) return false;
  const Span place = missing_place();
  soft(Code::expected_token, place, "expected `,` between " + std::string(between) + ", found " + found(*t_),
       "separate them by `,`")
      .fixes.push_back({{last_end(), last_end()}, ","});
  return true;
}

void Parser::end_statement(const char* what) {
  if (panic_ || accept(Tok::semicolon) || ends_statement()) return;
  unexpected(what);
}

// Skips to where a statement, member or declaration may begin: behind `;`, before `}`, or at a new line. Bracketed
// groups are skipped as a whole.
void Parser::synchronise() {
  while (!at(Tok::eof) && !at(Tok::r_brace)) {
    if (accept(Tok::semicolon)) break;
    const bool begins = starts_declaration(t_) || is_reserved(kind());
    if (t_->newline() || (t_->line_start() && begins)) break;
    if (t_->match > index()) {
      const bool brace = at(Tok::l_brace);
      t_ = &list_.tokens[t_->match + 1];
      if (brace && (t_->line_start() || starts_declaration(t_) || is_reserved(kind()))) break;
    } else {
      next();
    }
  }
  panic_ = false;
}

// A declaration in column 1 inside braces of a file that lacks a `}`: the brace is missing before it.
bool Parser::brace_missing_here(std::uint32_t opener) {
  if (list_.unclosed_braces == 0 || !t_->line_start() || !starts_declaration(t_)) return false;
  if (t_->start != 0 && source_.text()[t_->start - 1] != '\n') return false;
  --list_.unclosed_braces;
  const Token& open = likely_unclosed(list_.tokens[opener]);
  Diagnostic& result = fail(Code::expected_token, missing_place(), "expected `}` before " + found(*t_),
                            "close the braces opened before");
  result.note = "this `{` is not closed";
  result.note_file = &source_;
  result.note_span = open.span();
  unwinding_ = true;
  return true;
}

Name Parser::name(const char* what) {
  if (is_name(kind())) return take_name();
  if (is_reserved(kind())) {
    if (t_[1].kind != Tok::colon) {
      soft(Code::reserved_word, t_->span(),
           found(*t_) + " is a reserved word and cannot be the name of " + std::string(what), "choose another name");
    }
    return take_name();
  }
  fail_expected("the name of " + std::string(what));
  return {{}, {t_->start, t_->start}};
}

Name Parser::any_word(const char* what) {
  if (is_word(kind())) return take_name();
  fail_expected(what);
  return {{}, {t_->start, t_->start}};
}

std::vector<Name> Parser::path(const char* what) {
  std::vector<Name> result;
  result.push_back(name(what));
  while (!panic_ && at(Tok::dot) && is_word(t_[1].kind)) {
    next();
    result.push_back(take_name());
  }
  return result;
}

}  // namespace noodle::lang
