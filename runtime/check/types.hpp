// Semantic types of NoodleCore: interned, so equal types are the same pointer.
//
// Threads: one TypeTable belongs to one compilation, one thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace noodle::check {

struct HClass;  // hir.hpp

enum class TypeKind : std::uint8_t {
  error,  // already reported; converts to and from everything silently
  never,  // expression that does not complete (throw, return ...)
  void_,
  null,
  int_,
  float_,
  bool_,
  byte,
  duration,
  time,  // scalars
  string,
  bytes,
  any,
  json,
  nullable,  // args[0]; never nested, never of void/any/json/null
  func,      // args = parameter types, result
  list,
  map,
  set,        // args
  actor_ref,  // args[0]: an actor/agent/supervisor/interface object type, or any
  object,     // decl + args: class, interface, record, actor, agent, supervisor, host interface, Error
  enum_,      // decl + args
  param       // type parameter: param_index, name, bound
};

/// How a value of a type is held in registers: `s` = 8-byte scalar, `p` = pointer, `none` = no value.
enum class Rep : std::uint8_t { none, s, p };

struct Type {
  TypeKind kind = TypeKind::error;
  bool has_param = false;    // mentions a type parameter
  bool has_error = false;    // mentions the error type
  std::uint32_t id = 0;      // dense, in order of creation
  std::uint32_t weight = 1;  // number of types in it, at most kMaxTypeWeight
  std::vector<const Type*> args;
  const Type* result = nullptr;   // func: result or void
  HClass* decl = nullptr;         // object, enum_
  const void* owner = nullptr;    // param: identity of the declaring function or class
  std::uint32_t param_index = 0;  // param
  std::string name;               // param
  const Type* bound = nullptr;    // param: interface type or null

  bool is(TypeKind k) const { return kind == k; }
  bool is_number() const { return kind == TypeKind::int_ || kind == TypeKind::float_ || kind == TypeKind::byte; }
};

/// Larger types become the error type and set TypeTable::too_large (1154), so that walks over types stay cheap.
constexpr std::uint32_t kMaxTypeWeight = 1000;

/// Type parameter -> concrete type, by Type* of the parameter.
using Substitution = std::map<const Type*, const Type*>;

class TypeTable {
 public:
  TypeTable();
  const Type* basic(TypeKind kind) const { return basic_[static_cast<std::size_t>(kind)]; }
  const Type* nullable(const Type* inner);  // T?? is T?; any?, json?, null?, error are returned as they are
  const Type* func(std::vector<const Type*> params, const Type* result);
  const Type* list(const Type* element);
  const Type* map(const Type* key, const Type* value);
  const Type* set(const Type* element);
  const Type* actor_ref(const Type* actor);
  const Type* object(HClass* decl, std::vector<const Type*> args);  // also enums (by decl's kind)
  /// A fresh type parameter.
  const Type* param(const void* owner, std::uint32_t index, std::string name, const Type* bound);
  /// Replaces type parameters; parameters not in `s` stay.
  const Type* substitute(const Type* type, const Substitution& s);
  /// True once a type exceeded kMaxTypeWeight; the flag is cleared by reading it.
  bool take_too_large() { return std::exchange(too_large_, false); }

 private:
  const Type* intern(Type type);
  std::vector<std::unique_ptr<Type>> types_;
  std::unordered_multimap<std::size_t, const Type*> index_;  // by hash of the structure
  std::vector<const Type*> basic_;
  bool too_large_ = false;
};

/// "Map<String, List<int>?>" as a user would write it.
std::string to_string(const Type* type);
/// Register kind. Precondition: no type parameters in it (a bare `param` is an error of the caller).
Rep rep_of(const Type* type);
/// True for int, float, bool, byte, Duration, Time and enums none of whose cases carries values.
bool is_scalar(const Type* type);

}  // namespace noodle::check
