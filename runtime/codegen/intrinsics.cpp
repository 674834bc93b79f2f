// Natives that are single instructions.
#include <string_view>

#include "runtime/codegen/function_gen.hpp"

namespace noodle::codegen {

using check::TypeKind;

namespace {

struct Unary {
  std::string_view name;
  Op op;
};
constexpr Unary kUnary[] = {{"list.length", Op::llen}, {"string.byteLength", Op::slen}, {"math.sqrt", Op::fsqrt}};
constexpr Unary kBinary[] = {
    {"string.byteAt", Op::sbyte}, {"math.wrapAdd", Op::wadd}, {"math.wrapSub", Op::wsub}, {"math.wrapMul", Op::wmul}};

}  // namespace

/// Emits the instruction for a call of a native, if there is one.
bool FunctionGen::intrinsic(const HNode* node, Reg dest, Reg& result) {
  const std::string_view name = node->func->native;
  for (const Unary& u : kUnary) {
    if (u.name != name) continue;
    result = unary(u.op, node, dest);
    return true;
  }
  if (name == "value.abs" && type_of(node->kids[0])->is(TypeKind::float_)) {
    result = unary(Op::fabs, node, dest);
    return true;
  }
  const Mark mark = registers_.mark();
  for (const Unary& b : kBinary) {
    if (b.name != name) continue;
    const Reg left = protect(value(node->kids[0]), mark, node->kids[1]);
    const Reg right = value(node->kids[1]);
    registers_.release(mark);
    result = target_or_new(dest, Rep::s);
    at(node);
    code_.emit(b.op, result.index, left.index, right.index);
    return true;
  }
  if (name == "list.push") {
    const Type* list = type_of(node->kids[0]);
    const Reg object = protect(value(node->kids[0]), mark, node->kids[1]);
    const Reg element = value(node->kids[1]);
    registers_.release(mark);
    at(node);
    const Type* type = list->args[0];
    const bool byte = type->is(TypeKind::bool_) || type->is(TypeKind::byte);
    code_.emit(check::rep_of(type) == Rep::p ? Op::lpp : byte ? Op::lpb : Op::lps, object.index, element.index);
    result = {};
    return true;
  }
  return false;
}

}  // namespace noodle::codegen
