// Types, with the look-ahead that tells type arguments from a comparison; patterns and the arms that hold them.
#include "runtime/lang/parser_core.hpp"

namespace noodle::lang {
namespace {

constexpr std::uint32_t kMaxTypeTokens = 4096;  // bound of the look-ahead
constexpr int kMaxTypeNesting = 64;

}  // namespace

TypeExpr* Parser::error_type() {
  TypeExpr* result = ast_.make<TypeExpr>();
  result->span = {t_->start, t_->start};
  return result;
}

TypeExpr* Parser::type() {
  TypeExpr* inner = type_without_null(true);
  if (!at(Tok::question) && !at(Tok::coalesce)) return inner;
  if (t_->newline()) return inner;  // begins a ternary or `??` that goes on from the line before
  TypeExpr* result = inner;
  if (inner->kind != TypeExpr::Kind::nullable) {
    result = ast_.make<TypeExpr>();
    result->kind = TypeExpr::Kind::nullable;
    result->inner = inner;
  }
  while ((at(Tok::question) || at(Tok::coalesce)) && !t_->newline()) next();  // T?? is T?
  result->span = from(inner->span.start);
  return result;
}

// After `is` and `as` a `?` is always the ternary, also behind the result of a function type.
TypeExpr* Parser::type_without_null(bool null_in_result) {
  const std::uint32_t start = t_->start;
  const Nest nest(*this);
  if (!nest) return error_type();
  if (at(Tok::kw_func)) return func_type(null_in_result);
  if (at(Tok::l_paren)) {
    const std::uint32_t opener = index();
    next();
    TypeExpr* result = type();
    close(opener, Tok::r_paren, "to close the type");
    result->span = from(start);
    return result;
  }
  if (is_name(kind()) || module_name()) return named_type();
  fail_expected("a type", Code::expected_type);
  return error_type();
}

TypeExpr* Parser::named_type() {
  TypeExpr* result = ast_.make<TypeExpr>();
  const std::uint32_t start = t_->start;
  result->kind = TypeExpr::Kind::named;
  result->path.push_back(take_name());
  while (at(Tok::dot) && is_word(t_[1].kind)) {
    next();
    result->path.push_back(take_name());
  }
  if (at(Tok::lt) && !t_->newline()) type_args(result->args);
  result->span = from(start);
  if (at(Tok::l_bracket) && t_[1].kind == Tok::r_bracket && t_->adjacent()) {
    const std::string element(source_.text(result->span));
    const Span brackets{t_->start, t_[1].end};
    soft(Code::expected_type, brackets, "there is no type `" + element + "[]`", "write `List<" + element + ">`")
        .fixes.push_back({{start, brackets.end}, "List<" + element + ">"});
    next();
    next();
  }
  return result;
}

TypeExpr* Parser::func_type(bool null_in_result) {
  TypeExpr* result = ast_.make<TypeExpr>();
  const std::uint32_t start = next().start;
  result->kind = TypeExpr::Kind::func;
  const std::uint32_t opener = index();
  if (expect(Tok::l_paren, "after `func` in a type")) {
    while (!at(Tok::r_paren)) {
      if (is_name(kind()) && t_[1].kind == Tok::colon) {
        soft(Code::unexpected_token, {t_->start, t_[1].end}, "parameters of a function type have no names",
             "write the type only, as in `func(int): bool`");
        next();
        next();
      }
      result->args.push_back(type());
      if (!comma_or_close(opener, Tok::r_paren, "parameter types")) break;
    }
    close(opener, Tok::r_paren, "after the parameter types");
    if (!panic_ && at(Tok::colon) && !t_->newline()) {
      next();
      result->inner = null_in_result ? type() : type_without_null(false);
    }
  }
  result->span = from(start);
  return result;
}

void Parser::type_args(std::vector<TypeExpr*>& out) {
  next();
  while (true) {
    out.push_back(type());
    if (panic_ || !accept(Tok::comma)) break;
    if (at(Tok::gt)) break;
  }
  if (!panic_) expect(Tok::gt, "after the type arguments");
}

// Index behind the type that can be read at token `at`, or 0.
std::uint32_t Parser::skip_type(std::uint32_t at, int depth) const {
  const auto kind_at = [&](std::uint32_t i) { return list_.tokens[i].kind; };
  if (depth > kMaxTypeNesting || at > index() + kMaxTypeTokens) return 0;
  if (kind_at(at) == Tok::l_paren) {
    at = skip_type(at + 1, depth + 1);
    if (at == 0 || kind_at(at) != Tok::r_paren) return 0;
    ++at;
  } else if (kind_at(at) == Tok::kw_func) {
    if (kind_at(++at) != Tok::l_paren) return 0;
    ++at;
    while (kind_at(at) != Tok::r_paren) {
      at = skip_type(at, depth + 1);
      if (at == 0 || (kind_at(at) != Tok::comma && kind_at(at) != Tok::r_paren)) return 0;
      if (kind_at(at) == Tok::comma) ++at;
    }
    ++at;
    if (kind_at(at) == Tok::colon) {
      at = skip_type(at + 1, depth + 1);
      if (at == 0) return 0;
    }
  } else {
    const bool module = kind_at(at) == Tok::kw_actor && kind_at(at + 1) == Tok::dot;
    if (!is_name(kind_at(at)) && !module) return 0;
    ++at;
    while (kind_at(at) == Tok::dot && is_word(kind_at(at + 1))) at += 2;
    if (kind_at(at) == Tok::lt) {
      at = skip_type_args(at, depth + 1);
      if (at == 0) return 0;
    }
  }
  while (kind_at(at) == Tok::question || kind_at(at) == Tok::coalesce) ++at;
  return at;
}

// Index behind the `>` of the type arguments whose `<` is token `at`, or 0.
std::uint32_t Parser::skip_type_args(std::uint32_t at, int depth) const {
  const auto kind_at = [&](std::uint32_t i) { return list_.tokens[i].kind; };
  do {
    at = skip_type(at + 1, depth);
    if (at == 0) return 0;
  } while (kind_at(at) == Tok::comma && kind_at(at + 1) != Tok::gt);
  if (kind_at(at) == Tok::comma) ++at;
  return kind_at(at) == Tok::gt ? at + 1 : 0;
}

// `<` here begins type arguments exactly if `< types > (` can be read.
bool Parser::type_args_ahead() const {
  const std::uint32_t end = skip_type_args(index(), 0);
  return end != 0 && list_.tokens[end].kind == Tok::l_paren && !list_.tokens[end].newline();
}

// ---- arms and patterns

void Parser::arms(std::vector<Arm>& out, bool receive) {
  const std::uint32_t opener = index();
  const Nest nest(*this);
  if (!nest || !expect(Tok::l_brace, "before the cases")) return;
  while (!at(Tok::r_brace) && !at(Tok::eof) && !unwinding_) {
    if (brace_missing_here(opener)) break;
    const Token* const before = t_;
    Arm& current = out.emplace_back();
    arm(current, receive);
    const bool block_arm = current.body != nullptr && current.body->kind == Stmt::Kind::block;
    if (unwinding_) break;
    const bool next_arm = block_arm || at(Tok::kw_case) || (receive && at(Tok::cx_after));
    if (!panic_ && !accept(Tok::comma) && !accept(Tok::semicolon) && !ends_statement() && !next_arm) {
      fail_expected("`,` or a new line between cases");
    }
    if (panic_) {
      while (!at(Tok::kw_case) && !at(Tok::r_brace) && !at(Tok::eof)) {
        if (t_->match > index()) t_ = &list_.tokens[t_->match];
        next();
      }
      panic_ = false;
    }
    if (t_ == before) next();
  }
  close(opener, Tok::r_brace, "after the cases");
}

void Parser::arm(Arm& out, bool receive) {
  const std::uint32_t start = t_->start;
  if (receive && at(Tok::cx_after)) {
    next();
    const Scoped scope(no_lambda_, true);
    out.after = expr();
  } else if (accept(Tok::kw_case)) {
    out.pattern = pattern();
    if (!panic_ && accept(Tok::kw_if)) {
      const Scoped scope(no_lambda_, true);
      out.guard = expr();
    }
  } else {
    out.pattern = ast_.make<Pattern>();
    out.pattern->span = t_->span();
    if (at(Tok::kw_else) || at_word("default")) {
      fail(Code::expected_token, t_->span(), "expected `case`, found " + found(*t_), "write `case _ => ...`");
    } else {
      const bool value = is_literal(kind()) || is_name(kind());
      fail(Code::expected_token, t_->span(),
           std::string(receive ? "expected `case` or `after`" : "expected `case`") + ", found " + found(*t_),
           value ? "write `case " + std::string(text(*t_)) + " => ...`" : "an arm is `case PATTERN => ...`");
    }
  }
  if (!panic_) {
    if (at(Tok::colon)) {
      replace_word(*t_, "expected `=>` after the pattern, found `:`", "=>");
      next();
      arm_body(out);
    } else if (!at(Tok::arrow) && out.pattern != nullptr && out.pattern->kind == Pattern::Kind::typed) {
      fail_expected("`=>` after the pattern (`name: T` matches values of type T)");
    } else if (expect(Tok::arrow, out.after != nullptr ? "after the time" : "after the pattern")) {
      arm_body(out);
    }
  }
  out.span = from(start);
}

void Parser::arm_body(Arm& out) {
  const Scoped scope(no_lambda_, false);
  if (at(Tok::l_brace)) {
    out.body = block("of the case");
    return;
  }
  Stmt* stmt = make_stmt(Stmt::Kind::error);
  if (simple_statement(*stmt)) {
    out.body = stmt;
  } else {
    out.value = expr();
  }
}

Pattern* Parser::pattern() {
  Pattern* first = single_pattern();
  if (!at(Tok::pipe) || panic_) return first;
  Pattern* result = ast_.make<Pattern>();
  result->kind = Pattern::Kind::alternatives;
  result->items.push_back(first);
  while (!panic_ && accept(Tok::pipe)) result->items.push_back(single_pattern());
  result->span = from(first->span.start);
  return result;
}

Pattern* Parser::single_pattern() {
  Pattern* result = ast_.make<Pattern>();
  result->span = {t_->start, t_->start};
  const Nest nest(*this);
  if (!nest) return result;
  const bool typed = is_word(kind()) && t_[1].kind == Tok::colon;  // before `:` any word is a name
  switch (typed ? Tok::ident : kind()) {
    case Tok::int_lit:
    case Tok::size_lit:
    case Tok::float_lit:
    case Tok::duration_lit:
    case Tok::string_lit:
    case Tok::template_begin:
    case Tok::minus:
    case Tok::kw_true:
    case Tok::kw_false:
    case Tok::kw_null:
      literal_pattern(*result);
      break;
    default:
      if (typed || is_name(kind())) {
        named_pattern(*result);
      } else {
        fail_expected("a pattern", Code::expected_pattern);
      }
  }
  result->span = from(result->span.start);
  return result;
}

void Parser::literal_pattern(Pattern& pattern) {
  pattern.kind = Pattern::Kind::literal;
  if (!at(Tok::minus)) {
    pattern.value = primary();
    if (pattern.value->kind == Expr::Kind::interp) {
      soft(Code::expected_pattern, pattern.value->span, "a pattern cannot compute a string",
           "bind the value and compare it in a guard: `case s if s == ...`");
    }
    return;
  }
  Expr* negative = make_expr(Expr::Kind::unary, t_->start);
  negative->unary_op = UnaryOp::neg;
  negative->op_span = next().span();
  if (at(Tok::int_lit) || at(Tok::float_lit) || at(Tok::duration_lit) || at(Tok::size_lit)) {
    negated_ = at(Tok::int_lit);
    negative->a = primary();
  } else {
    fail_expected("a number after `-`", Code::expected_pattern);
    negative->a = error_expr();
  }
  negative->span = from(negative->span.start);
  pattern.value = negative;
}

void Parser::named_pattern(Pattern& pattern) {
  if (t_[1].kind == Tok::colon) {
    pattern.kind = Pattern::Kind::typed;
    pattern.name = take_name();
    next();
    pattern.type = type();
    return;
  }
  if (t_[1].kind != Tok::dot && t_[1].kind != Tok::l_paren) {
    pattern.name = take_name();
    pattern.kind = pattern.name.text == "_" ? Pattern::Kind::wildcard : Pattern::Kind::bind;
    return;
  }
  pattern.kind = Pattern::Kind::construct;
  pattern.path = path("a pattern");
  if (panic_ || !at(Tok::l_paren)) {
    if (!panic_ && at(Tok::dot)) fail_expected("a case name after `.`", Code::expected_pattern);
    return;
  }
  pattern.has_parens = true;
  const std::uint32_t opener = index();
  next();
  while (!panic_ && !at(Tok::r_paren) && !at(Tok::eof)) {
    pattern.items.push_back(this->pattern());
    if (!comma_or_close(opener, Tok::r_paren, "patterns")) break;
  }
  close(opener, Tok::r_paren, "after the patterns");
}

}  // namespace noodle::lang
