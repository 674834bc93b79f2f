// Checked types to types of the module: indexes, layouts, vtables, interface tables.
//
// A type is entered when it is first mentioned and completed later from a work list, so recursive types need no care.
// Errors: 1154 for types that grow without end, 1170 for too many fields.
#pragma once

#include <deque>
#include <map>
#include <unordered_map>
#include <vector>

#include "runtime/bytecode/module.hpp"
#include "runtime/check/hir.hpp"

namespace noodle::codegen {

class ModuleBuilder;
using bytecode::TypeIndex;
using bytecode::TypeRef;
using check::HClass;
using check::HField;
using check::HFunc;
using check::Rep;
using check::Type;

/// Where a field lives: its number among the scalar or the pointer fields, as gets/getp count them.
struct FieldSlot {
  std::uint32_t number = 0;
  Rep rep = Rep::none;
  const Type* type = nullptr;  // in the concrete object
};

class TypeMap {
 public:
  explicit TypeMap(ModuleBuilder& builder);

  /// Index of a concrete type without its nullability; any and Json are kAny; `T?` of a scalar is its box.
  TypeIndex index(const Type* type);
  TypeRef ref(const Type* type);
  /// Index of the objects that hold values of `type`: its box for scalars.
  TypeIndex object_index(const Type* type);
  TypeIndex box(const Type* scalar);
  /// Object type with one field that holds a captured, assigned variable.
  TypeIndex cell(const Type* content);
  TypeIndex enum_case(const Type* enum_type, std::uint32_t case_index);
  FieldSlot field(const Type* object_type, const HField* field);
  FieldSlot payload(const Type* enum_type, std::uint32_t case_index, std::uint32_t field);
  /// Class of closures running `function`, of func type `func_type`; captures become its fields.
  TypeIndex closure(const Type* func_type, std::uint32_t function, const std::string& name,
                    std::vector<TypeRef> captures);
  /// True when the type occurs in the module already.
  bool has(const Type* type) const { return indexes_.contains(type); }

  // ---- classes
  /// `type` seen as its base class or interface `decl`, with the type arguments it has there; null if it is neither.
  const Type* view_as(const Type* type, const HClass* decl);
  /// All interfaces of a type, inherited ones too, each once.
  std::vector<const Type*> interfaces(const Type* type);
  /// Method of that name, own or inherited, with the class type that declares it.
  struct Method {
    HFunc* func = nullptr;
    const Type* owner = nullptr;
  };
  Method find_method(const Type* type, std::string_view name);
  std::uint32_t vtable_slot(const HFunc* method);
  const Type* base_of(const Type* type);
  const Type* in_class(const Type* type, const Type* object_type);  // substitutes the class's parameters

  /// Completes one type of the work list; false when it is empty.
  bool complete_next();
  /// Object types entered so far whose class is an actor, agent or supervisor.
  const std::vector<const Type*>& actors() const { return actors_; }

 private:
  TypeIndex add(const Type* type);
  TypeIndex add_def(bytecode::TypeDef def);
  void complete(const Type* type, TypeIndex at);
  void complete_object(const Type* type, TypeIndex at);
  void complete_interface(const Type* type, TypeIndex at);
  void complete_enum(const Type* type, TypeIndex at);
  void fill_interfaces(const Type* type, TypeIndex at);
  std::vector<std::uint32_t> vtable(const Type* type);
  bytecode::TypeDef& def(TypeIndex at);

  ModuleBuilder& builder_;
  std::unordered_map<const Type*, TypeIndex> indexes_;
  std::unordered_map<const Type*, TypeIndex> boxes_;
  std::unordered_map<const Type*, TypeIndex> cells_;
  std::unordered_map<const Type*, std::vector<TypeIndex>> cases_;
  std::unordered_map<const Type*, std::unordered_map<const HField*, FieldSlot>> layouts_;
  std::unordered_map<const HClass*, std::uint32_t> slot_counts_;
  std::unordered_map<const HFunc*, std::uint32_t> slots_;
  std::deque<std::pair<const Type*, TypeIndex>> work_;
  std::vector<const Type*> actors_;
};

}  // namespace noodle::codegen
