// Code of one function: walks its HIR and emits instructions.
//
// Values are generated into a wanted register where there is one; without, `value` returns either the register of a
// variable (below the mark taken before) or a fresh temporary exactly at that mark. Conditions become branches; results
// of blocks, returns and inlined functions are passed down as destinations, so few moves are needed.
// A register holds its variable's declared type or a class or case below it; `settle` widens what would not merge again
// (interfaces, function types, references).
#pragma once

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "runtime/codegen/code_buffer.hpp"
#include "runtime/codegen/module_builder.hpp"
#include "runtime/codegen/registers.hpp"

namespace noodle::codegen {

using bytecode::Op;
using check::HNode;
using check::HOp;
using check::HVar;

/// Constants whose bits are zero: new objects have them already.
bool is_zero(const HNode* node);

class FunctionGen {
 public:
  FunctionGen(ModuleBuilder& builder, const Instance& instance);
  void run();

 private:
  /// Where a variable is.
  struct Place {
    enum class Kind : std::uint8_t { none, reg, cell, capture, capture_cell, constant };
    Kind kind = Kind::none;
    Reg reg;                         // reg: the value; cell: the cell object
    std::uint32_t field = 0;         // captures: number of the closure's field
    const HNode* literal = nullptr;  // constant: parameter of an inlined function
  };
  /// Target of leave, break and continue.
  struct Target {
    Label end = kNoLabel, next = kNoLabel;
    Reg result;
    bool tail = false;      // the value of the block is the function's result
    std::size_t tries = 0;  // open try statements outside
  };
  /// The function being generated or inlined.
  struct Frame {
    const HFunc* func = nullptr;
    const check::Substitution* types = nullptr;
    std::vector<Place> places;  // by HVar::id
    std::unordered_map<std::uint32_t, Target> targets;
    bool inlined = false, tail = false;
    Label end = kNoLabel;  // inlined: where return goes
    Reg result;
    std::size_t tries = 0;
  };
  struct Range {  // instructions guarded by a handler, in pieces
    Label target = kNoLabel, start = kNoLabel;
    std::uint32_t error_register = 0;
    std::vector<CatchRange> pieces;
  };
  struct Try {
    const HNode* finally = nullptr;
    std::size_t ranges = 0;  // index of its first range
  };

  // ---- helpers (function_gen.cpp)
  const Type* type_of(const HNode* node) { return concrete(node->type); }
  const Type* concrete(const Type* type) { return builder_.concrete(type, *frame().types); }
  std::vector<const Type*> concrete(const std::vector<const Type*>& list);
  Rep rep(const HNode* node) { return check::rep_of(type_of(node)); }
  Frame& frame() { return frames_.back(); }
  Place& place(const HVar* var);
  const HNode* resolved(const HNode* node);
  void at(const HNode* node);
  void cover(const HNode* node);
  void cover(bytecode::CoveragePoint::Kind kind, lang::Span span, std::uint32_t way);
  void cover_entry(const HFunc& func);
  Reg alloc(Rep kind) { return registers_.alloc(kind); }
  Reg target_or_new(Reg dest, Rep kind) { return dest ? dest : alloc(kind); }
  void move(Reg to, Reg from);
  void widen(Reg reg, const Type* type);
  bool writes(const HNode* node, Reg reg);
  Reg protect(Reg reg, Mark mark, const HNode* later);
  bool is_finite(const HNode* node);
  void bind_parameters();
  void finish();
  void unresolved_body();
  void native_body();

  // ---- values (values.cpp)
  Reg value(const HNode* node, Reg dest = {});
  void value_to(const HNode* node, Reg dest);
  void effect(const HNode* node);
  Reg push(const HNode* node);
  Reg constant(std::int64_t bits, Reg dest);
  Reg constant_float(double number, Reg dest);
  Reg constant_string(std::string_view text, Reg dest);
  Reg zero(const Type* type, Reg dest);
  Reg local(const HNode* node, Reg dest);
  Reg set_local(const HNode* node);
  Reg get_field(const HNode* node, Reg dest);
  void set_field(const HNode* node);
  void set_slot(Reg object, FieldSlot slot, Reg from);
  Reg conditional(const HNode* node, Reg dest);
  Reg sequence(const HNode* node, Reg dest);
  Reg labeled(const HNode* node, Reg dest);
  Reg truth(const HNode* node, Reg dest);
  Reg index(const HNode* node, Reg dest);
  void set_index(const HNode* node);
  Reg length(const HNode* node, Reg dest);
  Reg enum_field(const HNode* node, Reg dest);
  Reg conversion(const HNode* node, Reg dest);
  Reg cast(const HNode* node, Reg dest);
  Reg upcast(const HNode* node, Reg dest);

  // ---- operators and conditions (operators.cpp, conditions.cpp)
  Reg unary(Op op, const HNode* node, Reg dest);
  Reg arithmetic(const HNode* node, Reg dest);
  Reg immediate_arithmetic(const HNode* node, Reg dest);
  Reg comparison(const HNode* node, Reg dest);
  Reg equality(const HNode* node, Reg dest);
  Reg concat(const HNode* node, Reg dest);
  Reg to_text(const HNode* node, Reg dest);
  void branch(const HNode* node, bool sense, Label target);
  bool branch_compare(const HNode* node, bool sense, Label target);
  bool branch_immediate(HOp op, const HNode* left, const HNode* right, Label target);

  // ---- calls (calls.cpp, natives.cpp)
  Reg call(const HNode* node, Reg dest);
  Mark begin_call(Reg dest);
  Reg finish_call(Op op, Mark window, std::uint32_t extra, Rep result, Reg dest);
  void push_arguments(const HNode* node, std::size_t first = 0);
  Reg call_function(const HNode* node, HFunc* func, const std::vector<const Type*>& targs, Reg dest);
  Reg call_native(const HNode* node, Reg dest);
  Reg call_interface(const HNode* node, Reg dest);
  Reg native_call(Mark window, const char* name, bytecode::Signature signature, const HNode* node, Reg dest);
  bool intrinsic(const HNode* node, Reg dest, Reg& result);

  // ---- construction and closures (construct.cpp, closures.cpp)
  Reg deliver(Reg object, Reg dest);
  Reg new_object(const HNode* node, Reg dest);
  Reg new_fields(const HNode* node, Reg dest);
  Reg field_default(const Type* object_type, const HField* field, Reg object, const HNode* node);
  Reg new_enum(const HNode* node, Reg dest);
  Reg new_list(const HNode* node, Reg dest);
  Reg new_map(const HNode* node, Reg dest);
  Reg new_collection(const Type* type, Reg dest);
  Reg lambda(const HNode* node, Reg dest);
  Reg func_ref(const HNode* node, Reg dest);
  Reg bound_method(const HNode* node, Reg dest);

  // ---- actors (actors.cpp)
  Reg spawn(const HNode* node, Reg dest);
  Reg send(const HNode* node);
  Reg ask(const HNode* node, Reg dest);
  std::uint32_t handler_of(const HNode* node);

  // ---- statements (statements.cpp, loops.cpp, exceptions.cpp)
  void statement(const HNode* node);
  void block(const std::vector<HNode*>& kids, std::size_t first, std::size_t end);
  void let(const HNode* node, const std::vector<HNode*>& siblings, std::size_t next);
  bool alias(const HNode* node, const std::vector<HNode*>& siblings, std::size_t next);
  void declare(const HVar* var, Reg from);
  void if_(const HNode* node);
  bool branch_to_exit(const HNode* node, const HNode* condition);
  void leave(const HNode* node);
  void jump_out(Label target, std::size_t tries);
  void return_(const HNode* node);
  void return_value(const HNode* node);
  void loop(const HNode* node);
  void for_range(const HNode* node);
  void for_list(const HNode* node);
  void for_map(const HNode* node);
  void for_string(const HNode* node);
  Target& open_loop(const HNode* node);
  Reg loop_operand(const HNode* node, const HNode* body);
  bool assigned_in(const HVar* var, const HNode* body) const;
  struct Literals {
    std::vector<std::uint64_t> scalars;
    std::vector<std::string_view> strings;
  };
  void collect_literals(const HNode* node, Literals& found);
  void hoist_constants(const HNode* loop);
  void forget_constants();
  void try_(const HNode* node);
  void guarded(const HNode* node, Label target, std::uint32_t error_register);
  bool has_finally(std::size_t tries) const;
  void run_finally(std::size_t tries);
  void suspend_ranges(std::size_t from);
  void resume_ranges(std::size_t from);

  // ---- for debuggers (debug_info.cpp)
  void begin_statement(const HNode* node);
  void begin_variable(const HVar* var);
  void leave_scope(Mark mark);
  void describe(bytecode::FunctionDef& def) const;

  // ---- inlining (inline.cpp)
  bool can_inline(HFunc* func);
  void skip_zero_stores(const HFunc& constructor);
  Reg inline_call(const HNode* node, HFunc* func, const std::vector<const Type*>& targs, Reg object, Reg dest);
  Place inline_argument(const HNode* node, std::size_t i, const HVar* param, const HFunc& func);

  ModuleBuilder& builder_;
  const Instance& instance_;
  CodeBuffer code_;
  Registers registers_;
  std::vector<Frame> frames_;
  std::vector<Range> ranges_;
  std::vector<Try> tries_;
  std::unordered_map<std::uint64_t, Reg> hoisted_scalars_;
  std::unordered_map<std::string_view, Reg> hoisted_strings_;
  std::unordered_set<const HNode*> skipped_;  // stores of zero into fields of new objects
  struct StatementMark {
    Label label;
    std::uint32_t offset;
  };
  struct Variable {
    bytecode::LocalDef def;
    Reg reg;
    Label start = kNoLabel, end = kNoLabel;
  };
  std::vector<StatementMark> statements_;
  std::vector<Variable> variables_;
  std::uint32_t loop_depth_ = 0;
  std::uint32_t inlined_nodes_ = 0;
  const bool covers_;  // the function is the package's own and coverage is wanted
};

}  // namespace noodle::codegen
