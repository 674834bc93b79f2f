// New objects, records, enum values and collections.
#include "runtime/codegen/function_gen.hpp"

namespace noodle::codegen {

using check::TypeKind;

/// Hands on a temporary on top of the P registers.
Reg FunctionGen::deliver(Reg object, Reg dest) {
  if (!dest || object.same(dest)) return object;
  Mark mark = registers_.mark();
  --mark.p;
  registers_.release(mark);
  move(dest, object);
  return dest;
}

Reg FunctionGen::new_object(const HNode* node, Reg dest) {
  const Type* type = type_of(node);
  if (!node->func) return new_fields(node, dest);
  Reg object = dest && dest.fresh ? dest : alloc(Rep::p);
  const Mark window = registers_.mark();
  at(node);
  code_.emit_d(Op::new_, object.index, builder_.types.index(type));
  const Type* owner = builder_.types.view_as(type, node->func->owner);
  const std::vector<const Type*> targs = owner ? owner->args : concrete(node->targs);
  if (can_inline(node->func)) {
    inline_call(node, node->func, targs, object, {});
    registers_.release(window);
    return deliver(object, dest);
  }
  move(alloc(Rep::p), object);
  push_arguments(node);
  at(node);
  finish_call(Op::call, window, builder_.function(node->func, targs), Rep::none, {});
  return deliver(object, dest);
}

/// An object whose fields are given one by one; null kids take the field's default.
Reg FunctionGen::new_fields(const HNode* node, Reg dest) {
  const Type* type = type_of(node);
  Reg object = dest && dest.fresh ? dest : alloc(Rep::p);
  const Mark mark = registers_.mark();
  at(node);
  code_.emit_d(Op::new_, object.index, builder_.types.index(type));
  const std::vector<check::FieldRef> fields = check::all_fields(builder_.program.types, type);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const FieldSlot slot = builder_.types.field(type, fields[i].field);
    const HNode* given = i < node->kids.size() ? node->kids[i] : nullptr;
    if (given && is_zero(resolved(given))) continue;
    const Reg r = given ? value(given) : field_default(type, fields[i].field, object, node);
    at(node);
    if (r) set_slot(object, slot, r);
    registers_.release(mark);
  }
  return deliver(object, dest);
}

/// Default of a field of `object`: none when it is all zero bits anyway.
Reg FunctionGen::field_default(const Type* object_type, const HField* field, Reg object, const HNode* node) {
  const FieldSlot slot = builder_.types.field(object_type, field);
  if (!field->init) {
    const bool has_zero_object = slot.type->is(TypeKind::string) || slot.type->is(TypeKind::bytes) ||
                                 slot.type->is(TypeKind::list) || slot.type->is(TypeKind::map) ||
                                 slot.type->is(TypeKind::set);
    return has_zero_object ? zero(slot.type, {}) : Reg{};
  }
  const Type* owner = builder_.types.view_as(object_type, field->owner);
  if (can_inline(field->init)) {
    const HNode* body = field->init->body;
    if (body->op == HOp::return_ && is_zero(body->kids[0])) return {};
    return inline_call(node, field->init, owner->args, object, {});
  }
  const Mark window = registers_.mark();
  if (field->init->self) move(alloc(Rep::p), object);
  at(node);
  return finish_call(Op::call, window, builder_.function(field->init, owner->args), slot.rep, {});
}

Reg FunctionGen::new_enum(const HNode* node, Reg dest) {
  const Type* type = type_of(node);
  if (type->decl->scalar_enum) return constant(node->case_index, dest);
  Reg object = dest && dest.fresh ? dest : alloc(Rep::p);
  const Mark mark = registers_.mark();
  at(node);
  code_.emit_d(Op::new_, object.index, builder_.types.enum_case(type, node->case_index));
  for (std::uint32_t i = 0; i < node->kids.size(); ++i) {
    const HNode* kid = node->kids[i];
    if (is_zero(resolved(kid))) continue;
    const Reg r = value(kid);
    at(node);
    if (r) set_slot(object, builder_.types.payload(type, node->case_index, i), r);
    registers_.release(mark);
  }
  return deliver(object, dest);
}

Reg FunctionGen::new_list(const HNode* node, Reg dest) {
  const Type* type = type_of(node);
  Reg list = dest && dest.fresh ? dest : alloc(Rep::p);
  const Mark mark = registers_.mark();
  const Reg count = constant(static_cast<std::int64_t>(node->kids.size()), {});
  at(node);
  code_.emit_extra(Op::newl, list.index, count.index, 0, builder_.types.index(type));
  registers_.release(mark);
  const Type* element = type->args[0];
  const bool byte = element->is(TypeKind::bool_) || element->is(TypeKind::byte);
  const Op op = check::rep_of(element) == Rep::p ? Op::lpp : byte ? Op::lpb : Op::lps;
  for (const HNode* kid : node->kids) {
    const Reg r = value(kid);
    at(node);
    if (r) code_.emit(op, list.index, r.index);
    registers_.release(mark);
  }
  return deliver(list, dest);
}

/// Map and set literals.
Reg FunctionGen::new_map(const HNode* node, Reg dest) {
  const Type* type = type_of(node);
  const bool is_map = node->op == HOp::new_map;
  at(node);
  if (node->kids.empty()) return new_collection(type, dest);
  const Reg object = new_collection(type, {});
  const TypeRef self = builder_.types.ref(type), key = builder_.types.ref(type->args[0]);
  for (std::size_t i = 0; i < node->kids.size(); i += is_map ? 2 : 1) {
    const Mark window = registers_.mark();
    move(alloc(Rep::p), object);
    push(node->kids[i]);
    if (is_map) {
      push(node->kids[i + 1]);
      native_call(window, "map.put", {{self, key, builder_.types.ref(type->args[1])}, {}}, node, {});
    } else {
      native_call(window, "set.put", {{self, key}, {}}, node, {});
    }
  }
  return deliver(object, dest);
}

/// An empty collection or empty Bytes.
Reg FunctionGen::new_collection(const Type* type, Reg dest) {
  if (type->is(TypeKind::list)) {
    const Mark mark = registers_.mark();
    const Reg count = constant(0, {});
    registers_.release(mark);
    const Reg r = target_or_new(dest, Rep::p);
    code_.emit_extra(Op::newl, r.index, count.index, 0, builder_.types.index(type));
    return r;
  }
  const Mark window = begin_call(dest);
  const char* name = type->is(TypeKind::map) ? "map.new" : type->is(TypeKind::set) ? "set.new" : "bytes.new";
  const std::uint32_t native = builder_.native(name, {{}, builder_.types.ref(type)});
  return finish_call(Op::ncall, window, native, Rep::p, dest);
}

}  // namespace noodle::codegen
