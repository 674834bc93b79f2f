// Fields, base classes, interfaces and vtables of concrete class types.
#include <algorithm>

#include "runtime/codegen/module_builder.hpp"
#include "runtime/codegen/type_map.hpp"

namespace noodle::codegen {

using check::TypeKind;

const Type* TypeMap::in_class(const Type* type, const Type* object_type) {
  if (!type->has_param) return type;
  check::Substitution s;
  const std::vector<const Type*>& params = object_type->decl->tparams;
  for (std::size_t i = 0; i < params.size() && i < object_type->args.size(); ++i) s[params[i]] = object_type->args[i];
  return builder_.program.types.substitute(type, s);
}

const Type* TypeMap::base_of(const Type* type) {
  return type->decl && type->decl->base ? in_class(type->decl->base, type) : nullptr;
}

const Type* TypeMap::view_as(const Type* type, const HClass* decl) {
  if (!type->decl) return nullptr;
  if (type->decl == decl) return type;
  if (const Type* base = base_of(type)) {
    if (const Type* found = view_as(base, decl)) return found;
  }
  for (const Type* interface : type->decl->interfaces) {
    if (const Type* found = view_as(in_class(interface, type), decl)) return found;
  }
  return nullptr;
}

std::vector<const Type*> TypeMap::interfaces(const Type* type) {
  std::vector<const Type*> found;
  std::vector<const Type*> open = {type};
  while (!open.empty()) {
    const Type* at = open.back();
    open.pop_back();
    for (const Type* declared : at->decl->interfaces) {
      const Type* interface = in_class(declared, at);
      if (std::find(found.begin(), found.end(), interface) != found.end()) continue;
      found.push_back(interface);
      open.push_back(interface);
    }
    if (const Type* base = base_of(at)) {
      const bool is_interface = base->decl->kind == HClass::Kind::interface;
      if (is_interface && std::find(found.begin(), found.end(), base) == found.end()) found.push_back(base);
      open.push_back(base);
    }
  }
  return found;
}

TypeMap::Method TypeMap::find_method(const Type* type, std::string_view name) {
  for (const Type* at = type; at && at->decl; at = base_of(at)) {
    for (HFunc* method : at->decl->methods) {
      if (local_name(*method) == name && !method->is_abstract) return {method, at};
    }
    for (HFunc* handler : at->decl->handlers) {
      if (local_name(*handler) == name) return {handler, at};
    }
  }
  return {};
}

FieldSlot TypeMap::field(const Type* object_type, const HField* field) {
  auto [entry, fresh] = layouts_.try_emplace(object_type);
  if (fresh) {
    std::uint32_t counts[3] = {};
    for (const check::FieldRef& f : check::all_fields(builder_.program.types, object_type)) {
      const Rep rep = check::rep_of(f.type);
      entry->second[f.field] = {counts[static_cast<int>(rep)]++, rep, f.type};
    }
  }
  return entry->second[field];
}

FieldSlot TypeMap::payload(const Type* enum_type, std::uint32_t case_index, std::uint32_t field) {
  const check::HCase& c = enum_type->decl->cases[case_index];
  std::uint32_t counts[3] = {};
  for (std::uint32_t i = 0;; ++i) {
    const Type* type = in_class(c.fields[i].type, enum_type);
    const Rep rep = check::rep_of(type);
    if (i == field) return {counts[static_cast<int>(rep)], rep, type};
    ++counts[static_cast<int>(rep)];
  }
}

std::uint32_t TypeMap::vtable_slot(const HFunc* method) {
  while (method->overrides) method = method->overrides;
  if (auto found = slots_.find(method); found != slots_.end()) return found->second;
  const HClass* cls = method->owner;
  std::uint32_t next = 0;
  for (const Type* base = cls->base; base; base = base->decl->base) {
    for (const HFunc* m : base->decl->methods) next += m->is_virtual && !m->overrides;
  }
  for (const HFunc* m : cls->methods) {
    if (m->is_virtual && !m->overrides) slots_[m] = next++;
  }
  return slots_[method];
}

std::vector<std::uint32_t> TypeMap::vtable(const Type* type) {
  std::vector<std::uint32_t> table;
  if (const Type* base = base_of(type)) table = vtable(base);
  for (HFunc* method : type->decl->methods) {
    if (!method->is_virtual) continue;
    const std::uint32_t slot = vtable_slot(method);
    if (slot >= table.size()) table.resize(slot + 1, bytecode::kNone);
    table[slot] = method->is_abstract ? bytecode::kNone : builder_.function(method, type->args);
  }
  return table;
}

}  // namespace noodle::codegen
