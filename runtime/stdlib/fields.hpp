// Fields of plain objects by their place in the declaration: records that natives read and build.
#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/vm/heap.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::stdlib {

inline bool is_scalar_type(const vm::Program& program, bytecode::TypeIndex type) {
  return bytecode::is_scalar_kind(program.module.types[type].kind);
}

/// Physical slot of field `index` of objects of a class.
inline std::uint8_t field_slot(const vm::Program& program, const vm::Class& cls, std::size_t index) {
  const bool scalar = is_scalar_type(program, cls.def->fields[index].type.index);
  std::size_t before = 0;
  for (std::size_t i = 0; i < index; ++i) before += is_scalar_type(program, cls.def->fields[i].type.index) == scalar;
  return scalar ? cls.scalar_slots[before] : cls.pointer_slots[before];
}

/// A field that an object of class `cls` must have for a native to use it: its name and one of the built-in types.
struct KnownField {
  std::string_view name;
  bytecode::TypeIndex type;
};

/// True if the fields of the class are exactly these: modules may come from elsewhere.
template <std::size_t N>
bool has_fields(const vm::Class& cls, const KnownField (&fields)[N]) {
  if (cls.kind != bytecode::TypeKind::object || cls.def->fields.size() != N) return false;
  for (std::size_t i = 0; i < N; ++i) {
    if (cls.def->fields[i].name != fields[i].name || cls.def->fields[i].type.index != fields[i].type) return false;
  }
  return true;
}

}  // namespace noodle::stdlib
