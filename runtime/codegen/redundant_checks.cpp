#include "runtime/codegen/redundant_checks.hpp"

#include <unordered_map>

#include "runtime/bytecode/module_view.hpp"
#include "runtime/bytecode/typing.hpp"

namespace noodle::codegen {

namespace {

using bytecode::Cell;
using bytecode::JoinState;
using bytecode::Op;
using bytecode::RegisterState;

RegisterState state_of(const JoinState& join) {
  RegisterState state;
  for (std::uint32_t s = 0; s < join.scalars.size(); ++s) {
    if (join.scalars[s]) state.set_scalar(s);
  }
  for (const TypeRef type : join.pointers) state.pointers.push_back(bytecode::to_cell(type));
  return state;
}

bool is_redundant(const bytecode::ModuleView& view, const Instruction& i, const RegisterState& state) {
  if (i.op != Op::nnul && i.op != Op::cast && i.op != Op::castn) return false;
  const Cell cell = state.pointers[i.b];
  if (cell == bytecode::kUnsetCell || cell == bytecode::kNullCell) return false;
  if (i.op == Op::nnul) return !(cell & 1);
  return view.assignable(cell, bytecode::not_null(i.value) | (i.op == Op::castn ? 1 : 0));
}

class Pass {
 public:
  explicit Pass(const bytecode::Module& module) : view_(module), typing_(view_) {}

  void run(bytecode::FunctionDef& function, std::uint32_t index, CodeBuffer& code, const lang::SourceFile* file) {
    const std::vector<std::uint32_t> starts = code.word_starts();
    std::unordered_map<std::uint32_t, std::size_t> join_at;  // word -> join
    for (std::size_t j = 0; j < function.joins.size(); ++j) join_at[function.joins[j].word] = j;
    std::vector<bool> dead(code.code().size(), false);
    bool changed = false, live = true;
    RegisterState state;
    bytecode::StepEffect effect;
    typing_.begin(function, view_.function(index), state);
    for (std::size_t i = 0; i < code.code().size(); ++i) {
      Instruction& instruction = code.code()[i];
      const bool joins = join_at.contains(starts[i]);
      if (joins) state = state_of(function.joins[join_at[starts[i]]]);
      live |= joins;
      if (!live) continue;
      const bytecode::Instruction decoded = bytecode::decode(function.code.data(), starts[i]);
      if (is_redundant(view_, instruction, state)) {
        // Two joins must not fall onto one instruction.
        const bool in_place = instruction.a == instruction.b;
        if (in_place && !(joins && join_at.contains(starts[i + 1]))) {
          dead[i] = changed = true;
        } else if (!in_place) {
          instruction.op = Op::mvp;
          instruction.value = 0;
          changed = true;
        }
      }
      if (!typing_.step(decoded, state, effect)) return;  // cannot happen: inference accepted it
      live = effect.falls_through;
    }
    if (changed) rewrite(function, code, file, starts, dead);
  }

 private:
  static void rewrite(bytecode::FunctionDef& function, CodeBuffer& code, const lang::SourceFile* file,
                      const std::vector<std::uint32_t>& old_starts, const std::vector<bool>& dead) {
    std::unordered_map<std::uint32_t, std::uint32_t> moved;  // old word -> new instruction
    std::uint32_t kept = 0;
    for (std::size_t i = 0; i < dead.size(); ++i) {
      moved[old_starts[i]] = kept;
      kept += !dead[i];
    }
    code.remove(dead);
    code.assemble(function, file);
    const std::vector<std::uint32_t> starts = code.word_starts();
    for (JoinState& join : function.joins) join.word = starts[moved[join.word]];
  }

  bytecode::ModuleView view_;
  bytecode::Typing typing_;
};

}  // namespace

void remove_redundant_checks(ModuleBuilder& builder) {
  Pass pass(builder.module);
  for (ModuleBuilder::KeptCode& kept : builder.kept_code()) {
    pass.run(builder.module.functions[kept.function], kept.function, kept.code, kept.file);
  }
}

}  // namespace noodle::codegen
