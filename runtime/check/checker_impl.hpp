// The checker of a whole program: declarations, types of signatures, constants. Bodies are the business of Body (body.hpp).
//
// Work is done on demand (Stage in scope.hpp), so that only used parts of the prelude and libraries cost time.
// Owns: modules, symbols and side tables; lives as long as the Program (Program::owner) for late ensure_body calls.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/check/scope.hpp"

namespace noodle::check {

using lang::Decl;
using lang::Expr;
using lang::Pattern;
using lang::Span;
using lang::Stmt;
using lang::TypeExpr;

/// A member found in a type: `owner` is the instantiated class that declares it.
struct MemberRef {
  const Member* member = nullptr;
  const Type* owner = nullptr;
  explicit operator bool() const { return member != nullptr; }
};

/// A type parameter given a type argument that may have to be comparable or a key type (rule 10, "at instantiation").
struct Instantiation {
  const Type* param = nullptr;
  const Type* arg = nullptr;
  const lang::SourceFile* file = nullptr;
  Span span;
};

class Checker {
 public:
  Checker(Program& program, const ModuleLoader& loader, const CheckOptions& options, lang::Diagnostics& diagnostics);
  void run(std::vector<std::shared_ptr<SourceModule>> modules);
  /// From now on findings go to the checker's own list: the caller's may be gone when a late body is checked.
  void detach_diagnostics() { diagnostics_ = &own_diagnostics_; }

  // ---- diagnostics
  lang::Diagnostic& report(Code code, const lang::SourceFile* file, Span span, std::string message,
                           std::string suggestion = {});
  lang::Diagnostic& warn(Code code, const lang::SourceFile* file, Span span, std::string message,
                         std::string suggestion = {});
  bool full() const { return diagnostics_->full(); }

  // ---- modules and symbols (modules.cpp)
  ModuleInfo* load(const std::string& path);
  Symbol* find_symbol(ModuleInfo& module, std::string_view name);
  /// Names visible at module level, for suggestions. `types`: those usable as types.
  std::vector<std::string_view> visible_names(ModuleInfo& module, bool types) const;

  // ---- declarations (declare.cpp)
  HClass* new_class(HClass::Kind kind, std::string name, const Decl* decl, ModuleInfo& module);
  HFunc* new_func(HFunc::Kind kind, std::string name, const Decl* decl, ModuleInfo& module, ClassInfo* owner);
  ClassInfo& info(const HClass* cls) { return class_infos_[cls->id]; }
  FuncInfo& info(const HFunc* func) { return func_infos_[func->id]; }
  std::string_view keep(std::string text) { return program.texts.emplace_back(std::move(text)); }
  /// A parameter of a declared function.
  HVar* add_param(HFunc& func, std::string_view name, const Type* type, Span span);

  // ---- types (resolve_types.cpp)
  const Type* resolve(const TypeExpr* type, const TypeScope& scope);
  const Type* resolve_alias(Symbol& symbol);
  /// The type `cls<args>`, checking count and bounds.
  const Type* instantiate(HClass* cls, std::vector<const Type*> args, const lang::SourceFile* file, Span span);
  std::vector<const Type*> make_tparams(const std::vector<lang::TypeParam>& decls, const void* owner, TypeScope& scope);
  void resolve_bounds(const std::vector<lang::TypeParam>& decls, const std::vector<const Type*>& tparams,
                      std::size_t from, const TypeScope& scope);
  bool check_bound(const Type* param, const Type* arg, const Substitution& s, const lang::SourceFile* file, Span span);
  void require_key(const Type* type, const lang::SourceFile* file, Span span);
  void require_equality(const Type* type, const lang::SourceFile* file, Span span);
  void note_instantiation(const Type* param, const Type* arg, const lang::SourceFile* file, Span span);
  void check_instantiations();
  /// A built-in type by its name without arguments ("int", "String"), or null.
  const Type* builtin_type(std::string_view name) const;
  TypeScope scope_of(ClassInfo& owner);
  TypeScope scope_of(HFunc& func);
  Substitution substitution(const Type* object_type);

  // ---- classes (classes.cpp, members.cpp, overrides.cpp)
  void complete_header(ClassInfo& cls);
  void complete_members(ClassInfo& cls);
  void ensure_signature(HFunc& func);
  HClass* class_of(const Type* type) const;           // also the prelude class of a built-in type; null if none
  MemberRef find_member(const Type* type, std::string_view name);
  std::vector<std::string_view> member_names(const Type* type);
  bool is_subtype(const Type* from, const Type* to);  // objects: to is from, a base or an interface of it
  void check_class(ClassInfo& cls);                   // overrides, implementations, fields
  bool has_zero(const Type* type) const;
  bool is_sendable(const Type* type);
  const Type* subst(const Type* type, const Substitution& s) { return program.types.substitute(type, s); }

  // ---- constructors (constructors.cpp)
  void ensure_constructor(ClassInfo& cls);
  /// The class whose constructor runs when `cls` is built without an own one; null: new_fields builds it.
  bool constructor_callable_without_arguments(HFunc& constructor);

  // ---- constants (constants.cpp)
  bool ensure_constant(Constant& constant);
  static bool is_constant(const HNode* node);

  // ---- bodies
  void ensure_body(HFunc& func);
  void reference(HFunc* func);                        // queue a library body
  HClass* message_class(HFunc& handler);
  void use_class(const Type* type);                   // methods of a constructed library class may be called virtually

  HNode* node(HOp op, const Type* type, Span span) {
    HNode& n = program.nodes.emplace_back();
    n.op = op;
    n.type = type;
    n.span = span;
    return &n;
  }
  const Type* basic(TypeKind kind) const { return program.types.basic(kind); }

  Program& program;
  CheckOptions options;
  ModuleInfo* prelude = nullptr;
  ModuleInfo* host = nullptr;

 private:
  ModuleInfo* add_module(std::shared_ptr<SourceModule> source, bool is_host);
  void declare(ModuleInfo& module);
  void declare(ModuleInfo& module, const Decl& decl);
  void declare_import(ModuleInfo& module, const Decl& decl);
  Symbol* add_symbol(ModuleInfo& module, Symbol::Kind kind, const lang::Name& name, const Decl& decl);
  void bind_builtin(ModuleInfo& module, const Decl& decl, HClass* cls);
  void well_known();
  void check_module(ModuleInfo& module);
  void check_main();
  void synthesise_main(ModuleInfo& module);
  void resolve_declared();
  void drain();

  void members_of_record(ClassInfo& cls);
  void members_of_enum(ClassInfo& cls);
  void members_of_body(ClassInfo& cls);
  void declare_method(ClassInfo& cls, const Decl& decl);
  void declare_handler(ClassInfo& cls, const Decl& decl);
  void declare_field(ClassInfo& cls, const Decl& decl);
  void declare_metadata(ClassInfo& cls, std::string_view name, const Expr* value, Span span);
  void declare_option(ClassInfo& cls, std::string_view name, const Expr* value, Span span);
  void declare_child(ClassInfo& cls, const Decl& decl);
  Member* add_member(ClassInfo& cls, std::string_view name, Member member);
  HField* add_field(ClassInfo& cls, std::string_view name, const Type* type, Span span);
  void check_system_handler(HFunc& func);
  void check_override(ClassInfo& cls, HFunc& method);
  void check_interface(ClassInfo& cls, const Type* interface);
  std::string signature_text(HFunc& func, const Substitution& s);
  bool same_signature(HFunc& a, HFunc& b, const Substitution& sa, const Substitution& sb);
  void finish_fields(ClassInfo& cls);

  ModuleLoader loader_;
  lang::Diagnostics* diagnostics_;
  lang::Diagnostics own_diagnostics_;
  std::deque<ModuleInfo> modules_;
  std::map<std::string, ModuleInfo*, std::less<>> by_path_;
  std::deque<Symbol> symbols_;
  std::deque<Constant> constants_;
  std::deque<ClassInfo> class_infos_;
  std::deque<FuncInfo> func_infos_;
  std::unordered_map<std::string_view, const Type*> builtin_names_;
  std::vector<HClass*> builtin_classes_;              // by TypeKind
  std::vector<HFunc*> queue_;
  std::size_t drained_ = 0;
  std::vector<Instantiation> instantiations_;
  std::vector<const Type*> key_params_;               // type parameters used as keys
  std::vector<const Type*> equality_params_;
};

}  // namespace noodle::check
