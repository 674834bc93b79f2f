// Derived tables of a module that inference, verification and linking ask for: call shapes, field layouts, type
// relations.
//
// Precondition of the constructor: check_types (type_checks.hpp) and check_signatures accepted the module.
// Threads: immutable after construction. Owns its tables; the module must outlive it.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "runtime/bytecode/module.hpp"

namespace noodle::bytecode {

/// A TypeRef packed for fast comparison: index << 1 | nullable.
using Cell = std::uint32_t;
constexpr Cell kUnsetCell = 0;
constexpr Cell kNullCell = TypeIndex{kNull} << 1 | 1;
constexpr Cell to_cell(TypeRef type) {
  return type.index << 1 | static_cast<Cell>(type.nullable);
}
constexpr Cell not_null(TypeIndex index) {
  return index << 1;
}
constexpr TypeRef to_type(Cell cell) {
  return {cell >> 1, (cell & 1) != 0};
}

/// Arguments and result of a call by register kind.
struct CallShape {
  std::uint32_t scalars = 0;
  std::vector<Cell> pointers;
  char result = 'v';  // 'v', 's' or 'p'
  Cell result_cell = kUnsetCell;
};

/// Fields of a type by register kind.
struct FieldLayout {
  std::vector<std::uint8_t> scalar_slots;  // physical slot of the n-th scalar field
  std::vector<std::uint8_t> pointer_slots;
  std::vector<Cell> pointers;  // type of the n-th pointer field
};

CallShape shape_of(const Module& module, const Signature& signature);
/// True when objects of type `from` may stand where `to` is expected: same, ancestor, interface, enum, func type, any.
bool is_subtype(const Module& module, TypeIndex from, TypeIndex to);
/// All types, each before its parent. Precondition: parent chains have no cycles.
std::vector<TypeIndex> children_first(const Module& module);

class ModuleView {
 public:
  explicit ModuleView(const Module& module);

  const Module& module() const { return module_; }
  const TypeDef& type(TypeIndex index) const { return module_.types[index]; }
  TypeKind kind(TypeIndex index) const { return module_.types[index].kind; }
  bool is_scalar(TypeIndex index) const { return is_scalar_kind(kind(index)); }

  const CallShape& function(std::uint32_t index) const { return functions_[index]; }
  const CallShape& native(std::uint32_t index) const { return natives_[index]; }
  const CallShape& selector(std::uint32_t index) const { return selectors_[index]; }
  const CallShape& handler(std::uint32_t index) const { return handlers_[index]; }
  const CallShape& constructor_args(std::uint32_t actor) const { return constructors_[actor]; }
  const CallShape& func_type(TypeIndex index) const { return func_types_.at(index); }
  const FieldLayout& fields(TypeIndex index) const { return fields_[index]; }

  /// Function that stands for a vtable slot of a type: its own, else that of some subclass; kNone when no class that
  /// can have objects implements it. All of them have one signature.
  std::uint32_t slot_function(TypeIndex type, std::uint32_t slot) const { return slots_[type][slot]; }
  /// Closure class without captures of a function, or kNone.
  TypeIndex static_closure(std::uint32_t function) const { return static_closures_[function]; }
  /// actor_ref type of an actor's state type; kActorRefAny when the module has none.
  TypeIndex actor_ref(TypeIndex actor) const;

  /// True when a process of actor or interface type `actor` has the handlers of `owner`.
  bool handles(TypeIndex actor, TypeIndex owner) const;

  /// True when a value of type `from` may stand where `to` is expected. Nothing accepts kUnsetCell.
  bool assignable(Cell from, Cell to) const;
  /// The least type that accepts both, as inference uses it; kUnsetCell when one of them is not set.
  Cell merge(Cell a, Cell b) const;

 private:
  void fill_slots();

  const Module& module_;
  std::vector<CallShape> functions_, natives_, selectors_, handlers_, constructors_;
  std::unordered_map<TypeIndex, CallShape> func_types_;
  std::vector<FieldLayout> fields_;
  std::vector<std::vector<std::uint32_t>> slots_;
  std::vector<TypeIndex> static_closures_;
  std::unordered_map<TypeIndex, TypeIndex> actor_refs_;
};

/// "String?" as a user would write it; "nothing" and "null" for the two special cells.
std::string type_text(const Module& module, Cell cell);
/// "(int, String?): bool"; the same for equal signatures of any two modules.
std::string signature_text(const Module& module, const Signature& signature);

}  // namespace noodle::bytecode
