// Habits from other languages: each gets one concrete suggestion instead of a bare "unexpected".
#include <algorithm>
#include <iterator>

#include "runtime/base/suggest.hpp"
#include "runtime/lang/parser_core.hpp"

namespace noodle::lang {
namespace {

struct Habit {
  std::string_view word;
  std::string_view advice;
};

// Words that begin something elsewhere, with what to write instead.
constexpr Habit kStarts[] = {{"switch", "write `match (x) { case 1 => ..., case _ => ... }`"},
                             {"foreach", "write `for (x in list)`"},
                             {"unless", "write `if (!condition)`"},
                             {"until", "write `while (!condition)`"},
                             {"do", "write `while (condition) { ... }`"},
                             {"loop", "write `while (true) { ... }`"},
                             {"raise", "write `throw Error(code, message)`"},
                             {"except", "write `catch (e) { ... }`"},
                             {"await", "calls wait by themselves: remove it, or `ask` an actor"},
                             {"async", "calls wait by themselves: remove it, or `spawn` a function"},
                             {"yield", "return a list, or send messages"},
                             {"delete", "write `map.remove(key)`"},
                             {"using", "write `import a.b`"},
                             {"include", "write `import a.b`"},
                             {"global", "state lives in actors; constants are `const`"},
                             {"pass", "write `{ }`"},
                             {"public", "remove it: members are public unless they are `private`"},
                             {"elif", "write `else if (condition)`"},
                             {"elseif", "write `else if (condition)`"},
                             {"elsif", "write `else if (condition)`"}};

struct Replacement {
  std::string_view word;
  Tok meant;
};

constexpr Replacement kDeclarations[] = {
    {"function", Tok::kw_func},      {"def", Tok::kw_func},         {"fn", Tok::kw_func},
    {"fun", Tok::kw_func},           {"struct", Tok::kw_class},     {"trait", Tok::kw_interface},
    {"protocol", Tok::kw_interface}, {"namespace", Tok::cx_module}, {"package", Tok::cx_module},
    {"typedef", Tok::cx_type}};

constexpr Replacement kInfix[] = {{"and", Tok::amp_amp}, {"or", Tok::pipe_pipe}, {"instanceof", Tok::kw_is},
                                  {"mod", Tok::percent}, {"xor", Tok::caret},    {"eq", Tok::eq}};

bool is_infix_word(std::string_view word) {
  return std::any_of(std::begin(kInfix), std::end(kInfix), [&](const Replacement& item) { return item.word == word; });
}

const std::vector<std::string_view>& statement_words() {
  static const std::vector<std::string_view> words = {
      "let",       "const",      "return", "while",  "for",   "throw", "break", "continue",
      "match",     "import",     "export", "class",  "func",  "enum",  "actor", "record",
      "interface", "supervisor", "agent",  "module", "spawn", "send"};
  return words;
}

}  // namespace

bool Parser::starts_operand(const Token& token) const {
  if (is_literal(token.kind) || is_name(token.kind)) return true;
  switch (token.kind) {
    case Tok::kw_null:
    case Tok::kw_true:
    case Tok::kw_false:
    case Tok::kw_self:
    case Tok::kw_super:
    case Tok::kw_new:
    case Tok::kw_match:
    case Tok::kw_spawn:
    case Tok::kw_ask:
    case Tok::kw_func:
    case Tok::l_paren:
    case Tok::l_bracket:
    case Tok::l_brace:
    case Tok::bang:
    case Tok::tilde:
    case Tok::increment:
    case Tok::decrement:
    case Tok::minus:
      return true;
    default:
      return false;
  }
}

// What the token at hand probably stands for; "" if there is nothing to say.
std::string Parser::advice() const {
  if (at(Tok::thin_arrow)) return "write `:` before the type of a result, `=>` in a function, `.` before a member";
  if (at(Tok::range_incl) && t_[1].kind == Tok::dot) return "there is no `...`; join lists with `a.concat(b)`";
  return {};
}

// The same where an operand is missing.
std::string Parser::operand_advice() const {
  const bool first = t_ == list_.tokens.data();
  const Tok before = first ? Tok::eof : t_[-1].kind;
  if (at(Tok::plus)) return "there is no unary `+`; remove it";
  if (at(Tok::kw_if)) return "`if` has no value: use `condition ? a : b`, or `match`";
  if (at(Tok::gt) && t_->adjacent() && before == Tok::lt) return "write `!=`";
  if (at(Tok::assign) && t_->adjacent() && before >= Tok::range_incl) {
    const std::string combined = before == Tok::gt ? ">>" : std::string(text(t_[-1]));
    return "only `+= -= *= /=` combine with an assignment: write `x = x " + combined + " y`";
  }
  return advice();
}

// Something follows that cannot continue `what`.
void Parser::unexpected(const char* what) {
  if (at(Tok::error)) {
    panic_ = true;
    return;
  }
  std::string suggestion = advice();
  const Token* const first = list_.tokens.data();
  const bool word_before = t_ != first && is_name(t_[-1].kind);
  if (at(Tok::r_paren) || at(Tok::r_bracket)) {
    suggestion = "remove it, or find the bracket that is missing before it";
  } else if (at(Tok::colon) && word_before) {
    suggestion = "write `let " + std::string(text(t_[-1])) + ": T = ...` to declare a variable";
  } else if (word_before && (at(Tok::string_lit) || text(t_[-1]) == "print")) {
    suggestion = "call it with parentheses: `" + std::string(text(t_[-1])) + "(...)`";
  } else if (is_name(kind()) && word_before && (t_[1].kind == Tok::assign || t_[1].kind == Tok::semicolon)) {
    suggestion = "write `let " + std::string(text(*t_)) + ": " + std::string(text(t_[-1])) + " = ...` to declare it";
  } else if (suggestion.empty()) {
    suggestion = "end the statement by `;` or a new line";
  }
  fail(Code::unexpected_token, t_->span(), "unexpected " + found(*t_) + " after " + what, std::move(suggestion));
}

// At `var` or the like before a name: read as `let`.
bool Parser::mistaken_let() {
  if (!at_word("var") && !at_word("val") && !at_word("auto")) return false;
  if (!is_name(t_[1].kind) || t_[1].newline()) return false;
  const auto position = index();
  replace_word(*t_, "there is no keyword " + found(*t_), "let");
  if (aborted_) return false;
  list_.tokens[position].kind = Tok::kw_let;
  return true;
}

// At `not` before an operand that is not in parentheses: read as `!`.
bool Parser::mistaken_not() {
  if (!starts_operand(t_[1]) || t_[1].newline() || t_[1].kind == Tok::l_paren || t_[1].kind == Tok::l_bracket ||
      t_[1].kind == Tok::minus) {
    return false;
  }
  const auto position = index();
  replace_word(*t_, "there is no operator `not`", "!");
  if (aborted_) return false;
  list_.tokens[position].kind = Tok::bang;
  return true;
}

// `and`, `or`, `instanceof`, ... between operands: replaced on the spot. True if there was one.
bool Parser::mistaken_infix() {
  if (!starts_operand(t_[1]) || t_[1].newline()) return false;
  for (const Replacement& infix : kInfix) {
    if (text(*t_) != infix.word) continue;
    const auto position = index();
    replace_word(*t_, "there is no operator " + found(*t_), std::string(spelling(infix.meant)));
    if (aborted_) return false;
    list_.tokens[position].kind = infix.meant;
    return true;
  }
  return false;
}

// A word at the start of a declaration that means another one: reported, and the meant keyword returned.
Tok Parser::mistaken_declaration() {
  if (starts_declaration(t_)) return kind();
  const bool almost = at(Tok::cx_type) || at(Tok::cx_record) || at(Tok::cx_test);
  if (almost && name_follows(t_)) return kind();
  if (!at(Tok::ident) || !is_word(t_[1].kind) || t_[1].newline()) return Tok::ident;
  for (const Replacement& habit : kDeclarations) {
    if (text(*t_) != habit.word) continue;
    const bool callable = habit.meant == Tok::kw_func;
    if (callable && t_[2].kind != Tok::l_paren && t_[2].kind != Tok::lt) continue;
    replace_word(*t_, "there is no keyword " + found(*t_), std::string(spelling(habit.meant)));
    return aborted_ ? Tok::eof : habit.meant;
  }
  return Tok::ident;
}

// At a word that begins a statement of another language, or at a misspelt keyword. False if all may be well.
bool Parser::mistaken_statement(Stmt& stmt) {
  if (at(Tok::r_paren) || at(Tok::r_bracket)) {
    fail(Code::unexpected_token, t_->span(), "unexpected " + found(*t_) + ": no bracket is open here",
         "remove it, or find the bracket that is missing before it");
    next();
    return true;
  }
  if (at(Tok::kw_else) || at(Tok::kw_catch) || at(Tok::kw_finally) || at(Tok::kw_case)) {
    fail(Code::unexpected_token, t_->span(),
         "unexpected " + found(*t_) + ": nothing stands before it that it belongs to",
         at(Tok::kw_case) ? "write `match (x) { case ... }`" : "look for a brace that closes too early");
    next();
    return true;
  }
  const Token& second = t_[1];
  if (at(Tok::cx_on) && is_word(second.kind) && !second.newline() && t_[2].kind == Tok::l_paren) {
    fail(Code::outside_actor, t_->span(), "`on` handlers belong to actors and agents",
         "close the braces opened before it, or write `func`");
    return true;
  }
  if (!at(Tok::ident)) return false;
  const std::string_view word = text(*t_);
  if (second.newline() || at(Tok::eof)) return false;
  const bool function = word == "function" || word == "def" || word == "fn" || word == "fun";
  if (function && is_word(second.kind) && t_[2].kind == Tok::l_paren) {
    replace_word(*t_, "there is no keyword " + found(*t_), "func");
    if (aborted_) return true;
    stmt.kind = Stmt::Kind::local_func;
    stmt.decl = ast_.make<Decl>();
    func_decl(*stmt.decl);
    return true;
  }
  if (!is_word(second.kind) && !is_literal(second.kind) && second.kind != Tok::l_paren && second.kind != Tok::l_brace) {
    return false;
  }
  for (const Habit& habit : kStarts) {
    if (word != habit.word) continue;
    // `loop(x)` may be a call; it is not when a body follows.
    const bool call = second.kind == Tok::l_paren;
    if (call && (second.match == 0 || list_.tokens[second.match + 1].kind != Tok::l_brace ||
                 list_.tokens[second.match + 1].newline())) {
      return false;
    }
    fail(Code::unexpected_token, t_->span(), "there is no statement " + found(*t_), std::string(habit.advice));
    return true;
  }
  if ((!is_name(second.kind) && !is_literal(second.kind) && second.kind != Tok::l_brace) ||
      is_infix_word(text(second))) {
    return false;
  }
  static const std::vector<std::string_view> kBlocks = {"receive", "try", "finally"};
  const std::string_view near = nearest_name(word, second.kind == Tok::l_brace ? kBlocks : statement_words());
  if (near.empty()) return false;
  fail(Code::unexpected_token, t_->span(), "there is no statement " + found(*t_),
       "did you mean `" + std::string(near) + "`?")
      .fixes.push_back({t_->span(), std::string(near)});
  return true;
}

}  // namespace noodle::lang
