// Conversions: boxing, widening, casts; elements of collections and enums.
#include "runtime/codegen/function_gen.hpp"

namespace noodle::codegen {

using check::TypeKind;

/// Classes, enums and `any` merge back to the declared type after a branch narrowed a variable in place; interfaces and
/// function types do not.
static bool narrows_in_place(const Type* declared) {
  const Type* plain = declared->is(TypeKind::nullable) ? declared->args[0] : declared;
  if (plain->is(TypeKind::any) || plain->is(TypeKind::json) || plain->is(TypeKind::enum_)) return true;
  return plain->is(TypeKind::object) && plain->decl->kind != HClass::Kind::interface;
}

Reg FunctionGen::upcast(const HNode* node, Reg dest) {
  const Type* type = type_of(node);
  const HNode* kid = node->kids[0];
  const Type* plain = type->is(TypeKind::nullable) ? type->args[0] : type;
  const Type* from = type_of(kid);
  if (check::is_scalar(from) && !check::is_scalar(type)) return conversion(node, dest);  // a type parameter's value
  if (from->is(TypeKind::nullable)) from = from->args[0];
  const bool interface = plain->decl && plain->decl->kind == HClass::Kind::interface;
  const bool exact = interface || plain->is(TypeKind::func) || plain->is(TypeKind::actor_ref);
  if (from == plain || !exact || from->is(TypeKind::null)) return value(kid, dest);
  const Mark mark = registers_.mark();
  const Reg r = value(kid, kid->op == HOp::local ? Reg{} : dest);
  if (!r) return r;
  if (!dest && mark.is_below(r)) return r;  // the user of the value takes any type below; `let` widens
  const Reg to = dest ? dest : r;
  code_.emit_extra(Op::upc, to.index, r.index, 0, builder_.types.index(plain));
  if (dest && !mark.is_below(r)) registers_.release(mark);
  return to;
}

Reg FunctionGen::conversion(const HNode* node, Reg dest) {
  const HNode* kid = node->kids[0];
  const Type* from = type_of(kid);
  if (node->op == HOp::unbox && (from->is(TypeKind::any) || from->is(TypeKind::json))) return cast(node, dest);
  const Mark mark = registers_.mark();
  Reg r = value(kid);
  if (!r) return dest;
  registers_.release(mark);
  at(node);
  if (node->op == HOp::box || node->op == HOp::upcast) {
    const Reg to = target_or_new(dest, Rep::p);
    code_.emit_extra(Op::box, to.index, r.index, 0, builder_.types.box(type_of(kid)));
    return to;
  }
  const bool nullable = from->is(TypeKind::nullable) || from->is(TypeKind::any) || from->is(TypeKind::json);
  if (node->op == HOp::unbox || check::is_scalar(type_of(node))) {
    if (check::is_scalar(from)) {
      const Reg to = dest ? dest : mark.is_below(r) ? r : alloc(Rep::s);
      move(to, r);
      return to;
    }
    if (nullable) code_.emit(Op::nnul, r.index, r.index);
    const Reg to = target_or_new(dest, Rep::s);
    code_.emit(Op::unbox, to.index, r.index);
    return to;
  }
  if (mark.is_below(r) && !dest) {  // a variable: the check also tells the verifier about the variable itself
    if (nullable) code_.emit(Op::nnul, r.index, r.index);
    return r;
  }
  const Reg to = target_or_new(dest, Rep::p);
  if (nullable) {
    code_.emit(Op::nnul, to.index, r.index);
  } else {
    move(to, r);
  }
  return to;
}

/// `as` and narrowing by `is`: checked at run time.
Reg FunctionGen::cast(const HNode* node, Reg dest) {
  const HNode* kid = node->kids[0];
  const Type* to_type = type_of(node);
  const Type* from = type_of(kid);
  const Rep to_rep = check::rep_of(to_type), from_rep = check::rep_of(from);
  if (from_rep == Rep::s) return value(kid, dest);  // same scalar type
  const Mark mark = registers_.mark();
  const Reg r = value(kid);
  if (!r) return dest;
  registers_.release(mark);
  at(node);
  const bool variable = mark.is_below(r);
  const bool nullable = to_type->is(TypeKind::nullable) || to_type->is(TypeKind::any) || to_type->is(TypeKind::json);
  const TypeIndex index = builder_.types.object_index(to_type);
  const Op op = nullable ? Op::castn : Op::cast;
  if (to_rep == Rep::s) {
    Reg object = r;
    if (!variable || narrows_in_place(from)) {
      code_.emit_extra(op, r.index, r.index, 0, index);
    } else {
      object = alloc(Rep::p);
      code_.emit_extra(op, object.index, r.index, 0, index);
      registers_.release(mark);
    }
    const Reg to = target_or_new(dest, Rep::s);
    code_.emit(Op::unbox, to.index, object.index);
    return to;
  }
  if (index == bytecode::kAny) {
    if (variable && !dest) return r;
    const Reg to = target_or_new(dest, Rep::p);
    move(to, r);
    return to;
  }
  const bool in_place = variable && !dest && node->op == HOp::assume_type && narrows_in_place(from);
  const Reg to = in_place ? r : target_or_new(dest, Rep::p);
  code_.emit_extra(op, to.index, r.index, 0, index);
  return to;
}

Reg FunctionGen::enum_field(const HNode* node, Reg dest) {
  const Mark mark = registers_.mark();
  const Type* type = type_of(node->kids[0]);
  if (type->is(TypeKind::nullable)) type = type->args[0];
  const FieldSlot slot = builder_.types.payload(type, node->case_index, static_cast<std::uint32_t>(node->ival));
  const Reg r = value(node->kids[0]);
  if (!r) return dest;
  registers_.release(mark);
  at(node);
  code_.emit_extra(Op::cast, r.index, r.index, 0, builder_.types.enum_case(type, node->case_index));
  const Reg to = target_or_new(dest, slot.rep);
  code_.emit(slot.rep == Rep::s ? Op::gets : Op::getp, to.index, r.index, slot.number);
  return to;
}

// ---------------------------------------------------------------- elements

static bool is_byte_sized(const Type* type) {
  return type->is(TypeKind::bool_) || type->is(TypeKind::byte);
}

Reg FunctionGen::index(const HNode* node, Reg dest) {
  const Type* collection = type_of(node->kids[0]);
  if (!collection->is(TypeKind::list)) {
    const Mark window = begin_call(dest);
    push_arguments(node);
    const char* name = collection->is(TypeKind::map)      ? "map.at"
                       : collection->is(TypeKind::string) ? "string.at"
                                                          : "bytes.at";
    const TypeRef key = builder_.types.ref(type_of(node->kids[1]));
    return native_call(window, name, {{builder_.types.ref(collection), key}, builder_.types.ref(type_of(node))}, node,
                       dest);
  }
  const Mark mark = registers_.mark();
  const Reg list = protect(value(node->kids[0]), mark, node->kids[1]);
  const Reg at_index = value(node->kids[1]);
  registers_.release(mark);
  const Type* element = collection->args[0];
  const Rep kind = check::rep_of(element);
  const Reg r = target_or_new(dest, kind);
  at(node);
  const Op op = kind == Rep::p ? Op::lgp : is_byte_sized(element) ? Op::lgb : Op::lgs;
  code_.emit(op, r.index, list.index, at_index.index);
  return r;
}

void FunctionGen::set_index(const HNode* node) {
  const Mark mark = registers_.mark();
  const Type* collection = type_of(node->kids[0]);
  if (collection->is(TypeKind::map)) {
    push_arguments(node);
    const TypeRef key = builder_.types.ref(collection->args[0]), element = builder_.types.ref(collection->args[1]);
    native_call(mark, "map.put", {{builder_.types.ref(collection), key, element}, {}}, node, {});
    return;
  }
  Reg list = protect(value(node->kids[0]), mark, node->kids[1]);
  list = protect(list, mark, node->kids[2]);
  const Reg at_index = protect(value(node->kids[1]), mark, node->kids[2]);
  const Reg from = value(node->kids[2]);
  const Type* element = collection->args[0];
  const Op op = check::rep_of(element) == Rep::p ? Op::lsp : is_byte_sized(element) ? Op::lsb : Op::lss;
  at(node);
  code_.emit(op, list.index, at_index.index, from.index);
  registers_.release(mark);
}

Reg FunctionGen::length(const HNode* node, Reg dest) {
  const Type* type = type_of(node->kids[0]);
  const char* name = nullptr;
  switch (type->kind) {
    case TypeKind::list:
      return unary(Op::llen, node, dest);
    case TypeKind::map:
      name = "map.length";
      break;
    case TypeKind::set:
      name = "set.length";
      break;
    case TypeKind::bytes:
      name = "bytes.length";
      break;
    default:
      name = "string.length";
  }
  const Mark window = begin_call(dest);
  push_arguments(node);
  return native_call(window, name, {{builder_.types.ref(type)}, {bytecode::kInt, false}}, node, dest);
}

}  // namespace noodle::codegen
