// Statements: variables, branches, ways out of blocks and functions.
#include "runtime/codegen/function_gen.hpp"

namespace noodle::codegen {

using check::TypeKind;

void FunctionGen::statement(const HNode* node) {
  if (!code_.reachable()) return;
  const Mark mark = registers_.mark();
  cover(node);
  begin_statement(node);
  switch (node->op) {
    case HOp::block:
      block(node->kids, 0, node->kids.size());
      break;
    case HOp::let:
      let(node, {}, 0);
      return;  // the variable stays
    case HOp::if_:
      if_(node);
      break;
    case HOp::loop:
      loop(node);
      break;
    case HOp::for_range:
      for_range(node);
      break;
    case HOp::for_list:
      for_list(node);
      break;
    case HOp::for_map:
    case HOp::for_set:
      for_map(node);
      break;
    case HOp::for_string:
      for_string(node);
      break;
    case HOp::leave:
      leave(node);
      break;
    case HOp::break_:
    case HOp::continue_: {
      const Target& target = frame().targets[node->label];
      jump_out(node->op == HOp::break_ ? target.end : target.next, target.tries);
      break;
    }
    case HOp::return_:
      return_(node);
      break;
    case HOp::throw_: {
      const Reg r = value(node->kids[0]);
      at(node);
      if (r) code_.emit(Op::throw_, r.index);
      break;
    }
    case HOp::try_:
      try_(node);
      break;
    case HOp::expr:
      effect(node->kids[0]);
      break;
    case HOp::edge:
      cover(bytecode::CoveragePoint::Kind::edge, node->span, static_cast<std::uint32_t>(node->ival));
      break;
    default:
      effect(node);
  }
  leave_scope(mark);
  if (loop_depth_ == 0) forget_constants();
}

void FunctionGen::block(const std::vector<HNode*>& kids, std::size_t first, std::size_t end) {
  for (std::size_t i = first; i < end && code_.reachable(); ++i) {
    if (kids[i]->op == HOp::let) {
      begin_statement(kids[i]);
      let(kids[i], kids, i + 1);
    } else {
      statement(kids[i]);
    }
  }
}

// ---------------------------------------------------------------- variables

void FunctionGen::let(const HNode* node, const std::vector<HNode*>& siblings, std::size_t next) {
  cover(node);
  const HVar* var = node->var;
  const Type* type = concrete(var->type);
  if (node->kids.empty()) {
    const bool is_zero_object = type->is(TypeKind::string) || type->is(TypeKind::bytes) || type->is(TypeKind::list) ||
                                type->is(TypeKind::map) || type->is(TypeKind::set);
    if (!var->in_cell) {
      declare(var, zero(type, alloc(check::rep_of(type))));
    } else {
      declare(var, is_zero_object ? zero(type, {}) : Reg{});  // new cells are null or 0
    }
    return;
  }
  if (alias(node, siblings, next)) return;
  const Mark mark = registers_.mark();
  Reg r = value(node->kids[0]);
  if (!r) {  // never
    r = alloc(check::rep_of(type));
  } else if (!var->in_cell) {
    const bool fresh = !mark.is_below(r);
    if (!fresh) {
      const Reg from = r;
      r = alloc(from.rep);
      move(r, from);
    }
    if (node->kids[0]->op == HOp::upcast) widen(r, type);
  }
  declare(var, r);
}

/// Gives a variable its place. `from` holds its value and is its register unless it lives in a cell.
void FunctionGen::declare(const HVar* var, Reg from) {
  if (!var->in_cell) {
    place(var) = {Place::Kind::reg, from};
    begin_variable(var);
    return;
  }
  const Reg cell = alloc(Rep::p);
  code_.emit_d(Op::new_, cell.index, builder_.types.cell(concrete(var->type)));
  if (from) set_slot(cell, {0, from.rep, nullptr}, from);
  place(var) = {Place::Kind::cell, cell};
  begin_variable(var);
}

/// `let a = b` without copying, when neither changes while `a` is in scope.
bool FunctionGen::alias(const HNode* node, const std::vector<HNode*>& siblings, std::size_t next) {
  const HNode* from = node->kids[0];
  if (!builder_.options.optimise.aliases || from->op != HOp::local || node->var->in_cell || siblings.empty())
    return false;
  const Place p = place(from->var);
  if (p.kind != Place::Kind::reg || concrete(node->var->type) != type_of(from)) return false;
  for (std::size_t i = next; i < siblings.size(); ++i) {
    if (writes(siblings[i], p.reg) || assigned_in(node->var, siblings[i])) return false;
  }
  place(node->var) = p;
  return true;
}

bool FunctionGen::assigned_in(const HVar* var, const HNode* body) const {
  if (!body) return false;
  if (body->op == HOp::set_local && body->var == var) return true;
  for (const HNode* kid : body->kids) {
    if (assigned_in(var, kid)) return true;
  }
  return assigned_in(var, body->opt) || assigned_in(var, body->place);
}

// ---------------------------------------------------------------- branches

void FunctionGen::if_(const HNode* node) {
  const HNode* then = node->kids[1];
  const HNode* otherwise = node->kids.size() > 2 ? node->kids[2] : nullptr;
  if (!otherwise && !builder_.options.debug && branch_to_exit(then, node->kids[0])) return;
  const Mark mark = registers_.mark();
  const Label no = code_.new_label();
  branch(node->kids[0], false, no);
  statement(then);
  registers_.release(mark);
  if (!otherwise) {
    code_.bind(no);
    return;
  }
  const Label end = code_.new_label();
  code_.jump(end);
  code_.bind(no);
  statement(otherwise);
  registers_.release(mark);
  code_.bind(end);
}

/// `if (c) break;` and the like: one branch to where the exit goes.
bool FunctionGen::branch_to_exit(const HNode* node, const HNode* condition) {
  while (node->op == HOp::block && node->kids.size() == 1) node = node->kids[0];
  const bool jump =
      node->op == HOp::break_ || node->op == HOp::continue_ || (node->op == HOp::leave && node->kids.empty());
  if (!jump || covers_) return false;
  const Target& target = frame().targets[node->label];
  if (target.tail || has_finally(target.tries)) return false;
  branch(condition, true, node->op == HOp::continue_ ? target.next : target.end);
  return true;
}

// ---------------------------------------------------------------- ways out

void FunctionGen::leave(const HNode* node) {
  const Target target = frame().targets[node->label];
  if (!node->kids.empty()) {
    if (target.tail) return return_(node);
    if (!target.result) {
      effect(node->kids[0]);
    } else if (!has_finally(target.tries)) {
      value_to(node->kids[0], target.result);
    } else {
      const Reg r = push(node->kids[0]);
      run_finally(target.tries);
      if (r) move(target.result, r);
      code_.jump(target.end);
      resume_ranges(target.tries < tries_.size() ? tries_[target.tries].ranges : ranges_.size());
      return;
    }
  }
  jump_out(target.end, target.tries);
}

void FunctionGen::jump_out(Label target, std::size_t tries) {
  if (!has_finally(tries)) return code_.jump(target);
  run_finally(tries);
  code_.jump(target);
  resume_ranges(tries < tries_.size() ? tries_[tries].ranges : ranges_.size());
}

/// Return, and leave out of a block whose value is the function's result.
void FunctionGen::return_(const HNode* node) {
  const HNode* kid = node->kids.empty() ? nullptr : node->kids[0];
  const std::size_t outer = frame().tries;
  if (!has_finally(outer)) {
    if (kid) return return_value(kid);
    if (frame().inlined) {
      code_.jump(frame().end);
    } else {
      code_.emit(Op::ret, 0);
    }
    return;
  }
  const Reg r = kid ? push(kid) : Reg{};
  run_finally(outer);
  if (frame().inlined) {
    if (r && frame().result) move(frame().result, r);
    code_.jump(frame().end);
  } else {
    code_.emit(!r ? Op::ret : r.rep == Rep::s ? Op::rets : Op::retp, r.index);
  }
  resume_ranges(tries_[outer].ranges);
}

/// Returns the value of an expression; inside blocks with values each of their exits returns directly.
void FunctionGen::return_value(const HNode* node) {
  const Mark mark = registers_.mark();
  const Frame& f = frame();
  if (f.inlined && !f.tail) {
    if (f.result) {
      value_to(node, f.result);
    } else {
      effect(node);
    }
    registers_.release(mark);
    code_.jump(f.end);
    return;
  }
  switch (node->op) {
    case HOp::cond: {
      const Label otherwise = code_.new_label();
      branch(node->kids[0], false, otherwise);
      return_value(node->kids[1]);
      code_.bind(otherwise);
      if (code_.reachable()) return_value(node->kids[2]);
      break;
    }
    case HOp::seq:
      if (node->kids.empty()) break;
      block(node->kids, 0, node->kids.size() - 1);
      if (code_.reachable()) return_value(node->kids.back());
      break;
    case HOp::labeled: {
      Target target;
      target.end = code_.new_label();
      target.tail = true;
      target.tries = tries_.size();
      frame().targets[node->label] = target;
      statement(node->kids[0]);
      break;
    }
    default: {
      const Reg r = value(node);
      code_.emit(!r ? Op::ret : r.rep == Rep::s ? Op::rets : Op::retp, r.index);
    }
  }
  leave_scope(mark);
}

}  // namespace noodle::codegen
