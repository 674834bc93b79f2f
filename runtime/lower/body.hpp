// The checker of one body: a function with its lambdas, from statements to HIR. Its methods are spread over files by
// subject: scopes (body.cpp), flow.cpp, convert.cpp, expressions (expr*.cpp, member.cpp, assign.cpp, literals.cpp,
// lambda.cpp), calls (call.cpp, arguments.cpp, construct.cpp), match.cpp, pattern.cpp, statements (stmt.cpp,
// loops.cpp), actors (spawn.cpp, messages.cpp, receive.cpp).
//
// Expressions are checked top down with a hint (the expected type, possibly with holes) and converted bottom up. A node
// of type error is the trace of a reported error and converts to everything.
#pragma once

#include <deque>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "runtime/check/checker_impl.hpp"
#include "runtime/lower/flow.hpp"
#include "runtime/lower/pattern.hpp"

namespace noodle::check {

/// A loop or labeled expression that `break` and `continue` may refer to.
struct LoopContext {
  std::uint32_t label = 0;
  int finally_depth = 0;
  std::vector<Env> breaks;
};

/// One function being checked; lambdas have their own, inside that of the function around them.
struct FuncContext {
  HFunc* func = nullptr;
  FuncContext* outer = nullptr;
  const Type* result = nullptr;  // null: lambda whose result is found from its returns
  bool returns_value = false;    // some return had a value
  std::vector<HNode*> returns;   // return nodes of a lambda without declared result
  std::vector<LoopContext*> loops;
  std::unordered_map<Local*, HVar*> captured;
  HVar* captured_self = nullptr;
  int finally_depth = 0;
};

/// Why a value must have a type, for messages: "argument `a` of `b`".
struct Purpose {
  const char* format = "value";  // `%a` and `%b` are replaced
  std::string_view a = {}, b = {};
};

/// What a name or path means.
struct Ref {
  enum class Kind : std::uint8_t { none, local, member, symbol, builtin_type, enum_case, static_member, error };
  Kind kind = Kind::none;
  Local* local = nullptr;
  MemberRef member;  // of self, or static member of `type`
  Symbol* symbol = nullptr;
  const Type* type = nullptr;  // builtin_type; enum_case, static_member: the type it belongs to
};

/// Binds type parameters of one declaration at one use.
class Inference {
 public:
  Inference(Checker& checker, const std::vector<const Type*>& params) : checker_(checker), params_(params) {}
  bool empty() const { return params_.empty(); }
  void bind(const Type* param, const Type* arg) { bound_[param] = arg; }
  bool owns(const Type* param) const;
  const Type* bound(const Type* param) const;
  bool complete() const { return bound_.size() == params_.size(); }
  /// Learns from a value of type `actual` given where `formal` is expected.
  void unify(const Type* formal, const Type* actual);
  /// `formal` with what is bound; unbound parameters become holes.
  const Type* apply(const Type* formal);
  const Substitution& substitution() const { return bound_; }
  const std::vector<const Type*>& params() const { return params_; }

 private:
  Checker& checker_;
  const std::vector<const Type*>& params_;
  Substitution bound_;
  int depth_ = 0;
};

/// A parameter or field that takes an argument.
struct Formal {
  std::string_view name;
  const Type* type = nullptr;
  bool optional = false;
  Place declared = {};
};

class Body {
 public:
  Body(Checker& checker, HFunc& func);
  /// Checks the function's body and stores it.
  void check();
  /// Checks the initialiser of a constant outside any function.
  HNode* constant_value(const Expr& e, const Type* type, std::string_view name);
  /// Checks top-level statements as the body of a synthetic main.
  void check_statements(const std::vector<const Decl*>& statements);

 private:
  // ---- scopes (body.cpp)
  void open_scope();
  void close_scope();
  Local* declare(std::string_view name, HVar* var, bool is_const, Span span);
  Local* declare_new(const lang::Name& name, const Type* type, bool is_const);
  HVar* new_var(std::string_view name, const Type* type, Span span);
  HVar* temp(const Type* type, Span span) { return new_var({}, type, span); }
  Local* find_local(std::string_view name) const;
  HVar* variable(Local* local, FuncContext& context);
  HVar* variable(Local* local) { return variable(local, *context_); }
  HVar* self_variable(FuncContext& context);
  void finish_variables();
  HNode* check_block_body(const Stmt& body);
  HNode* check_value_body(const Expr& e, const Type* type, Purpose purpose);
  HNode* constructor_body();
  void initialise_fields(std::vector<HNode*>& out);
  void require_fields(Span span, const Env& env);
  HNode* implicit_super(Span span);
  HNode* zero(const Type* type, Span span);
  void enter(HFunc& func);

  // ---- messages
  lang::Diagnostic& report(Code code, Span span, std::string message, std::string suggestion = {}) {
    return checker_.report(code, module_->file, span, std::move(message), std::move(suggestion));
  }
  std::string_view text(Span span) const { return module_->file->text(span); }
  static std::string describe(const Purpose& purpose);

  // ---- nodes
  HNode* node(HOp op, const Type* type, Span span) { return checker_.node(op, type, span); }
  HNode* node(HOp op, const Type* type, Span span, std::initializer_list<HNode*> kids) {
    HNode* n = checker_.node(op, type, span);
    n->kids.assign(kids);
    return n;
  }
  HNode* error_node(Span span) { return node(HOp::const_null, basic(TypeKind::error), span); }
  HNode* const_int(std::int64_t value, const Type* type, Span span);
  HNode* const_string(std::string_view text, Span span);
  HNode* read(HVar* var, Span span);
  HNode* let(HVar* var, HNode* value, Span span);
  HNode* statement(HNode* value);  // a value that is dropped, as a statement
  HNode* seq(std::vector<HNode*> kids, const Type* type, Span span);
  HNode* not_(HNode* condition);
  HNode* is_null(HNode* value);
  HNode* block(std::vector<HNode*> kids, Span span);
  const Type* basic(TypeKind kind) const { return checker_.basic(kind); }
  const Type* void_type() const { return basic(TypeKind::void_); }
  std::uint32_t new_label() { return context_->func->label_count++; }

  // ---- conversions (convert.cpp)
  HNode* convert(HNode* value, const Type* to);  // null: does not convert
  bool converts(const Type* from, const Type* to);
  HNode* coerce(HNode* value, const Type* to, const Purpose& purpose);
  void mismatch(const HNode& value, const Type* to, const Purpose& purpose);
  bool report_null_use(const HNode& value, const Purpose& purpose);
  const Type* join(const Type* a, const Type* b);
  HNode* to_text(HNode* value);
  HNode* non_null(HNode* value);  // T? known not to be null -> T
  HNode* to_any(HNode* value);
  bool castable(const Type* from, const Type* to);

  // ---- flow (flow.cpp, narrow.cpp)
  void apply(const std::vector<Fact>& facts);
  void forget(Local* local);
  void forget_assigned(const AssignedNames& names);
  bool closure_assigns(const Local& local);
  bool assigned_anywhere(const Local& local);
  const Type* narrowed(Local* local) const;
  HNode* condition(const Expr& e, Facts& facts);
  HNode* tested_condition(const Expr& e, Facts& facts);
  HNode* logical(const Expr& e, Facts& facts);
  void null_facts(const Expr& operand, bool equal, Facts& facts);
  void type_facts(const Expr& operand, const Type* type, Facts& facts);
  Local* narrowable(const Expr& e);
  bool for_coverage() const { return checker_.options.coverage && !module_->is_library; }
  HNode* with_edges(HNode* test, Span span);
  HNode* edge(std::int64_t way, Span span);

  // ---- expressions
  HNode* expr(const Expr& e, const Type* hint = nullptr);   // may have no value (void)
  HNode* value(const Expr& e, const Type* hint = nullptr);  // must have one (1166)
  HNode* value_as(const Expr& e, const Type* to, const Purpose& purpose);
  HNode* name(const Expr& e, const Type* hint);
  HNode* local_value(Local* local, Span span);
  HNode* self_value(const Expr& e);
  HNode* self_object(Span span);  // the object whose member is meant by a bare name
  HNode* symbol_value(Symbol& symbol, const Expr& e, const Type* hint);
  HNode* constant_use(Constant& constant, Span span);
  HNode* function_value(HFunc& func, const Expr& e, const Type* hint);
  HNode* unknown_name(const Expr& e);
  HNode* unary(const Expr& e, const Type* hint);
  HNode* binary(const Expr& e, const Type* hint);
  HNode* arithmetic(lang::BinaryOp op, HNode* a, HNode* b, Span span, Span op_span);
  HNode* add(HNode* a, HNode* b, Span span, Span op_span);
  HNode* bitwise(const Expr& e);
  HNode* equality(const Expr& e, Facts* facts);
  HNode* ordering(const Expr& e);
  HNode* contains(const Expr& e);
  HNode* coalesce(const Expr& e, const Type* hint);
  HNode* range(const Expr& e);
  HNode* invalid_operands(std::string_view op, const Type* a, const Type* b, Span span, std::string suggestion = {});
  HNode* conditional(const Expr& e, const Type* hint);
  HNode* is_test(const Expr& e, Facts* facts);
  HNode* cast(const Expr& e);
  HNode* member(const Expr& e, const Type* hint);
  HNode* member_of(HNode* object, const lang::Name& name, Span span, const Type* hint);
  HNode* safe_member(const Expr& e, const Type* hint);
  HNode* field_value(HNode* object, const MemberRef& member, Span span);
  HNode* bound_method(HNode* object, const MemberRef& member, Span span, const Type* hint);
  HNode* unknown_member(const Type* type, const lang::Name& name);
  bool check_private(const Member& member, const Type* owner, const lang::Name& name);
  HNode* index(const Expr& e);
  HNode* indexed(HNode* object, HNode* key, const Expr& e);
  HNode* assign(const Expr& e, bool value_used);
  HNode* increment(const Expr& e, bool value_used);
  struct Place;  // target of an assignment (assign.cpp)
  bool place(const Expr& e, Place& out);
  HNode* load(const Place& place, Span span);
  HNode* store(const Place& place, HNode* value, Span span);
  HNode* assign_to(const Expr& e, const Expr& target, const Expr* operand, lang::AssignOp op, int step, bool prefix,
                   bool value_used);
  HNode* interpolation(const Expr& e);
  HNode* list_literal(const Expr& e, const Type* hint);
  HNode* object_literal(const Expr& e, const Type* hint);
  HNode* map_literal(const Expr& e, const Type* map_type);
  HNode* lambda(const Expr& e, const Type* hint);
  HNode* lambda_value(HFunc& func, const Type* type, Span span);
  HNode* check_lambda(const Expr& e, std::vector<const Type*> params, const Type* result, std::string_view name);
  HNode* forwarding_lambda(HFunc& target, HNode* self, const Type* self_type, const std::vector<const Type*>& targs,
                           const Type* type, Span span);

  // ---- names (resolve_ref.cpp)
  Ref resolve_ref(const Expr& e);
  Ref find_ref(const Expr& e);
  void note_use(Span at, const check::Place& target) { checker_.note_use(*module_, at, target); }
  void note_ref(Span at, const Ref& ref);
  MemberRef self_member(std::string_view name);
  const Type* type_of_ref(const Ref& ref);

  // ---- calls (call.cpp, arguments.cpp, construct.cpp)
  HNode* call(const Expr& e, const Type* hint);
  HNode* safe_call(const Expr& e, const Expr& callee, const Type* hint);
  HNode* call_symbol(Symbol& symbol, const Expr& e, const Type* hint);
  HNode* call_member(HNode* object, const lang::Name& name, const Expr& e, const Type* hint);
  HNode* call_super(const Expr& e, const Type* hint);
  HNode* call_closure(HNode* callee, const Expr& e);
  HNode* conversion(const Type* to, const Expr& e);
  struct Callee {
    HFunc* func = nullptr;
    HNode* self = nullptr;
    const Type* owner = nullptr;  // instantiated owner type of a method
    bool is_super = false;
  };
  HNode* invoke(const Callee& callee, const std::vector<lang::Arg>& args, const std::vector<TypeExpr*>& type_args,
                Span span, const Type* hint);
  HNode* finish_call(const Callee& callee, std::vector<HNode*> kids, std::vector<const Type*> targs, const Type* result,
                     Span span);
  std::vector<HNode*> arguments(const std::vector<Formal>& formals, const std::vector<lang::Arg>& args,
                                std::string_view callee, Inference& inference, const Type* formal_result,
                                const Type* hint, Span span, bool positional, std::vector<HNode*>& setup, bool& failed);
  /// True for expressions that have no type of their own: null, [], {}, generic cases without values.
  bool needs_context(const Expr& e);
  void learn_from_hint(Inference& inference, const Type* formal, const Type* hint);
  bool bind_type_args(Inference& inference, const std::vector<const Type*>& params,
                      const std::vector<TypeExpr*>& written, std::string_view callee, Span span);
  bool finish_inference(Inference& inference, std::string_view callee, Span span);
  void fill_defaults(HFunc& func, std::vector<HNode*>& args, const std::vector<const Type*>& targs, Span span);
  bool check_needs(HFunc& func, Inference& inference, Span span, bool inferred);
  void check_capability(const HFunc& func, Span span);
  HNode* construct(HClass& cls, const std::vector<lang::Arg>& args, const std::vector<TypeExpr*>& type_args, Span span,
                   const Type* hint, bool exact = false);
  HNode* construct_builtin(HClass& cls, const std::vector<lang::Arg>& args, const std::vector<TypeExpr*>& type_args,
                           Span span, const Type* hint);
  HNode* with_setup(std::vector<HNode*> setup, HNode* made);
  HNode* construct_case(HClass& cls, std::uint32_t index, const std::vector<lang::Arg>& args, bool called, Span span,
                        const Type* hint);
  HNode* new_expr(const Expr& e, const Type* hint);
  HNode* make_call(std::string_view prelude_func, std::vector<HNode*> args, Span span);
  HNode* make_method_call(HNode* object, std::string_view name, std::vector<HNode*> args, Span span);
  const Type* type_argument(const TypeExpr* type) { return checker_.resolve_any(type, scope_); }
  const Type* resolve(const TypeExpr* type) { return checker_.resolve(type, scope_); }

  // ---- match (match.cpp, pattern.cpp)
  struct PatternScope {
    bool binds = true;     // false inside alternatives
    bool receive = false;  // handlers and `down` are known
    int parts = 0;
  };
  struct Arms {  // arms of one match, catch or receive while they are lowered
    std::uint32_t label = 0;
    bool value_used = false;
    const Type* hint = nullptr;
    std::vector<HNode*> statements;
    std::vector<HNode*> leaves;
    Env end;  // where the arms meet
  };
  HNode* match(const Expr& e, const Type* hint);
  HNode* arm_value(const lang::Arm& arm, const Type* hint, bool value_used);
  void match_arm(const lang::Arm& arm, const CheckedPattern& pattern, HVar* subject, bool total, Arms& arms,
                 HNode* before = nullptr);
  HNode* finish_arms(Arms& arms, const Type* hint, Span span);
  CheckedPattern* new_pattern(CheckedPattern::Kind kind, const Type* type, Span span);
  CheckedPattern* pattern(const Pattern& p, const Type* subject, PatternScope& scope);
  CheckedPattern* typed_pattern(const Pattern& p, const Type* subject, PatternScope& scope);
  CheckedPattern* literal_pattern(const Pattern& p, const Type* subject);
  CheckedPattern* construct_pattern(const Pattern& p, const Type* subject, PatternScope& scope);
  CheckedPattern* record_pattern(const Pattern& p, HClass& cls, const Type* subject, PatternScope& scope);
  CheckedPattern* case_pattern(const Pattern& p, HClass& cls, std::uint32_t index, const Type* subject,
                               PatternScope& scope);
  CheckedPattern* tested(const Type* subject, const Type* target, Span span, bool& fits);
  CheckedPattern* bad_pattern(Span span);
  void lower(const CheckedPattern& pattern, HVar* subject, bool total, std::vector<HNode*>*& out);
  HNode* pattern_test(const CheckedPattern& pattern, HNode* subject);
  HNode* part(const CheckedPattern& pattern, std::size_t index, HNode* subject);

  // ---- statements (stmt.cpp, loops.cpp)
  HNode* stmt(const Stmt& s);
  void statements(const std::vector<Stmt*>& list, std::vector<HNode*>& out);
  HNode* scoped(const Stmt& s);
  HNode* let_stmt(const Stmt& s);
  HNode* local_func(const Stmt& s, std::vector<HNode*>& out);
  HNode* if_stmt(const Stmt& s);
  HNode* while_stmt(const Stmt& s);
  HNode* for_in(const Stmt& s);
  HNode* for_c(const Stmt& s);
  HNode* loop_body(const Stmt& body, LoopContext& loop);
  HNode* loop_variables(HNode* loop, std::initializer_list<Local*> locals, HNode* body, Span span);
  void enter_loop(const Stmt& s);
  void leave_loop(LoopContext& loop, bool can_end, const Env& at_end);
  HNode* return_stmt(const Stmt& s);
  HNode* jump(const Stmt& s);
  HNode* throw_stmt(const Stmt& s);
  HNode* try_stmt(const Stmt& s);
  HNode* catch_arms(const Stmt& s, HVar* error);
  void report_missing(const Expr& e, const Type* type, const std::optional<std::string>& missing);
  HNode* for_range(const Stmt& s, const Expr& range, LoopContext& loop);
  HNode* for_values(const Stmt& s, HNode* all, LoopContext& loop);

  // ---- actors (spawn.cpp, messages.cpp, receive.cpp)
  HNode* spawn(const Expr& e);
  HNode* spawn_call(const Expr& call, const Expr* options, Span span);
  HNode* spawn_options(const Expr& object);
  HNode* ask(const Expr& e);
  HNode* send_stmt(const Stmt& s);
  HNode* stop_stmt(const Stmt& s);
  HNode* receive(const Stmt& s);
  HNode* message(const Expr& call, HOp op, const Expr* within, Span span);
  void check_sendable(const HNode& value, std::string_view what);

  Checker& checker_;
  HFunc& func_;
  ModuleInfo* module_;
  TypeScope scope_;
  ClassInfo* owner_ = nullptr;  // class around the function, also for static functions
  FuncContext root_;
  FuncContext* context_ = &root_;
  Env env_;
  std::deque<Local> locals_;
  std::deque<FuncContext> lambda_contexts_;
  std::vector<Local*> stack_;
  std::vector<std::size_t> scopes_;
  std::unordered_map<std::string_view, Local*> names_;
  std::deque<CheckedPattern> patterns_;
  std::vector<std::pair<HVar*, Local*>> inner_;  // captured copies of locals
  std::vector<const HField*> required_;          // constructors: fields that must be set
  bool has_assigned_names_ = false;
  AssignedNames assigned_names_;
  std::uint32_t lambda_count_ = 0;
};

/// True if a hint says nothing: absent, a hole, or with holes where the whole type must be known.
bool is_known(const Type* hint);
bool has_hole(const Type* type);
/// The hole: stands for a type that is not known yet in hints.
const Type* hole();

}  // namespace noodle::check
