// Unary and binary operators.
#include "runtime/lower/body.hpp"

namespace noodle::check {
namespace {

using lang::BinaryOp;

std::string_view symbol_of(BinaryOp op) {
  switch (op) {
    case BinaryOp::coalesce:
      return "??";
    case BinaryOp::logical_or:
      return "||";
    case BinaryOp::logical_and:
      return "&&";
    case BinaryOp::bit_or:
      return "|";
    case BinaryOp::bit_xor:
      return "^";
    case BinaryOp::bit_and:
      return "&";
    case BinaryOp::eq:
      return "==";
    case BinaryOp::ne:
      return "!=";
    case BinaryOp::lt:
      return "<";
    case BinaryOp::gt:
      return ">";
    case BinaryOp::le:
      return "<=";
    case BinaryOp::ge:
      return ">=";
    case BinaryOp::in:
      return "in";
    case BinaryOp::range_incl:
      return "..";
    case BinaryOp::range_excl:
      return "..<";
    case BinaryOp::shl:
      return "<<";
    case BinaryOp::shr:
      return ">>";
    case BinaryOp::add:
      return "+";
    case BinaryOp::sub:
      return "-";
    case BinaryOp::mul:
      return "*";
    case BinaryOp::div:
      return "/";
    case BinaryOp::mod:
      return "%";
  }
  return "?";
}

HOp arithmetic_op(BinaryOp op) {
  switch (op) {
    case BinaryOp::add:
      return HOp::add;
    case BinaryOp::sub:
      return HOp::sub;
    case BinaryOp::mul:
      return HOp::mul;
    case BinaryOp::div:
      return HOp::div;
    default:
      return HOp::mod;
  }
}

bool is_text(const Type* type) {
  return type->is(TypeKind::string) || (type->is(TypeKind::nullable) && type->args[0]->is(TypeKind::string));
}

bool stops(const HNode* a, const HNode* b) {
  return a->type->is(TypeKind::error) || b->type->is(TypeKind::error);
}

}  // namespace

HNode* Body::invalid_operands(std::string_view op, const Type* a, const Type* b, Span span, std::string suggestion) {
  report(
      Code::invalid_operands, span,
      "`" + std::string(op) + "` does not take a `" + to_string(a) + "`" + (b ? " and a `" + to_string(b) + "`" : ""),
      std::move(suggestion));
  return error_node(span);
}

HNode* Body::unary(const Expr& e, const Type* hint) {
  if (!e.a) return error_node(e.span);
  if (e.unary_op == lang::UnaryOp::logical_not) {
    Facts facts;
    return not_(condition(*e.a, facts));
  }
  if (e.unary_op == lang::UnaryOp::neg && e.a->kind == Expr::Kind::int_lit && e.a->int_value == 1ULL << 63 &&
      !(hint && hint->is(TypeKind::float_))) {
    return const_int(INT64_MIN, basic(TypeKind::int_), e.span);
  }
  HNode* operand = value(*e.a, hint);
  if (operand->type->is(TypeKind::error)) return operand;
  if (operand->type->is(TypeKind::byte))
    operand = node(HOp::byte_to_int, basic(TypeKind::int_), operand->span, {operand});
  const bool negate = e.unary_op == lang::UnaryOp::neg;
  const Type* type = operand->type;
  const bool fits = type->is(TypeKind::int_) ||
                    (negate && (type->is(TypeKind::float_) || type->is(TypeKind::duration))) ||
                    type->is(TypeKind::never);
  if (!fits) {
    if (report_null_use(*operand, {negate ? "operand of `-`" : "operand of `~`"})) return error_node(e.span);
    return invalid_operands(negate ? "-" : "~", type, nullptr, e.span);
  }
  return checker_.fold(node(negate ? HOp::neg : HOp::bit_not, type, e.span, {operand}));
}

HNode* Body::binary(const Expr& e, const Type* hint) {
  if (!e.a || !e.b) return error_node(e.span);
  switch (e.binary_op) {
    case BinaryOp::logical_and:
    case BinaryOp::logical_or: {
      Facts facts;
      return logical(e, facts);
    }
    case BinaryOp::coalesce:
      return coalesce(e, hint);
    case BinaryOp::eq:
    case BinaryOp::ne:
      return equality(e, nullptr);
    case BinaryOp::lt:
    case BinaryOp::gt:
    case BinaryOp::le:
    case BinaryOp::ge:
      return ordering(e);
    case BinaryOp::in:
      return contains(e);
    case BinaryOp::range_incl:
    case BinaryOp::range_excl:
      return range(e);
    case BinaryOp::bit_or:
    case BinaryOp::bit_xor:
    case BinaryOp::bit_and:
    case BinaryOp::shl:
    case BinaryOp::shr:
      return bitwise(e);
    default:
      break;
  }
  HNode* a = value(*e.a);
  HNode* b = value(*e.b);
  return arithmetic(e.binary_op, a, b, e.span, e.op_span);
}

HNode* Body::add(HNode* a, HNode* b, Span span, Span) {
  if (!is_text(a->type) && !is_text(b->type)) return nullptr;
  HNode* left = to_text(a);
  HNode* right = to_text(b);
  HNode* n = node(HOp::concat, basic(TypeKind::string), span);
  // a + b + c is one concatenation.
  if (left->op == HOp::concat && a->op == HOp::concat && left->kids.size() < 200) {
    n->kids = std::move(left->kids);
  } else {
    n->kids.push_back(left);
  }
  if (n->kids.back()->op == HOp::const_string && right->op == HOp::const_string) {
    HNode* both = checker_.fold(node(HOp::concat, basic(TypeKind::string), span, {n->kids.back(), right}));
    n->kids.back() = both;
    if (n->kids.size() == 1) return both;
    return n;
  }
  n->kids.push_back(right);
  return n;
}

HNode* Body::arithmetic(BinaryOp op, HNode* a, HNode* b, Span span, Span op_span) {
  for (HNode* operand : {a, b}) {
    if (operand->type->is(TypeKind::void_)) {
      report(Code::void_value, operand->span, "this gives no value");
      return error_node(span);
    }
  }
  if (op == BinaryOp::add) {
    if (stops(a, b)) return is_text(a->type) || is_text(b->type) ? const_string({}, span) : error_node(span);
    if (HNode* text_node = add(a, b, span, op_span)) return text_node;
  }
  if (stops(a, b)) return error_node(span);
  const Type* ta = a->type;
  const Type* tb = b->type;
  const HOp hop = arithmetic_op(op);
  if (ta->is(TypeKind::never) || tb->is(TypeKind::never)) {
    return node(hop, ta->is(TypeKind::never) ? tb : ta, span, {a, b});
  }
  if (ta->is_number() && tb->is_number()) {
    for (HNode** operand : {&a, &b}) {
      if ((*operand)->type->is(TypeKind::byte)) {
        *operand = node(HOp::byte_to_int, basic(TypeKind::int_), (*operand)->span, {*operand});
      }
    }
    const bool real = a->type->is(TypeKind::float_) || b->type->is(TypeKind::float_);
    const Type* type = basic(real ? TypeKind::float_ : TypeKind::int_);
    return checker_.fold(node(hop, type, span, {convert(a, type), convert(b, type)}));
  }
  const bool da = ta->is(TypeKind::duration);
  const bool db = tb->is(TypeKind::duration);
  if (da && db && (op == BinaryOp::add || op == BinaryOp::sub)) return checker_.fold(node(hop, ta, span, {a, b}));
  if (op == BinaryOp::mul && ((da && tb->is(TypeKind::int_)) || (db && ta->is(TypeKind::int_)))) {
    return checker_.fold(node(hop, basic(TypeKind::duration), span, {a, b}));
  }
  if (ta->is(TypeKind::time) && db && (op == BinaryOp::add || op == BinaryOp::sub)) {
    return make_method_call(a, op == BinaryOp::add ? "plus" : "minus", {b}, span);
  }
  if (ta->is(TypeKind::time) && tb->is(TypeKind::time) && op == BinaryOp::sub)
    return make_method_call(a, "since", {b}, span);
  for (HNode* operand : {a, b}) {
    if (!operand->type->is(TypeKind::nullable) && !operand->type->is(TypeKind::null)) continue;
    const std::string format = "operand of `" + std::string(symbol_of(op)) + "`";
    report_null_use(*operand, {format.c_str()});
    return error_node(span);
  }
  std::string suggestion;
  if (ta->is(TypeKind::list) && ta == tb && op == BinaryOp::add) {
    suggestion = "lists are joined by `" + std::string(text(a->span)) + ".concat(" + std::string(text(b->span)) + ")`";
  } else if ((ta->is(TypeKind::string) || tb->is(TypeKind::string)) && op == BinaryOp::mul) {
    suggestion = "use `repeat(n)`";
  } else if (ta->is(TypeKind::string) && tb->is_number()) {
    suggestion = "`parseInt()` and `parseFloat()` read numbers";
  } else if (ta->is(TypeKind::any) || tb->is(TypeKind::any)) {
    suggestion = "an `any` is used by `as`, `is` or `match`";
  }
  return invalid_operands(symbol_of(op), ta, tb, span, std::move(suggestion));
}

HNode* Body::bitwise(const Expr& e) {
  HNode* a = value(*e.a);
  HNode* b = value(*e.b);
  if (stops(a, b)) return error_node(e.span);
  for (HNode** operand : {&a, &b}) {
    if ((*operand)->type->is(TypeKind::byte)) {
      *operand = node(HOp::byte_to_int, basic(TypeKind::int_), (*operand)->span, {*operand});
    }
    if ((*operand)->type->is(TypeKind::nullable)) {
      const std::string format = "operand of `" + std::string(symbol_of(e.binary_op)) + "`";
      report_null_use(**operand, {format.c_str()});
      return error_node(e.span);
    }
  }
  const Type* type = basic(TypeKind::int_);
  auto fits = [&](const HNode* n) { return n->type == type || n->type->is(TypeKind::never); };
  if (!fits(a) || !fits(b)) {
    const bool bools = a->type->is(TypeKind::bool_) && b->type->is(TypeKind::bool_);
    return invalid_operands(symbol_of(e.binary_op), a->type, b->type, e.span,
                            !bools                             ? ""
                            : e.binary_op == BinaryOp::bit_and ? "write `&&`"
                            : e.binary_op == BinaryOp::bit_or  ? "write `||`"
                                                               : "write `!=`");
  }
  HOp op = HOp::bit_and;
  switch (e.binary_op) {
    case BinaryOp::bit_or:
      op = HOp::bit_or;
      break;
    case BinaryOp::bit_xor:
      op = HOp::bit_xor;
      break;
    case BinaryOp::shl:
      op = HOp::shl;
      break;
    case BinaryOp::shr:
      op = HOp::shr;
      break;
    default:
      break;
  }
  return checker_.fold(node(op, type, e.span, {a, b}));
}

HNode* Body::equality(const Expr& e, Facts*) {
  const bool equal = e.binary_op == BinaryOp::eq;
  HNode* a = value(*e.a);
  HNode* b = value(*e.b, a->type->is(TypeKind::null) || a->type->is(TypeKind::never) ? nullptr : a->type);
  if (stops(a, b)) return error_node(e.span);
  const Type* boolean = basic(TypeKind::bool_);
  if (a->type->is(TypeKind::null) || b->type->is(TypeKind::null)) {
    HNode* other = a->type->is(TypeKind::null) ? b : a;
    const TypeKind kind = other->type->kind;
    if (kind == TypeKind::null) return const_int(equal, boolean, e.span);
    if (kind != TypeKind::nullable && kind != TypeKind::any && kind != TypeKind::json && kind != TypeKind::never &&
        kind != TypeKind::param) {
      report(Code::invalid_operands, e.span, "a `" + to_string(other->type) + "` is never null");
      return error_node(e.span);
    }
    if (kind == TypeKind::param) other = to_any(other);
    HNode* test = is_null(other);
    test->span = e.span;
    return equal ? test : not_(test);
  }
  if (a->type != b->type) {
    auto promote = [&](HNode*& n) {
      if (n->type->is(TypeKind::byte)) n = node(HOp::byte_to_int, basic(TypeKind::int_), n->span, {n});
    };
    if (a->type->is_number() && b->type->is_number()) {
      promote(a);
      promote(b);
    }
    const Type* wide = converts(b->type, a->type) ? a->type : converts(a->type, b->type) ? b->type : nullptr;
    if (!wide && a->type->is(TypeKind::actor_ref) && b->type->is(TypeKind::actor_ref)) {
      wide = checker_.program.types.actor_ref(basic(TypeKind::any));
    }
    if (!wide && a->type->is(TypeKind::object) && b->type->is(TypeKind::object) && castable(a->type, b->type)) {
      wide = basic(TypeKind::any);
    }
    if (!wide) {
      std::string suggestion;
      if (a->type->is(TypeKind::string) != b->type->is(TypeKind::string) &&
          (a->type->is_number() || b->type->is_number())) {
        suggestion = "convert one side: `parseInt()` reads a number";
      }
      return invalid_operands(symbol_of(e.binary_op), a->type, b->type, e.span, std::move(suggestion));
    }
    a = convert(a, wide);
    b = convert(b, wide);
  }
  checker_.require_equality(a->type, module_->file, e.span);
  return checker_.fold(node(equal ? HOp::eq : HOp::ne, boolean, e.span, {a, b}));
}

HNode* Body::ordering(const Expr& e) {
  HNode* a = value(*e.a);
  HNode* b = value(*e.b);
  if (stops(a, b)) return error_node(e.span);
  if (a->type != b->type && a->type->is_number() && b->type->is_number()) {
    for (HNode** operand : {&a, &b}) {
      if ((*operand)->type->is(TypeKind::byte)) {
        *operand = node(HOp::byte_to_int, basic(TypeKind::int_), (*operand)->span, {*operand});
      }
    }
    const Type* type = join(a->type, b->type);
    a = convert(a, type);
    b = convert(b, type);
  }
  const Type* type = a->type->is(TypeKind::never) ? b->type : a->type;
  const bool ordered = type->is_number() || type->is(TypeKind::string) || type->is(TypeKind::duration) ||
                       type->is(TypeKind::time) || type->is(TypeKind::never);
  if ((a->type != b->type && !b->type->is(TypeKind::never) && !a->type->is(TypeKind::never)) || !ordered) {
    const std::string format = "operand of `" + std::string(symbol_of(e.binary_op)) + "`";
    if (report_null_use(*a, {format.c_str()}) || report_null_use(*b, {format.c_str()})) return error_node(e.span);
    report(Code::not_comparable, e.span,
           "`" + std::string(symbol_of(e.binary_op)) + "` does not compare a `" + to_string(a->type) + "` with a `" +
               to_string(b->type) + "`");
    return error_node(e.span);
  }
  HOp op = HOp::lt;
  if (e.binary_op == BinaryOp::gt) op = HOp::gt;
  if (e.binary_op == BinaryOp::le) op = HOp::le;
  if (e.binary_op == BinaryOp::ge) op = HOp::ge;
  return checker_.fold(node(op, basic(TypeKind::bool_), e.span, {a, b}));
}

HNode* Body::contains(const Expr& e) {
  HNode* item = value(*e.a);
  HNode* all = value(*e.b);
  if (stops(item, all)) return error_node(e.span);
  const TypeKind kind = all->type->kind;
  const bool is_range = checker_.program.range_class && all->type == checker_.program.range_class->self_type;
  const char* method = kind == TypeKind::map || kind == TypeKind::set                   ? "has"
                       : kind == TypeKind::list || kind == TypeKind::string || is_range ? "contains"
                                                                                        : nullptr;
  if (!method) {
    if (report_null_use(*all, {"right side of `in`"})) return error_node(e.span);
    return invalid_operands("in", item->type, all->type, e.span, "`in` looks into a List, Set, Map, Range or String");
  }
  const Type* element = kind == TypeKind::string ? all->type : is_range ? basic(TypeKind::int_) : all->type->args[0];
  // `in` evaluates its left side first; the call has the collection first.
  item = coerce(item, element, {"left side of `in`"});
  HVar* left = temp(element, item->span);
  HNode* call = make_method_call(all, method, {read(left, item->span)}, e.span);
  return seq({let(left, item, item->span), call}, basic(TypeKind::bool_), e.span);
}

HNode* Body::coalesce(const Expr& e, const Type* hint) {
  TypeTable& types = checker_.program.types;
  HNode* a = value(*e.a, hint ? types.nullable(hint) : nullptr);
  if (a->type->is(TypeKind::error)) {
    value(*e.b, hint);
    return a;
  }
  const bool open = a->type->is(TypeKind::any) || a->type->is(TypeKind::json);
  if (!a->type->is(TypeKind::nullable) && !open) {
    if (a->type->is(TypeKind::null)) return value(*e.b, hint);
    report(Code::invalid_operands, e.op_span.end ? e.op_span : e.span,
           "the left side of `??` is a `" + to_string(a->type) + "`, which is never null",
           "remove `??` and its right side");
    value(*e.b, hint);
    return error_node(e.span);
  }
  const Type* inner = open ? a->type : a->type->args[0];
  HVar* left = temp(a->type, a->span);
  const Env before = env_;
  HNode* b = value(*e.b, hint ? hint : inner);
  env_ = merge(before, env_);
  if (b->type->is(TypeKind::error)) return b;
  const Type* type = join(inner, b->type);
  if (!type) {
    report(Code::type_mismatch, e.span,
           "the sides of `??` are a `" + to_string(a->type) + "` and a `" + to_string(b->type) + "`");
    return error_node(e.span);
  }
  HNode* test = with_edges(is_null(read(left, a->span)), e.op_span);
  HNode* present = read(left, a->span);
  if (!open && type != a->type) present = non_null(present);
  present = convert(present, type);
  HNode* pick = node(HOp::cond, type, e.span, {test, convert(b, type), present});
  return seq({let(left, a, a->span), pick}, type, e.span);
}

HNode* Body::range(const Expr& e) {
  const Type* type = basic(TypeKind::int_);
  HNode* from = value_as(*e.a, type, {"start of the range"});
  HNode* to = value_as(*e.b, type, {"end of the range"});
  HClass* cls = checker_.program.range_class;
  if (!cls || stops(from, to)) return error_node(e.span);
  if (e.binary_op == BinaryOp::range_incl) {
    to = checker_.fold(node(HOp::add, type, to->span, {to, const_int(1, type, to->span)}));
  }
  return node(HOp::new_fields, cls->self_type, e.span, {from, to});
}

}  // namespace noodle::check
