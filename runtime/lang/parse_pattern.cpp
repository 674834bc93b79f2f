// Arms of match, receive and catch, and their patterns.
#include "runtime/lang/parser_core.hpp"

namespace noodle::lang {

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
    if (!panic_ && !accept(Tok::comma) && !accept(Tok::semicolon) && !ends_statement() && !block_arm) {
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
      fail_expected(receive ? "`case` or `after`" : "`case`");
    }
  }
  if (!panic_) {
    if (at(Tok::colon)) {
      replace_word(*t_, "expected `=>` after the pattern, found `:`", "=>");
      next();
      arm_body(out);
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
    if (!comma_or_close(Tok::r_paren, "patterns")) break;
  }
  close(opener, Tok::r_paren, "after the patterns");
}

}  // namespace noodle::lang
