// What names mean: modules, their symbols, and what the checker knows about declarations beyond HClass and HFunc.
//
// Owns: the Checker owns all of it; everything is reached by pointer and stays in place.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/check/checker.hpp"

namespace noodle::check {

struct ModuleInfo;
struct ClassInfo;

/// Progress of work that is done on demand and may meet itself again.
enum class Stage : std::uint8_t { todo, busy, done };

/// A compile-time constant: module `const` or static field. Checked when first used.
struct Constant {
  const lang::Decl* decl = nullptr;
  ModuleInfo* module = nullptr;
  ClassInfo* owner = nullptr;
  std::string_view name;
  Stage stage = Stage::todo;
  const Type* type = nullptr;
  HNode* value = nullptr;
};

/// A declaration of a module, by name.
struct Symbol {
  enum class Kind : std::uint8_t { func, class_, alias, constant, import, host_object };
  Kind kind{};
  bool is_export = false;
  std::string_view name;
  const lang::Decl* decl = nullptr;
  ModuleInfo* module = nullptr;  // where it is declared
  lang::Span span;               // of the name
  lang::Span declared;           // of the name where `module` declares it
  HFunc* func = nullptr;
  HClass* cls = nullptr;
  Constant* constant = nullptr;
  ModuleInfo* target = nullptr;      // import; null if the module was not found (already reported)
  Stage stage = Stage::todo;         // alias, host_object
  const Type* type = nullptr;        // alias, host_object
  std::vector<const Type*> tparams;  // alias
};

struct ModuleInfo {
  std::shared_ptr<SourceModule> source;
  const lang::SourceFile* file = nullptr;
  std::string qualifier;  // "" for the entry file and the prelude, else "geometry."
  std::unordered_map<std::string_view, Symbol*> names;
  bool is_prelude = false;
  bool is_host = false;  // interface file: body-less functions and interfaces belong to the host
  bool is_library = false;
  bool has_requires = false;
  std::vector<std::string> requires_;
  std::vector<const lang::Decl*> statements;
  std::vector<const lang::Decl*> tests;
};

/// A member of a class-like declaration.
struct Member {
  enum class Kind : std::uint8_t { none, field, method, handler, constant, enum_case };
  Kind kind = Kind::none;
  bool is_private = false;
  std::uint32_t case_index = 0;
  HField* field = nullptr;
  HFunc* func = nullptr;
  Constant* constant = nullptr;
  lang::Span span;
};

/// Beside each HClass, by HClass::id.
struct ClassInfo {
  HClass* cls = nullptr;
  ModuleInfo* module = nullptr;
  TypeKind builtin = TypeKind::object;  // @builtin("list"): the type this class describes
  Stage header = Stage::todo;           // tparams, base, interfaces
  Stage members = Stage::todo;
  Stage constructor = Stage::todo;    // is there one, and its signature
  Stage checked = Stage::todo;        // overrides and implementations
  bool is_extended = false;           // some class has it as base
  bool has_constructor = false;       // header parameters, a `constructor`, an actor, or the base has one
  bool inherits_constructor = false;  // repeats the parameters of the base's constructor
  const lang::Decl* constructor_decl = nullptr;
  std::vector<std::string_view> supervisor_options;
  std::unordered_map<std::string_view, Member> by_name;
  std::vector<std::pair<HField*, const lang::Expr*>> field_inits;  // fields with initialisers, in order
  std::vector<HFunc*> statics;
  std::vector<HFunc*> index_methods;  // @index: operator x[key]
};

/// Beside each HFunc, by HFunc::id.
struct FuncInfo {
  HFunc* func = nullptr;
  ModuleInfo* module = nullptr;
  ClassInfo* owner = nullptr;  // class of a method
  ClassInfo* home = nullptr;   // class around a static function
  Stage signature = Stage::todo;
  bool is_private = false;
  bool is_property = false;  // used without a call
  bool is_varargs = false;   // the last parameter collects the remaining arguments
  bool is_never = false;     // does not return
  std::string_view needs;    // what the type argument must be: "number", "ordered", "List<U>"
  bool queued = false;
  const std::vector<lang::Param>* params = nullptr;  // as written, without self
  const lang::Expr* init = nullptr;     // field_init: the initialiser; every: the interval; thunk: the child's call
  const lang::Expr* options = nullptr;  // thunk: the child's `with` object
  HField* field = nullptr;              // field_init
  std::uint32_t own_tparams = 0;        // type parameters that are not the owner's
  std::vector<HFunc*> defaults;         // functions that compute default values, by parameter; made when used
  bool is_child = false;                // thunk: one spawn of a supervisor
  HFunc* defaults_from = nullptr;       // inherited constructor: the function whose defaults apply
  const Type* result_type = nullptr;    // thunk: type of the value
};

/// Where type names are looked up: type parameters first, then the module.
struct TypeScope {
  ModuleInfo* module = nullptr;
  std::vector<std::pair<std::string_view, const Type*>> params;
  const Type* self = nullptr;  // `Self` inside a class
};

}  // namespace noodle::check
