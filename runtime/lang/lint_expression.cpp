// What lint says about expressions.
#include <algorithm>

#include "runtime/lang/lint_walk.hpp"

namespace noodle::lang {
namespace {

// Both read the same variable, field or literal, and reading it does nothing else.
bool same_place(const Expr& left, const Expr& right) {
  const Expr& a = bare(left);
  const Expr& b = bare(right);
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case Expr::Kind::name:
    case Expr::Kind::string_lit:
      return a.text == b.text;
    case Expr::Kind::self:
      return true;
    case Expr::Kind::int_lit:
      return a.int_value == b.int_value;
    case Expr::Kind::member:
      return a.name.text == b.name.text && same_place(*a.a, *b.a);
    case Expr::Kind::index:
      return same_place(*a.a, *b.a) && same_place(*a.b, *b.b);
    default:
      return false;
  }
}

std::string quoted(std::string_view text) {
  return "`" + std::string(text) + "`";
}

}  // namespace

const Expr& bare(const Expr& expr) {
  return expr.kind == Expr::Kind::paren ? bare(*expr.a) : expr;
}

bool has_effect(const Expr& expr) {
  switch (expr.kind) {
    case Expr::Kind::error:
    case Expr::Kind::call:
    case Expr::Kind::assign:
    case Expr::Kind::inc_dec:
    case Expr::Kind::spawn:
    case Expr::Kind::ask:
    case Expr::Kind::new_:
    case Expr::Kind::match:
      return true;
    case Expr::Kind::as:
      return true;  // may trap: a check
    case Expr::Kind::index:
      return true;
    case Expr::Kind::lambda:
      return false;
    default:
      break;
  }
  for (const Expr* part : {expr.a, expr.b, expr.c}) {
    if (part != nullptr && has_effect(*part)) return true;
  }
  return std::any_of(expr.items.begin(), expr.items.end(), [](const Expr* item) { return has_effect(*item); });
}

void Linter::expr(const Expr* item) {
  if (item == nullptr) return;
  switch (item->kind) {
    case Expr::Kind::name:
      return use(item->text);
    case Expr::Kind::lambda:
      type(item->result_type);
      return function(item->params, item->body, item->a);
    case Expr::Kind::binary:
      comparison(*item);
      break;
    case Expr::Kind::assign:
      return assignment(*item);
    default:
      break;
  }
  expr(item->a);
  expr(item->b);
  expr(item->c);
  type(item->type);
  for (const TypeExpr* arg : item->type_args) type(arg);
  for (const Expr* part : item->items) expr(part);
  for (const Arg& arg : item->args) expr(arg.value);
  for (const ObjectField& field : item->fields) expr(field.value);
  arms(item->arms, true);
}

void Linter::comparison(const Expr& item) {
  switch (item.binary_op) {
    case BinaryOp::eq:
    case BinaryOp::ne:
    case BinaryOp::lt:
    case BinaryOp::gt:
    case BinaryOp::le:
    case BinaryOp::ge:
      break;
    default:
      return;
  }
  const std::string written(ast_.source->text(bare(*item.a).span));
  if (same_place(*item.a, *item.b)) {
    warn(Code::self_comparison, item.span, quoted(written) + " is compared with itself",
         "compare it with another value");
    return;
  }
  const Expr& right = bare(*item.b);
  if (right.kind != Expr::Kind::bool_lit || (item.binary_op != BinaryOp::eq && item.binary_op != BinaryOp::ne)) return;
  const bool plain = (right.int_value != 0) == (item.binary_op == BinaryOp::eq);
  const bool simple = bare(*item.a).kind == Expr::Kind::name;
  warn(Code::bool_comparison, item.span, "comparison with " + quoted(ast_.source->text(right.span)),
       simple  ? "write " + quoted((plain ? "" : "!") + written)
       : plain ? "use the value itself"
               : "write `!` before the value");
}

void Linter::assignment(const Expr& item) {
  if (item.assign_op == AssignOp::assign && same_place(*item.a, *item.b)) {
    const std::string written(ast_.source->text(bare(*item.a).span));
    const bool name = bare(*item.a).kind == Expr::Kind::name;
    warn(Code::self_assignment, item.span, quoted(written) + " is assigned to itself",
         name ? "remove it, or write " + quoted("self." + written + " = " + written) : "remove it");
  }
  // Writing alone is no use of a local.
  if (bare(*item.a).kind != Expr::Kind::name || item.assign_op != AssignOp::assign) expr(item.a);
  expr(item.b);
}

void Linter::type(const TypeExpr* item) {
  if (item == nullptr) return;
  if (!item->path.empty()) used_names_.insert(item->path.front().text);
  for (const TypeExpr* arg : item->args) type(arg);
  type(item->inner);
}

}  // namespace noodle::lang
