#include "runtime/bytecode/function_checks.hpp"

#include <algorithm>

namespace noodle::bytecode {

bool FunctionChecks::fail(Code code, std::string reason) {
  code_ = code;
  reason_ = std::move(reason);
  return false;
}

Result<void> FunctionChecks::check(std::uint32_t index, std::vector<TypeIndex>* field_objects) {
  f_ = &view_.module().functions[index];
  Result<void> r = scan_code(view_.module(), *f_, map_);
  if (!r) return r;
  const CallShape& shape = view_.function(index);
  if (shape.scalars > f_->scalar_registers || shape.pointers.size() > f_->pointer_registers) {
    return code_error(Code::verify_limit, *f_, 0, "the arguments do not fit into the registers");
  }
  r = load_joins();
  if (!r) return r;
  typing_.begin(*f_, shape, state_);
  return walk(field_objects);
}

/// Unpacks the stored states into flat arrays.
Result<void> FunctionChecks::load_joins() {
  const Module& m = view_.module();
  join_at_.assign(f_->code.size(), kNoJoin);
  join_cells_.clear();
  join_scalars_.clear();
  std::uint32_t after = 0;
  for (std::uint32_t index = 0; index < f_->joins.size(); ++index) {
    const JoinState& join = f_->joins[index];
    if (!map_.starts(join.word) || (index > 0 && join.word < after)) {
      return code_error(Code::verify_branch, *f_, join.word, "a stored state is not at an instruction of its own");
    }
    after = join.word + 1;
    if (join.scalars.size() != f_->scalar_registers || join.pointers.size() != f_->pointer_registers) {
      return code_error(Code::verify_branch, *f_, join.word, "a stored state has another number of registers");
    }
    join_at_[join.word] = index;
    ScalarSet& scalars = join_scalars_.emplace_back();
    for (std::uint32_t s = 0; s < f_->scalar_registers; ++s) {
      scalars[s >> 6] |= std::uint64_t{join.scalars[s]} << (s & 63);
    }
    for (const TypeRef& type : join.pointers) {
      const Cell cell = to_cell(type);
      const bool special = cell == kUnsetCell || cell == kNullCell;
      if (!special && (type.index >= m.types.size() || type.index == kVoid || type.index == kNull ||
                       is_scalar_kind(m.types[type.index].kind))) {
        return code_error(Code::verify_type, *f_, join.word, "a stored state has a register without valid type");
      }
      join_cells_.push_back(cell);
    }
  }
  return {};
}

Result<void> FunctionChecks::walk(std::vector<TypeIndex>* field_objects) {
  by_start_.clear();
  for (const HandlerRange& h : f_->handlers) by_start_.push_back(&h);
  std::sort(by_start_.begin(), by_start_.end(),
            [](const HandlerRange* a, const HandlerRange* b) { return a->start < b->start; });
  next_handler_ = 0;
  active_.clear();
  const bool has_handlers = !by_start_.empty();
  const std::uint32_t size = static_cast<std::uint32_t>(f_->code.size());
  bool live = true;   // can control get here?
  bool fresh = true;  // may any register differ from what the active handlers were checked with?
  StepEffect effect;
  for (std::uint32_t word = 0; word < size;) {
    const std::uint32_t join = join_at_[word];
    if (join != kNoJoin) {
      if (live && !fits(join)) return error(word);
      state_.scalars = join_scalars_[join];
      std::copy_n(cells(join), f_->pointer_registers, state_.pointers.begin());
      live = fresh = true;
    }
    if (has_handlers) {
      if (live && !check_handlers(fresh)) return error(word);
      if (!enter_handlers(word, live)) return error(word);
      fresh = false;
    }
    const Instruction i = decode(f_->code.data(), word);
    effect.object_type = kNone;
    if (live) {
      if (!typing_.step(i, state_, effect)) {
        return code_error(typing_.failure_code(), *f_, word, typing_.failure());
      }
      if (!active_.empty() && effect.clobbered_scalar != kNoRegister && !check_clobbered(effect)) return error(word);
      if (effect.branches && !check_branch(effect)) return error(word);
      written_scalar_ = effect.written_scalar;
      written_pointer_ = effect.written_pointer;
      live = effect.falls_through;
    }
    const bool dispatched =
        i.op == Op::gets || i.op == Op::sets || i.op == Op::getp || i.op == Op::setp || i.op == Op::vcall;
    if (dispatched && field_objects) field_objects->push_back(effect.object_type);
    word = i.next;
    if (!active_.empty()) std::erase_if(active_, [&](const HandlerRange* h) { return h->end <= word; });
  }
  return {};
}

/// Adds the handlers whose range starts here; they must accept the whole state.
bool FunctionChecks::enter_handlers(std::uint32_t word, bool live) {
  for (; next_handler_ < by_start_.size() && by_start_[next_handler_]->start == word; ++next_handler_) {
    const HandlerRange* h = by_start_[next_handler_];
    if (active_.size() >= kMaxHandlerDepth) return fail(Code::verify_limit, "too many exception handlers around it");
    active_.push_back(h);
    if (live && !handler_fits(*h)) return false;
  }
  return true;
}

/// The active handlers accept the state: all of it, or what the instruction before has written.
bool FunctionChecks::check_handlers(bool all_registers) {
  for (const HandlerRange* h : active_) {
    if (all_registers) {
      if (!handler_fits(*h)) return false;
      continue;
    }
    const std::uint32_t join = join_at_[h->target];
    // Writing a scalar only sets it, which every handler accepts.
    if (written_pointer_ != kNoRegister && written_pointer_ != h->error_register && join != kNoJoin &&
        !register_fits(join, state_.pointers[written_pointer_], written_pointer_)) {
      return false;
    }
    if (join == kNoJoin && !handler_fits(*h)) return false;
  }
  return true;
}

bool FunctionChecks::handler_fits(const HandlerRange& handler) {
  const std::uint32_t join = join_at_[handler.target];
  if (join == kNoJoin) return fail(Code::verify_handler, "its exception handler has no stored state");
  return fits(join, handler.error_register) && register_fits(join, not_null(kError), handler.error_register);
}

/// Handlers around a call must not rely on registers of its window.
bool FunctionChecks::check_clobbered(const StepEffect& effect) {
  for (const HandlerRange* h : active_) {
    const std::uint32_t join = join_at_[h->target];
    for (std::uint32_t s = effect.clobbered_scalar; s < f_->scalar_registers; ++s) {
      if (join_scalars_[join][s >> 6] >> (s & 63) & 1) {
        return fail(Code::verify_uninitialised, "its exception handler expects S" + std::to_string(s));
      }
    }
    for (std::uint32_t p = effect.clobbered_pointer; p < f_->pointer_registers; ++p) {
      if (p != h->error_register && cells(join)[p] != kUnsetCell) {
        return fail(Code::verify_uninitialised, "its exception handler expects P" + std::to_string(p));
      }
    }
  }
  return true;
}

bool FunctionChecks::check_branch(const StepEffect& effect) {
  const std::uint32_t join = join_at_[effect.target];
  if (join == kNoJoin) return fail(Code::verify_branch, "the branch target has no stored state");
  return fits(join, effect.refined) &&
         (effect.refined == kNoRegister || register_fits(join, effect.refined_cell, effect.refined));
}

/// The current state is one that `join` accepts; register P[except] is not looked at.
bool FunctionChecks::fits(std::uint32_t join, std::uint32_t except) {
  const ScalarSet& scalars = join_scalars_[join];
  for (std::uint32_t i = 0; i < scalars.size(); ++i) {
    if ((scalars[i] & ~state_.scalars[i]) != 0) {
      return fail(Code::verify_uninitialised, "an S register is not set at the join");
    }
  }
  const Cell* wanted = cells(join);
  for (std::uint32_t p = 0; p < f_->pointer_registers; ++p) {
    if (wanted[p] != state_.pointers[p] && p != except && !register_fits(join, state_.pointers[p], p)) return false;
  }
  return true;
}

bool FunctionChecks::register_fits(std::uint32_t join, Cell cell, std::uint32_t p) {
  const Cell wanted = cells(join)[p];
  if (wanted == kUnsetCell || wanted == cell || view_.assignable(cell, wanted)) return true;
  return fail(Code::verify_type, "P" + std::to_string(p) + " is " + type_text(view_.module(), cell) +
                                     ", at the join it is " + type_text(view_.module(), wanted));
}

}  // namespace noodle::bytecode
