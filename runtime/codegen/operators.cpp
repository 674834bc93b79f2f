// Operators with a value: arithmetic, comparison, equality, text.
#include "runtime/codegen/function_gen.hpp"

namespace noodle::codegen {

using check::TypeKind;

namespace {

Op int_op(HOp op) {
  switch (op) {
    case HOp::add:
      return Op::add;
    case HOp::sub:
      return Op::sub;
    case HOp::mul:
      return Op::mul;
    case HOp::div:
      return Op::div;
    case HOp::mod:
      return Op::mod;
    case HOp::bit_and:
      return Op::band;
    case HOp::bit_or:
      return Op::bor;
    case HOp::bit_xor:
      return Op::bxor;
    case HOp::shl:
      return Op::shl;
    default:
      return Op::shr;
  }
}

Op float_op(HOp op) {
  switch (op) {
    case HOp::add:
      return Op::fadd;
    case HOp::sub:
      return Op::fsub;
    case HOp::mul:
      return Op::fmul;
    case HOp::div:
      return Op::fdiv;
    default:
      return Op::fmod;
  }
}

bool fits_i8(std::int64_t n) {
  return n >= -128 && n <= 127;
}

/// How == works on values of a type.
enum class Equality { scalar, real, string, identity, native };

Equality equality_of(const Type* type, const HClass* error_class) {
  if (type->is(TypeKind::float_)) return Equality::real;
  if (check::rep_of(type) == Rep::s) return Equality::scalar;
  if (type->is(TypeKind::string)) return Equality::string;
  if (type->is(TypeKind::nullable)) type = type->args[0];
  if (type->is(TypeKind::object) && type->decl != error_class && type->decl->kind == HClass::Kind::class_) {
    return Equality::identity;
  }
  return Equality::native;
}

}  // namespace

Reg FunctionGen::unary(Op op, const HNode* node, Reg dest) {
  const Mark mark = registers_.mark();
  const Reg r = value(node->kids[0]);
  registers_.release(mark);
  const Reg to = target_or_new(dest, Rep::s);
  at(node);
  code_.emit(op, to.index, r.index);
  return to;
}

Reg FunctionGen::arithmetic(const HNode* node, Reg dest) {
  const bool real = type_of(node->kids[0])->is(TypeKind::float_);
  if (node->op == HOp::neg) {
    const HNode* kid = node->kids[0];
    if (kid->op == HOp::const_float) return constant_float(-kid->fval, dest);
    if (kid->op == HOp::const_int && kid->ival != INT64_MIN) return constant(-kid->ival, dest);
    return unary(real ? Op::fneg : Op::neg, node, dest);
  }
  if (node->op == HOp::bit_not) return unary(Op::bnot, node, dest);
  if (!real) {
    if (const Reg r = immediate_arithmetic(node, dest)) return r;
  }
  const Mark mark = registers_.mark();
  const Reg left = protect(value(node->kids[0]), mark, node->kids[1]);
  const Reg right = value(node->kids[1]);
  registers_.release(mark);
  const Reg to = target_or_new(dest, Rep::s);
  at(node);
  code_.emit(real ? float_op(node->op) : int_op(node->op), to.index, left.index, right.index);
  return to;
}

/// Forms with a small constant operand.
Reg FunctionGen::immediate_arithmetic(const HNode* node, Reg dest) {
  const HNode* left = resolved(node->kids[0]);
  const HNode* right = resolved(node->kids[1]);
  const bool swaps = node->op == HOp::add || node->op == HOp::mul || node->op == HOp::bit_and;
  if (swaps && left->op == HOp::const_int && right->op != HOp::const_int) std::swap(left, right);
  if (right->op != HOp::const_int) return {};
  std::int64_t n = right->ival;
  Op op{};
  switch (node->op) {
    case HOp::add:
      op = Op::addk;
      break;
    case HOp::sub:
      op = Op::addk;
      if (n == INT64_MIN) return {};
      n = -n;
      break;
    case HOp::mul:
      op = Op::mulk;
      break;
    case HOp::div:
    case HOp::mod:
      op = node->op == HOp::div ? Op::divk : Op::modk;
      if (n == 0 || n == -1) return {};
      break;
    case HOp::bit_and:
      op = Op::bandk;
      break;
    case HOp::shl:
    case HOp::shr:
      op = node->op == HOp::shl ? Op::shlk : Op::shrk;
      if (n < 0 || n > 63) return {};
      break;
    default:
      return {};
  }
  if (!fits_i8(n)) return {};
  const Mark mark = registers_.mark();
  const Reg r = value(left);
  registers_.release(mark);
  const Reg to = target_or_new(dest, Rep::s);
  at(node);
  code_.emit(op, to.index, r.index, static_cast<std::uint32_t>(n) & 255);
  return to;
}

Reg FunctionGen::comparison(const HNode* node, Reg dest) {
  const Type* type = type_of(node->kids[0]);
  const Mark mark = registers_.mark();
  Reg left = protect(value(node->kids[0]), mark, node->kids[1]);
  Reg right = value(node->kids[1]);
  at(node);
  if (type->is(TypeKind::string)) {
    registers_.release(mark);
    const Reg order = target_or_new(dest, Rep::s);
    code_.emit(Op::strcmp, order.index, left.index, right.index);
    const Reg none = constant(0, alloc(Rep::s));
    left = order;
    right = none;
    registers_.release(mark);
  }
  registers_.release(mark);
  const Reg to = target_or_new(dest, Rep::s);
  const bool real = type->is(TypeKind::float_);
  if (node->op == HOp::gt || node->op == HOp::ge) std::swap(left, right);
  const bool strict = node->op == HOp::lt || node->op == HOp::gt;
  const Op op = real ? (strict ? Op::fslt : Op::fsle) : strict ? Op::slt : Op::sle;
  code_.emit(op, to.index, left.index, right.index);
  return to;
}

Reg FunctionGen::equality(const HNode* node, Reg dest) {
  const Type* type = type_of(node->kids[0]);
  const bool negated = node->op == HOp::ne;
  const Equality how = equality_of(type, builder_.program.error_class);
  if (how == Equality::native) {
    const Mark window = begin_call(dest);
    push_arguments(node);
    const TypeRef any{bytecode::kAny, true};
    const Reg r = native_call(window, "value.equals", {{any, any}, {bytecode::kBool, false}}, node, dest);
    if (negated) code_.emit(Op::not_, r.index, r.index);
    return r;
  }
  const Mark mark = registers_.mark();
  const Reg left = protect(value(node->kids[0]), mark, node->kids[1]);
  const Reg right = value(node->kids[1]);
  registers_.release(mark);
  const Reg to = target_or_new(dest, Rep::s);
  at(node);
  switch (how) {
    case Equality::scalar:
      code_.emit(negated ? Op::sne : Op::seq, to.index, left.index, right.index);
      return to;
    case Equality::real:
      code_.emit(negated ? Op::fsne : Op::fseq, to.index, left.index, right.index);
      return to;
    case Equality::string:
      code_.emit(Op::streq, to.index, left.index, right.index);
      break;
    default:
      code_.emit(Op::peq, to.index, left.index, right.index);
  }
  if (negated) code_.emit(Op::not_, to.index, to.index);
  return to;
}

/// Strings in neighbouring registers; neighbouring literals are joined here, long chains are done in parts.
Reg FunctionGen::concat(const HNode* node, Reg dest) {
  constexpr std::uint32_t kMaxParts = 32;
  const Mark window = begin_call(dest);
  std::uint32_t parts = 0;
  Reg first;
  const auto join = [&](Reg to) {
    at(node);
    code_.emit(Op::scat, to.index, window.p, parts);
  };
  for (std::size_t i = 0; i < node->kids.size(); ++i) {
    if (parts == kMaxParts) {
      join(first);
      registers_.release(window);
      registers_.alloc(Rep::p);
      parts = 1;
    }
    if (node->kids[i]->op == HOp::const_string) {
      std::string text(node->kids[i]->text);
      while (i + 1 < node->kids.size() && node->kids[i + 1]->op == HOp::const_string) text += node->kids[++i]->text;
      const Reg r = alloc(Rep::p);
      code_.emit_d(Op::lds, r.index, builder_.string(text));
      if (parts++ == 0) first = r;
      continue;
    }
    const Reg r = push(node->kids[i]);
    if (parts++ == 0) first = r;
  }
  registers_.release(window);
  Reg to = target_or_new(dest, Rep::p);
  if (dest && dest.fresh && dest.index == window.p) registers_.alloc(Rep::p);  // begin_call gave it up
  if (parts == 1) {
    move(to, first);
  } else {
    join(to);
  }
  return to;
}

Reg FunctionGen::to_text(const HNode* node, Reg dest) {
  const Type* type = type_of(node->kids[0]);
  const char* name = nullptr;
  switch (type->kind) {
    case TypeKind::string:
      return value(node->kids[0], dest);
    case TypeKind::int_:
      name = "text.int";
      break;
    case TypeKind::float_:
      name = "text.float";
      break;
    case TypeKind::bool_:
      name = "text.bool";
      break;
    case TypeKind::byte:
      name = "text.byte";
      break;
    case TypeKind::duration:
      name = "text.duration";
      break;
    case TypeKind::time:
      name = "text.time";
      break;
    default:
      name = "text.of";
  }
  const Mark window = begin_call(dest);
  const Reg r = push(node->kids[0]);
  TypeRef param = builder_.types.ref(type);
  if (std::string_view(name) == "text.of") {
    param = {bytecode::kAny, true};
    if (r && r.rep == Rep::s) {  // enum without payload
      at(node);
      const Reg boxed = alloc(Rep::p);
      code_.emit_extra(Op::box, boxed.index, r.index, 0, builder_.types.box(type));
    }
  }
  return native_call(window, name, {{param}, {bytecode::kString, false}}, node, dest);
}

}  // namespace noodle::codegen
