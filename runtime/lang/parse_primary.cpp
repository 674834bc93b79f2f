// Leaves of expressions: literals, names, brackets, lambdas, match, new.
#include "runtime/lang/literal.hpp"
#include "runtime/lang/parser_core.hpp"

namespace noodle::lang {

namespace {

constexpr bool is_operator(Tok kind) {
  return kind >= Tok::safe_dot && kind <= Tok::caret && kind != Tok::arrow;
}

}  // namespace

// `actor.join(x)`: a declaration keyword before `.` is the name of an imported module.
bool Parser::module_name() const {
  const bool keyword = at(Tok::kw_actor) || at(Tok::kw_supervisor) || at(Tok::kw_class) || at(Tok::kw_enum);
  return keyword && t_[1].kind == Tok::dot;
}

Expr* Parser::primary() {
  Expr* result = nullptr;
  switch (kind()) {
    case Tok::int_lit:
    case Tok::size_lit:
      return number(Expr::Kind::int_lit);
    case Tok::float_lit:
      return number(Expr::Kind::float_lit);
    case Tok::duration_lit:
      return number(Expr::Kind::duration_lit);
    case Tok::string_lit:
      return string();
    case Tok::template_begin:
      return template_string();
    case Tok::kw_true:
    case Tok::kw_false:
      result = make_expr(Expr::Kind::bool_lit, t_->start);
      result->int_value = at(Tok::kw_true) ? 1 : 0;
      break;
    case Tok::kw_null:
      result = make_expr(Expr::Kind::null_lit, t_->start);
      break;
    case Tok::kw_self:
      result = make_expr(Expr::Kind::self, t_->start);
      break;
    case Tok::kw_super:
      result = make_expr(Expr::Kind::super, t_->start);
      break;
    case Tok::l_paren:
      return paren_or_lambda();
    case Tok::l_bracket:
      return list();
    case Tok::l_brace:
      return object();
    case Tok::kw_func:
      if (t_->line_start() && is_word(t_[1].kind)) {  // the next declaration: a bracket before it is open
        fail_expected("an expression", Code::expected_expression);
        return error_expr();
      }
      return func_lambda();
    case Tok::kw_match:
      return match();
    case Tok::kw_new:
      return new_expr();
    default:
      if (!is_name(kind()) && !module_name()) {
        if (is_operator(kind())) {
          fail(Code::unexpected_token, t_->span(), "unexpected " + found(*t_) + ", expected an expression",
               operand_advice());
          return error_expr();
        }
        fail_expected("an expression", Code::expected_expression, operand_advice());
        return error_expr();
      }
      if (t_[1].kind == Tok::arrow && !no_lambda_) return arrow_lambda();
      if (at_word("not") && mistaken_not()) return prefix(Expr::Kind::unary);
      result = make_expr(Expr::Kind::name, t_->start);
      result->text = text(*t_);
  }
  result->span.end = next().end;
  return result;
}

Expr* Parser::number(Expr::Kind expr_kind) {
  Expr* result = make_expr(expr_kind, t_->start);
  const std::string_view written = text(*t_);
  bool fits = true;
  if (expr_kind == Expr::Kind::float_lit) {
    const auto value = float_value(written);
    fits = value.has_value();
    result->float_value = value.value_or(0);
  } else {
    const bool size = at(Tok::size_lit);
    const auto value = expr_kind == Expr::Kind::duration_lit ? duration_value(written)
                       : size                                ? size_value(written)
                                                             : int_value(written);
    fits = value.has_value() && (*value >> 63 == 0 || negated_);
    negated_ = false;
    result->int_value = value.value_or(0);
  }
  if (!fits) {
    const bool duration = expr_kind == Expr::Kind::duration_lit;
    soft(Code::number_too_large, t_->span(), "number " + found(*t_) + " does not fit",
         duration ? "a Duration counts whole nanoseconds up to 292 years"
         : expr_kind == Expr::Kind::float_lit
             ? "the largest float is 1.7976931348623157e308"
             : "int holds -9223372036854775808 to 9223372036854775807; use a float for larger values");
  }
  result->span.end = next().end;
  return result;
}

// Meaning of a string or template part; `cut` bytes of quote on both sides.
std::string_view Parser::string_text(const Token& token, std::uint32_t cut) {
  const std::string_view raw = text(token).substr(cut, token.end - token.start - 2 * cut);
  if ((token.flags & Token::kEscape) == 0) return raw;
  Unescaped result = unescape(raw);
  if (!result.ok) {
    const std::uint32_t base = token.start + cut;
    const Span place{base + result.bad_start, base + result.bad_end};
    soft(Code::invalid_escape, place, "unknown escape `" + std::string(source_.text(place)) + "`",
         "known escapes: \\n \\t \\r \\0 \\\\ \\\" \\' \\` \\$ \\u{...}; write \\\\ for a backslash");
  }
  return ast_.keep(std::move(result.text));
}

Expr* Parser::string() {
  Expr* result = make_expr(Expr::Kind::string_lit, t_->start);
  result->text = string_text(*t_, 1);
  result->span.end = next().end;
  return result;
}

// A template without ${ } is a string; otherwise texts and expressions alternate, beginning and ending with a text.
Expr* Parser::template_string() {
  const std::uint32_t start = next().start;
  const Nest nest(*this);
  if (!nest) return error_expr();
  const Scoped scope(no_lambda_, false);
  Expr* result = make_expr(Expr::Kind::interp, start);
  while (true) {
    if (!at(Tok::template_text)) {
      panic_ = true;  // only after an error inside ${ } or a cut file
      break;
    }
    Expr* part = make_expr(Expr::Kind::string_lit, t_->start);
    part->text = string_text(*t_, 0);
    part->span.end = next().end;
    result->items.push_back(part);
    if (!at(Tok::template_open)) break;
    const std::uint32_t opener = index();
    next();
    result->items.push_back(expr());
    close(opener, Tok::template_close, "after the expression in `${ }`");
  }
  accept(Tok::template_end);
  result->span = from(start);
  if (result->items.size() != 1) return result;
  result->items[0]->span = result->span;
  return result->items[0];
}

Expr* Parser::paren_or_lambda() {
  const std::uint32_t opener = index();
  if (!no_lambda_ && t_->match != 0 && list_.tokens[t_->match + 1].kind == Tok::arrow) return arrow_lambda();
  const Nest nest(*this);
  if (!nest) return error_expr();
  const Scoped scope(no_lambda_, false);
  Expr* result = make_expr(Expr::Kind::paren, next().start);
  result->a = expr();
  if (!panic_ && at(Tok::comma)) {
    fail(Code::unexpected_token, t_->span(), "unexpected `,`: there are no tuples",
         "use a list `[a, b]` or a record with named fields");
  }
  close(opener, Tok::r_paren, "to close the parenthesis");
  result->span = from(result->span.start);
  return result;
}

Expr* Parser::arrow_lambda() {
  const Nest nest(*this);
  if (!nest) return error_expr();
  Expr* result = make_expr(Expr::Kind::lambda, t_->start);
  if (at(Tok::l_paren)) {
    params(result->params, true);
  } else {
    result->params.emplace_back().name = take_name();
  }
  if (!panic_ && expect(Tok::arrow, "after the parameters")) {
    if (at(Tok::l_brace)) {
      result->body = block("of the function");
    } else {
      result->a = expr();
    }
  } else {
    result->a = error_expr();
  }
  result->span = from(result->span.start);
  return result;
}

Expr* Parser::func_lambda() {
  const Nest nest(*this);
  if (!nest) return error_expr();
  Expr* result = make_expr(Expr::Kind::lambda, next().start);
  if (is_word(kind())) {
    soft(Code::unexpected_token, t_->span(), "a function inside an expression has no name",
         "remove the name, or declare the function in a statement of its own");
    next();
  }
  params(result->params, true);
  for (const Param& param : result->params) {
    if (param.type == nullptr && !panic_) {
      soft(Code::expected_type, param.name.span, "parameter `" + std::string(param.name.text) + "` needs a type",
           "write `" + std::string(param.name.text) + ": T`, or the short form `x => ...`");
    }
  }
  if (!panic_ && at(Tok::colon)) {
    next();
    result->result_type = type();
  }
  if (!panic_ && at(Tok::l_brace)) {
    result->body = block("of the function");
  } else {
    if (!panic_) fail_expected("`{` with the body of the function");
    result->a = error_expr();
  }
  result->span = from(result->span.start);
  return result;
}

Expr* Parser::list() {
  const std::uint32_t opener = index();
  const Nest nest(*this);
  if (!nest) return error_expr();
  const Scoped scope(no_lambda_, false);
  Expr* result = make_expr(Expr::Kind::list, next().start);
  while (!panic_ && !at(Tok::r_bracket) && !at(Tok::eof)) {
    result->items.push_back(expr());
    if (!comma_or_close(opener, Tok::r_bracket, "elements")) break;
  }
  close(opener, Tok::r_bracket, "after the elements");
  result->span = from(result->span.start);
  return result;
}

Expr* Parser::object() {
  const std::uint32_t opener = index();
  const Nest nest(*this);
  if (!nest) return error_expr();
  const Scoped scope(no_lambda_, false);
  Expr* result = make_expr(Expr::Kind::object, next().start);
  while (!panic_ && !at(Tok::r_brace) && !at(Tok::eof)) {
    ObjectField& field = result->fields.emplace_back();
    field.name.span = t_->span();
    if (at(Tok::string_lit)) {
      field.quoted = true;
      field.name.text = string_text(*t_, 1);
      next();
    } else if (is_word(kind())) {
      field.name = take_name();
      if (at(Tok::comma) || at(Tok::r_brace)) {
        const std::string word(field.name.text);
        soft(Code::expected_token, field.name.span, "field `" + word + "` needs a value",
             "write `" + word + ": " + word + "`");
        field.value = error_expr();
        accept(Tok::comma);
        continue;
      }
    } else {
      if (is_literal(kind())) {
        fail(Code::expected_token, t_->span(), "expected a field name in `{ name: value }`, found " + found(*t_),
             "keys of `{ }` are names or strings; set other keys by `m[key] = value`");
      } else {
        fail_expected("a field name in `{ name: value }`");
      }
    }
    field.value = !panic_ && expect(Tok::colon, "after the field name") ? expr() : error_expr();
    if (!comma_or_close(opener, Tok::r_brace, "fields")) break;
  }
  close(opener, Tok::r_brace, "after the fields");
  result->span = from(result->span.start);
  return result;
}

Expr* Parser::match() {
  const Nest nest(*this);
  if (!nest) return error_expr();
  Expr* result = make_expr(Expr::Kind::match, next().start);
  const std::uint32_t opener = index();
  if (expect(Tok::l_paren, "after `match`")) {
    const Scoped scope(no_lambda_, false);
    result->a = expr();
    close(opener, Tok::r_paren, "after the value to match");
  } else {
    result->a = error_expr();
  }
  if (!panic_) arms(result->arms, false);
  result->span = from(result->span.start);
  return result;
}

Expr* Parser::new_expr() {
  Expr* result = make_expr(Expr::Kind::new_, next().start);
  result->type = type();
  if (!panic_) call_arguments(*result);
  result->span = from(result->span.start);
  return result;
}

}  // namespace noodle::lang
