// What a debugger wants to know of a function: where its statements begin, and where its variables are.
//
// Places are labels, so that they move with the code when it is tidied.
#include "runtime/codegen/function_gen.hpp"

namespace noodle::codegen {

using bytecode::LocalDef;

void FunctionGen::begin_statement(const HNode* node) {
  if (!builder_.options.debug || node->op == HOp::block) return;
  statements_.push_back({code_.new_label(), node->span.start});
  code_.bind(statements_.back().label);
}

/// The variable has its value from here on.
void FunctionGen::begin_variable(const HVar* var) {
  if (!builder_.options.debug || var->name.empty()) return;
  const Place from = place(var);
  Variable variable;
  switch (from.kind) {
    case Place::Kind::reg:
      variable.def.place = LocalDef::Place::in_register;
      break;
    case Place::Kind::cell:
      variable.def.place = LocalDef::Place::in_cell;
      break;
    case Place::Kind::capture:
      variable.def.place = LocalDef::Place::captured;
      break;
    case Place::Kind::capture_cell:
      variable.def.place = LocalDef::Place::captured_cell;
      break;
    default:
      return;
  }
  if (!from.reg) return;
  const bool in_closure = from.kind == Place::Kind::capture || from.kind == Place::Kind::capture_cell;
  variable.def.name = var->name;
  variable.def.type = builder_.types.ref(concrete(var->type));
  variable.def.index = from.reg.index;
  variable.def.field = from.field;
  variable.reg = in_closure ? Reg{Rep::p, from.reg.index} : from.reg;
  variable.start = code_.new_label();
  code_.bind(variable.start);
  variables_.push_back(std::move(variable));
}

/// Frees the registers from `mark` on; variables that were in them are no more.
void FunctionGen::leave_scope(Mark mark) {
  registers_.release(mark);
  for (Variable& variable : variables_) {
    if (variable.end != kNoLabel || mark.is_below(variable.reg)) continue;
    variable.end = code_.new_label();
    code_.bind(variable.end);
  }
}

void FunctionGen::describe(bytecode::FunctionDef& def) const {
  if (!builder_.options.debug || !instance_.func->file) return;
  const std::vector<std::uint32_t> words = code_.word_starts();
  const auto word_of = [&](Label label) { return words[code_.place(label)]; };
  const auto size = static_cast<std::uint32_t>(def.code.size());
  for (const StatementMark& mark : statements_) {
    const std::uint32_t word = word_of(mark.label);
    if (word >= size) continue;
    const lang::LineColumn at = instance_.func->file->position(mark.offset);
    // A statement without code of its own gives its place to the next one.
    while (!def.statements.empty() && def.statements.back().word >= word) def.statements.pop_back();
    def.statements.push_back({word, at.line, at.column});
  }
  for (const Variable& variable : variables_) {
    LocalDef local = variable.def;
    local.start = word_of(variable.start);
    local.end = variable.end == kNoLabel ? size : word_of(variable.end);
    if (local.start < local.end) def.locals.push_back(std::move(local));
  }
}

}  // namespace noodle::codegen
