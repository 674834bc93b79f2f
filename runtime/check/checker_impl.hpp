// The checker of a whole program: declarations, types of signatures, constants. Bodies are the business of Body
// (body.hpp).
//
// Work is done on demand (Stage in scope.hpp), so that only used parts of the prelude and libraries cost time.
// Owns: modules, symbols and side tables; lives as long as the Program (Program::owner) for late ensure_body calls.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
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

/// Type arguments whose bounds are checked once all class headers are known.
struct PendingBounds {
  HClass* cls = nullptr;
  std::vector<const Type*> args;
  const lang::SourceFile* file = nullptr;
  Span span;
};

/// Counts declarations that are resolved in order to resolve another one.
class DepthGuard {
 public:
  explicit DepthGuard(int& depth) : depth_(depth) { ++depth_; }
  ~DepthGuard() { --depth_; }
  DepthGuard(const DepthGuard&) = delete;
  DepthGuard& operator=(const DepthGuard&) = delete;
  bool too_deep(int limit = 256) const { return depth_ > limit; }

 private:
  int& depth_;
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
  /// Nothing more is worth checking.
  bool stopped() const { return full() || (options.cancelled && options.cancelled()); }
  bool wants_bodies(const ModuleInfo& module) const {
    return !options.wants_bodies || options.wants_bodies(*module.source);
  }
  /// The parser did not understand all of this file: what is missing in it may be a consequence.
  bool has_syntax_errors(const lang::SourceFile* file) const;

  // ---- modules and symbols (modules.cpp)
  ModuleInfo* load(const std::string& path);
  void load_prelude();
  /// The module whose names a module declares and sees first: itself, but the files of the prelude share one scope.
  ModuleInfo& scope_of(ModuleInfo& module) { return module.is_prelude && prelude ? *prelude : module; }
  Symbol* find_symbol(ModuleInfo& module, std::string_view name);
  /// Names visible at module level, for suggestions. `types`: those usable as types.
  std::vector<std::string_view> visible_names(ModuleInfo& module, bool types) const;
  static std::vector<std::string_view> visible_exports(const ModuleInfo& module);

  // ---- references (references.cpp)
  static Place place_of(const Symbol& symbol) { return {symbol.module->file, symbol.declared}; }
  Place place_of(const MemberRef& member) const;
  Place place_of(const HFunc& func, std::size_t param);
  static Place place_of(const HFunc& func) { return {func.file, func.span}; }
  void note_use(const ModuleInfo& module, Span at, const Place& target);
  void note_type_use(const ModuleInfo& module, Span at, const Type* type);
  void note_receiver(const ModuleInfo& module, Span at, const Type* type, bool is_type = false);
  void note_receiver(const ModuleInfo& module, Span at, const ModuleInfo& receiver);
  void note_local(const ModuleInfo& module, const HVar& var, bool is_const);
  void note_related(const Place& a, const Place& b);

  // ---- declarations (declare.cpp)
  HClass* new_class(HClass::Kind kind, std::string name, const Decl* decl, ModuleInfo& module);
  HFunc* new_func(HFunc::Kind kind, std::string name, const Decl* decl, ModuleInfo& module, ClassInfo* owner);
  ClassInfo& info(const HClass* cls) { return class_infos_[cls->id]; }
  FuncInfo& info(const HFunc* func) { return func_infos_[func->id]; }
  FuncInfo& info(const HFunc& func) { return func_infos_[func.id]; }
  std::string_view keep(std::string text) { return program.texts.emplace_back(std::move(text)); }
  /// A parameter of a declared function.
  HVar* add_param(HFunc& func, std::string_view name, const Type* type, Span span);

  // ---- types (resolve_types.cpp)
  const Type* resolve(const TypeExpr* type, const TypeScope& scope);         // type of values
  const Type* resolve_any(const TypeExpr* type, const TypeScope& scope);     // also actors and void
  const Type* resolve_result(const TypeExpr* type, const TypeScope& scope);  // null is void
  const Type* resolve_alias(Symbol& symbol);
  /// The type `cls<args>`, checking count and bounds.
  const Type* instantiate(HClass* cls, std::vector<const Type*> args, const lang::SourceFile* file, Span span);
  std::vector<const Type*> make_tparams(const std::vector<lang::TypeParam>& decls, const void* owner,
                                        std::uint32_t first, TypeScope& scope);
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
  HClass* class_of(const Type* type) const;  // also the prelude class of a built-in type; null if none
  MemberRef find_member(const Type* type, std::string_view name);
  std::vector<std::string_view> member_names(const Type* type, bool with_private = false);
  bool is_subtype(const Type* from, const Type* to);  // objects: to is from, a base or an interface of it
  void check_class(ClassInfo& cls);                   // overrides, implementations
  /// Interfaces of an object type: own, inherited and those they extend.
  std::vector<const Type*> all_interfaces(const Type* type);
  bool has_zero(const Type* type) const;
  /// The part of a type that keeps it out of messages: a function or host object; null if it can be sent.
  const Type* unsendable_part(const Type* type);
  const Type* subst(const Type* type, const Substitution& s) { return program.types.substitute(type, s); }

  // ---- constructors (constructors.cpp)
  void ensure_constructor(ClassInfo& cls);

  // ---- constants (constants.cpp)
  bool ensure_constant(Constant& constant);
  /// The function that computes the default of parameter `index`; its type parameters are those of `func`.
  HFunc* default_value(HFunc& func, std::size_t index);
  /// Replaces an operator on constants by its value; overflow and division by zero stay for run time.
  HNode* fold(HNode* node);
  HNode* copy_constant(const HNode* constant, Span span);
  static bool is_constant(const HNode* node);

  // ---- bodies
  void ensure_body(HFunc& func);
  void reference(HFunc* func);  // queue a library body
  void queue(HFunc* func);
  HClass* message_class(HFunc& handler);
  void use_class(const Type* type);  // methods of a constructed library class may be called virtually

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
  int expression_depth = 0;  // over all bodies that wait for each other

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

  const Type* resolve_named(const TypeExpr& type, const TypeScope& scope);
  const Type* resolve_builtin(const TypeExpr& type, TypeKind kind, std::size_t arity, const TypeScope& scope);
  void check_pending_bounds();
  void resolve_base(ClassInfo& cls, const TypeExpr& type);
  void resolve_interface(ClassInfo& cls, const TypeExpr& type);
  void declare_cases(ClassInfo& cls);
  void declare_header(ClassInfo& cls);
  void declare_body(ClassInfo& cls);
  void declare_method(ClassInfo& cls, const Decl& decl);
  void declare_handler(ClassInfo& cls, const Decl& decl);
  void declare_field(ClassInfo& cls, const Decl& decl);
  void declare_metadata(ClassInfo& cls, const Decl& decl);
  void declare_option(ClassInfo& cls, const Decl& decl);
  void declare_every(ClassInfo& cls, const Decl& decl);
  void declare_child(ClassInfo& cls, const Decl& decl);
  Member* add_member(ClassInfo& cls, std::string_view name, Member member);
  HField* add_field(ClassInfo& cls, std::string_view name, const Type* type, Span span);
  void check_system_handler(HFunc& func);
  void check_override(ClassInfo& cls, HFunc& method);
  void check_interface(ClassInfo& cls, const Type* interface);

  ModuleLoader loader_;
  lang::Diagnostics* diagnostics_;
  lang::Diagnostics own_diagnostics_;
  std::deque<ModuleInfo> modules_;
  std::unordered_map<const Type*, Place> param_places_;  // type parameters, when references are written down
  std::map<std::string, ModuleInfo*, std::less<>> by_path_;
  std::deque<Symbol> symbols_;
  std::deque<Constant> constants_;
  std::deque<ClassInfo> class_infos_;
  std::deque<FuncInfo> func_infos_;
  std::unordered_map<std::string_view, const Type*> builtin_names_;
  std::vector<HClass*> builtin_classes_;  // by TypeKind
  std::vector<HFunc*> queue_;
  std::size_t drained_ = 0;
  std::vector<Instantiation> instantiations_;
  std::vector<Instantiation> pending_keys_;  // arg: type used as key
  std::unordered_set<const Type*> checked_keys_;
  std::unordered_set<const Type*> key_params_, equality_params_;  // type parameters used as keys, with ==
  std::vector<const Type*> key_order_, equality_order_;
  std::vector<PendingBounds> pending_bounds_;
  bool headers_done_ = false;
  int depth_ = 0;
};

}  // namespace noodle::check
