// Expressions: operators by precedence, links of a chain, calls. Leaves are in parse_primary.cpp.
#include <algorithm>
#include <array>

#include "runtime/lang/parser_core.hpp"

namespace noodle::lang {
namespace {

struct Operator {
  std::uint8_t precedence = 0;  // 0: not a binary operator
  BinaryOp op{};
};

constexpr int kEqualityPrecedence = 7;
constexpr int kComparisonPrecedence = 8;
constexpr int kShiftPrecedence = 10;
constexpr int kCastPrecedence = 13;

constexpr std::array<Operator, static_cast<std::size_t>(Tok::count)> make_operators() {
  std::array<Operator, static_cast<std::size_t>(Tok::count)> result{};
  const auto set = [&](Tok kind, int precedence, BinaryOp op) {
    result[static_cast<std::size_t>(kind)] = {static_cast<std::uint8_t>(precedence), op};
  };
  set(Tok::coalesce, 1, BinaryOp::coalesce);
  set(Tok::pipe_pipe, 2, BinaryOp::logical_or);
  set(Tok::amp_amp, 3, BinaryOp::logical_and);
  set(Tok::pipe, 4, BinaryOp::bit_or);
  set(Tok::caret, 5, BinaryOp::bit_xor);
  set(Tok::amp, 6, BinaryOp::bit_and);
  set(Tok::eq, kEqualityPrecedence, BinaryOp::eq);
  set(Tok::ne, kEqualityPrecedence, BinaryOp::ne);
  set(Tok::lt, kComparisonPrecedence, BinaryOp::lt);
  set(Tok::gt, kComparisonPrecedence, BinaryOp::gt);
  set(Tok::le, kComparisonPrecedence, BinaryOp::le);
  set(Tok::kw_in, kComparisonPrecedence, BinaryOp::in);
  set(Tok::kw_is, kComparisonPrecedence, BinaryOp::in);
  set(Tok::range_incl, 9, BinaryOp::range_incl);
  set(Tok::range_excl, 9, BinaryOp::range_excl);
  set(Tok::shl, kShiftPrecedence, BinaryOp::shl);
  set(Tok::plus, 11, BinaryOp::add);
  set(Tok::minus, 11, BinaryOp::sub);
  set(Tok::star, 12, BinaryOp::mul);
  set(Tok::slash, 12, BinaryOp::div);
  set(Tok::percent, 12, BinaryOp::mod);
  set(Tok::kw_as, kCastPrecedence, BinaryOp::in);
  return result;
}

constexpr auto kOperators = make_operators();

}  // namespace

Expr* Parser::make_expr(Expr::Kind kind, std::uint32_t start) {
  Expr* result = ast_.make<Expr>();
  result->kind = kind;
  result->span = {start, start};
  return result;
}

Expr* Parser::error_expr() {
  return make_expr(Expr::Kind::error, t_->start);
}

Expr* Parser::expr() {
  Expr* left = conditional();
  AssignOp op{};
  switch (kind()) {
    case Tok::assign:
      op = AssignOp::assign;
      break;
    case Tok::plus_assign:
      op = AssignOp::add;
      break;
    case Tok::minus_assign:
      op = AssignOp::sub;
      break;
    case Tok::star_assign:
      op = AssignOp::mul;
      break;
    case Tok::slash_assign:
      op = AssignOp::div;
      break;
    default:
      return left;
  }
  if (panic_) return left;
  const Nest nest(*this);
  if (!nest) return left;
  target(*left);
  Expr* result = make_expr(Expr::Kind::assign, left->span.start);
  result->assign_op = op;
  result->op_span = next().span();
  result->a = left;
  result->b = expr();
  result->span.end = result->b->span.end;
  return result;
}

Expr* Parser::conditional() {
  Expr* left = binary(1);
  if (!at(Tok::question) || panic_) return left;
  const Nest nest(*this);
  if (!nest) return left;
  Expr* result = make_expr(Expr::Kind::cond, left->span.start);
  result->op_span = next().span();
  if ((left->kind == Expr::Kind::is || left->kind == Expr::Kind::as) && !starts_operand(*t_)) {
    const std::string written(source_.text(left->type->span));
    soft(Code::unexpected_token, result->op_span, "behind `is` and `as` a `?` asks for two values",
         "write `(" + written + "?)` for the type");
    return left;
  }
  result->a = left;
  result->b = expr();
  result->c = !panic_ && expect(Tok::colon, "between the two values of `? :`") ? expr() : error_expr();
  result->span.end = result->c->span.end;
  return result;
}

// Links of a chain are counted on the deepest path; see kMaxChain.
bool Parser::chain_link(int& links) {
  if (++links <= kMaxChain) return true;
  fail(Code::nesting_too_deep, t_->span(), "chain of more than " + std::to_string(kMaxChain) + " operations",
       "split the expression into named parts");
  return false;
}

Expr* Parser::binary(int least) {
  const int links_before = links_;
  links_ = 0;
  Expr* left = unary();
  while (!panic_) {
    if (at(Tok::ident) && !t_->newline() && mistaken_infix()) continue;
    Operator found = kOperators[static_cast<std::size_t>(kind())];
    if (found.precedence == 0) break;
    int tokens = 1;
    if (at(Tok::gt) && t_[1].adjacent()) {
      if (t_[1].kind == Tok::gt) found = {kShiftPrecedence, BinaryOp::shr}, tokens = 2;
      if (t_[1].kind == Tok::assign) found = {kComparisonPrecedence, BinaryOp::ge}, tokens = 2;
    }
    if (found.precedence < least || (at(Tok::minus) && t_->newline())) break;
    const Tok operator_kind = kind();
    const std::uint32_t op_start = t_->start;
    for (; tokens > 0; --tokens) next();
    if (!chain_link(links_)) break;
    Expr* result = make_expr(Expr::Kind::binary, left->span.start);
    result->op_span = from(op_start);
    result->a = left;
    if (operator_kind == Tok::kw_is || operator_kind == Tok::kw_as) {
      result->kind = operator_kind == Tok::kw_is ? Expr::Kind::is : Expr::Kind::as;
      result->type = type_without_null(false);
      result->span.end = result->type->span.end;
    } else {
      const int left_links = links_;
      links_ = 0;
      result->binary_op = found.op;
      result->b = binary(found.precedence + 1);
      result->span.end = result->b->span.end;
      links_ = std::max(left_links, links_ + 1);
    }
    left = result;
  }
  links_ = std::max(links_, links_before);
  return left;
}

Expr* Parser::unary() {
  switch (kind()) {
    case Tok::bang:
    case Tok::minus:
    case Tok::tilde:
      return prefix(Expr::Kind::unary);
    case Tok::increment:
    case Tok::decrement:
      return prefix(Expr::Kind::inc_dec);
    case Tok::kw_spawn:
      return spawn();
    case Tok::kw_ask:
      return ask();
    default:
      return postfix();
  }
}

Expr* Parser::prefix(Expr::Kind expr_kind) {
  const Nest nest(*this);
  if (!nest) return error_expr();
  Expr* result = make_expr(expr_kind, t_->start);
  const Tok op = kind();
  result->op_span = next().span();
  if (expr_kind == Expr::Kind::inc_dec) {
    result->int_value = op == Tok::increment ? 1 : ~std::uint64_t{0};
    result->flag = true;
    result->a = unary();
    target(*result->a);
  } else {
    result->unary_op = op == Tok::bang ? UnaryOp::logical_not : op == Tok::minus ? UnaryOp::neg : UnaryOp::bit_not;
    negated_ = op == Tok::minus && at(Tok::int_lit);
    result->a = unary();
  }
  result->span.end = result->a->span.end;
  return result;
}

Expr* Parser::spawn() {
  const Nest nest(*this);
  if (!nest) return error_expr();
  Expr* result = make_expr(Expr::Kind::spawn, next().start);
  result->a = postfix();
  if (!panic_ && result->a->kind != Expr::Kind::call) {
    if (result->a->kind == Expr::Kind::name || result->a->kind == Expr::Kind::member) {
      soft(Code::expected_token, result->a->span, "`spawn` starts an actor or a function, and needs a call",
           "write `spawn " + std::string(source_.text(result->a->span)) + "()`");
    }
    Expr* call = make_expr(Expr::Kind::call, result->a->span.start);  // what cannot be called is the checker's to say
    call->span = result->a->span;
    call->a = result->a;
    result->a = call;
  }
  if (!panic_ && at(Tok::cx_with)) {
    next();
    if (at(Tok::l_brace)) {
      result->b = object();
    } else {
      fail_expected("`{` with the options after `with`");
    }
  }
  if (!panic_ && (at(Tok::cx_on) || at(Tok::cx_where)) && !t_->line_start()) {
    result->flag = at(Tok::cx_where);
    next();
    result->c = binary(1);
  }
  result->span = from(result->span.start);
  return result;
}

Expr* Parser::ask() {
  Expr* result = make_expr(Expr::Kind::ask, next().start);
  result->a = postfix();
  const bool message = result->a->kind == Expr::Kind::call && result->a->a->kind == Expr::Kind::member;
  if (!panic_ && !message && result->a->kind != Expr::Kind::error) {
    soft(Code::expected_token, result->a->span, "`ask` needs a message with its arguments",
         "write `ask ref.handler(arguments)`");
  }
  if (!panic_ && accept(Tok::cx_within)) result->b = postfix();
  result->span = from(result->span.start);
  return result;
}

Expr* Parser::postfix() {
  const int links_before = links_;
  links_ = 0;
  Expr* left = primary();
  while (!panic_) {
    Expr* linked = link(left);
    if (linked == nullptr) break;
    left = linked;
    if (!chain_link(links_)) break;
  }
  links_ = std::max(links_, links_before);
  return left;
}

// One `.name`, `?.name`, `(args)`, `[index]`, `<types>(args)`, `++` or `--` behind `left`, or null.
Expr* Parser::link(Expr* left) {
  const std::uint32_t start = left->span.start;
  Expr* result = nullptr;
  switch (kind()) {
    case Tok::dot:
    case Tok::safe_dot:
      result = make_expr(at(Tok::dot) ? Expr::Kind::member : Expr::Kind::safe_member, start);
      next();
      result->a = left;
      result->name = any_word("a member name after `.`");
      result->op_span = result->name.span;
      break;
    case Tok::lt:
      if (!type_args_ahead()) return nullptr;
      [[fallthrough]];
    case Tok::l_paren:
      if (at(Tok::l_paren) && t_->newline()) return nullptr;
      result = make_expr(Expr::Kind::call, start);
      result->a = left;
      if (at(Tok::lt)) type_args(result->type_args);
      if (!panic_) call_arguments(*result);
      break;
    case Tok::l_bracket: {
      if (t_->newline()) return nullptr;
      const Nest nest(*this);
      if (!nest) return nullptr;
      const Scoped scope(no_lambda_, false);
      const std::uint32_t opener = index();
      next();
      result = make_expr(Expr::Kind::index, start);
      result->a = left;
      result->b = expr();
      close(opener, Tok::r_bracket, "after the index");
      break;
    }
    case Tok::increment:
    case Tok::decrement:
      if (t_->newline()) return nullptr;
      result = make_expr(Expr::Kind::inc_dec, start);
      result->int_value = at(Tok::increment) ? 1 : ~std::uint64_t{0};
      result->op_span = next().span();
      result->a = left;
      target(*left);
      break;
    default:
      return nullptr;
  }
  result->span = from(start);
  return result;
}

void Parser::target(const Expr& expr) {
  switch (expr.kind) {
    case Expr::Kind::name:
    case Expr::Kind::member:
    case Expr::Kind::index:
    case Expr::Kind::error:
      return;
    case Expr::Kind::safe_member:
      soft(Code::invalid_assignment_target, expr.span, "a `?.` access cannot be assigned to",
           "test for null first, then assign with `.`");
      return;
    default:
      soft(Code::invalid_assignment_target, expr.span, "only a variable, a field or an index can be assigned to",
           "to compare, write `==`");
  }
}

// At `(`: fills span-independent parts of a call, `new` or attribute.
void Parser::call_arguments(Expr& call) {
  const std::uint32_t opener = index();
  const Nest nest(*this);
  if (!nest) return;
  const Scoped scope(no_lambda_, false);
  expect(Tok::l_paren, "before the arguments");
  while (!panic_ && !at(Tok::r_paren) && !at(Tok::eof)) {
    Arg& arg = call.args.emplace_back();
    if (is_word(kind()) && t_[1].kind == Tok::colon) {
      arg.name = take_name();
      next();
    }
    arg.value = expr();
    if (!comma_or_close(opener, Tok::r_paren, "arguments")) break;
  }
  close(opener, Tok::r_paren, "after the arguments");
}

}  // namespace noodle::lang
