#include "runtime/vm/link_classes.hpp"

#include <xxhash.h>

#include <bit>

namespace noodle::vm {

namespace {

using bytecode::kNone;
using bytecode::Module;
using bytecode::ModuleView;
using bytecode::TypeDef;
using bytecode::TypeIndex;
using bytecode::TypeKind;
using bytecode::TypeRef;

std::string type_name(const Module& m, TypeRef type) {
  return m.types[type.index].name + (type.nullable ? "?" : "");
}

Storage storage_of(const Module& m, TypeRef type) {
  const TypeKind kind = m.types[type.index].kind;
  if (!is_scalar_kind(kind)) return Storage::pointer;
  return kind == TypeKind::bool_ || kind == TypeKind::byte ? Storage::byte : Storage::scalar;
}

class ClassLinker {
 public:
  ClassLinker(Program& program, const ModuleView& view, LinkArena& arena)
      : program_(program), m_(program.module), view_(view), arena_(arena) {}

  void run() {
    program_.classes.resize(m_.types.size());
    program_.actor_ref_type.assign(m_.types.size(), bytecode::kActorRefAny);
    for (TypeIndex index = 0; index < m_.types.size(); ++index) {
      const TypeDef& def = m_.types[index];
      Class& cls = program_.classes[index];
      cls.id = index;
      cls.kind = def.kind;
      cls.def = &def;
      cls.tag = def.tag;
      cls.layout_hash = layout_hash(def);
      program_.type_by_name.emplace(def.name, index);
      if (index < bytecode::kAny) continue;  // scalar types: their ids are storage classes, which have no more to them
      program_.type_by_layout.emplace(cls.layout_hash, index);
      if (def.is_actor) program_.actor_ref_type[index] = view_.actor_ref(index);
      slots(cls, def);
      if (def.kind == TypeKind::object || def.kind == TypeKind::enum_case) ancestors(cls, def);
      methods(cls, def);
    }
  }

 private:
  void slots(Class& cls, const TypeDef& def) {
    switch (def.kind) {
      case TypeKind::list:
      case TypeKind::set:
        cls.element = storage_of(m_, def.args[0]);
        return;
      case TypeKind::map:
        cls.element = storage_of(m_, def.args[0]);
        cls.value = storage_of(m_, def.args[1]);
        return;
      case TypeKind::box:
      case TypeKind::actor_ref:
      case TypeKind::host:
        cls.slot_count = 1;
        return;  // one scalar: value, process id, handle
      default:
        break;
    }
    const bytecode::FieldLayout& layout = view_.fields(cls.id);
    cls.slot_count = static_cast<std::uint16_t>(def.fields.size());
    cls.all_scalars = layout.pointer_slots.empty();
    cls.scalar_slots = layout_copy(layout.scalar_slots);
    cls.pointer_slots = layout_copy(layout.pointer_slots);
    for (const std::uint8_t slot : layout.pointer_slots) cls.pointer_map[slot >> 6] |= std::uint64_t{1} << (slot & 63);
  }

  const std::uint8_t* layout_copy(const std::vector<std::uint8_t>& slots) {
    std::uint8_t* copy = arena_.array<std::uint8_t>(slots.size());
    std::copy(slots.begin(), slots.end(), copy);
    return copy;
  }

  void ancestors(Class& cls, const TypeDef& def) {
    for (TypeIndex up = def.parent; up != kNone; up = m_.types[up].parent) ++cls.depth;
    std::uint32_t* chain = arena_.array<std::uint32_t>(cls.depth + std::size_t{1});
    TypeIndex type = cls.id;
    for (std::size_t at = cls.depth + std::size_t{1}; at-- > 0; type = m_.types[type].parent) chain[at] = type;
    cls.ancestors = chain;
  }

  void methods(Class& cls, const TypeDef& def) {
    const Function** vtable = arena_.array<const Function*>(def.vtable.size());
    for (std::size_t slot = 0; slot < def.vtable.size(); ++slot) {
      if (def.vtable[slot] != kNone) vtable[slot] = &program_.functions[def.vtable[slot]];
    }
    cls.vtable = vtable;
    if (def.kind == TypeKind::closure) cls.function = &program_.functions[def.function];
    // An actor's interfaces are answered by its process, not by its state object.
    if (def.is_actor || def.interfaces.empty()) return;
    std::uint32_t* interfaces = arena_.array<std::uint32_t>(def.interfaces.size());
    std::copy(def.interfaces.begin(), def.interfaces.end(), interfaces);
    std::sort(interfaces, interfaces + def.interfaces.size());
    cls.interfaces = interfaces;
    cls.interface_count = static_cast<std::uint32_t>(def.interfaces.size());
    interface_table(cls);
  }

  /// Own methods first, then inherited ones that are not overridden.
  void interface_table(Class& cls) {
    std::unordered_map<std::uint32_t, std::uint32_t> functions;
    for (TypeIndex up = cls.id; up != kNone; up = m_.types[up].parent) {
      for (const TypeDef::InterfaceMethod& method : m_.types[up].methods)
        functions.emplace(method.selector, method.function);
    }
    const std::size_t size = std::bit_ceil(functions.size() * 2 + 1);
    Class::InterfaceEntry* table = arena_.array<Class::InterfaceEntry>(size);
    std::fill(table, table + size, Class::InterfaceEntry{kNone, nullptr});
    cls.interface_mask = static_cast<std::uint32_t>(size - 1);
    for (const auto& [selector, function] : functions) {
      std::uint32_t at = selector & cls.interface_mask;
      while (table[at].selector != kNone) at = (at + 1) & cls.interface_mask;
      table[at] = {selector, &program_.functions[function]};
    }
    cls.interface_table = table;
  }

  std::uint64_t layout_hash(const TypeDef& def) const {
    std::string text = std::to_string(static_cast<int>(def.kind)) + ' ' + def.name + (def.is_record ? " record" : "");
    for (const bytecode::FieldDef& field : def.fields) text += ' ' + field.name + ':' + type_name(m_, field.type);
    for (const std::string& name : def.cases) text += ' ' + name;
    if (def.kind == TypeKind::enum_case) text += " #" + std::to_string(def.tag);
    return XXH64(text.data(), text.size(), 0);
  }

  Program& program_;
  const Module& m_;
  const ModuleView& view_;
  LinkArena& arena_;
};

}  // namespace

void link_classes(Program& program, const ModuleView& view, LinkArena& arena) {
  ClassLinker(program, view, arena).run();
}

}  // namespace noodle::vm
