// try, catch, finally. A finally block is repeated on every way out and once more as a handler that throws again.
#include "runtime/codegen/function_gen.hpp"

namespace noodle::codegen {

void FunctionGen::try_(const HNode* node) {
  const HNode* body = node->kids[0];
  const HNode* handler = node->kids.size() > 1 ? node->kids[1] : nullptr;
  const HNode* finally = node->kids.size() > 2 ? node->kids[2] : nullptr;
  const Mark mark = registers_.mark();
  const Label done = code_.new_label();
  const Reg pending = finally ? alloc(Rep::p) : Reg{};
  const Label rethrow = finally ? code_.new_label() : kNoLabel;
  tries_.push_back({finally, ranges_.size()});
  if (finally) ranges_.push_back({rethrow, kNoLabel, pending.index, {}});
  if (finally) resume_ranges(ranges_.size() - 1);
  if (handler) {
    const Reg error = alloc(Rep::p);
    const Label caught = code_.new_label();
    guarded(body, caught, error.index);
    const Label after = code_.new_label();
    code_.jump(after);
    code_.bind(caught);
    if (code_.reachable()) {
      if (node->var) declare(node->var, error);
      statement(handler);
    }
    code_.bind(after);
  } else {
    statement(body);
  }
  if (finally) {
    suspend_ranges(ranges_.size() - 1);
    const Range range = std::move(ranges_.back());
    ranges_.pop_back();
    tries_.pop_back();
    registers_.release({mark.s, mark.p + 1});
    statement(finally);
    code_.jump(done);
    for (const CatchRange& piece : range.pieces) {
      code_.use(rethrow);
      code_.add_catch(piece);
    }
    code_.bind(rethrow);
    statement(finally);
    at(finally);
    code_.emit(Op::throw_, pending.index);
    code_.bind(done);
  } else {
    tries_.pop_back();
  }
  registers_.release(mark);
}

/// A statement whose errors go to `target`.
void FunctionGen::guarded(const HNode* node, Label target, std::uint32_t error_register) {
  ranges_.push_back({target, kNoLabel, error_register, {}});
  resume_ranges(ranges_.size() - 1);
  statement(node);
  suspend_ranges(ranges_.size() - 1);
  const Range range = std::move(ranges_.back());
  ranges_.pop_back();
  for (const CatchRange& piece : range.pieces) {
    code_.use(target);
    code_.add_catch(piece);
  }
}

bool FunctionGen::has_finally(std::size_t tries) const {
  for (std::size_t i = tries; i < tries_.size(); ++i) {
    if (tries_[i].finally) return true;
  }
  return false;
}

/// Runs the finally blocks of all open tries above `tries`, inner first; their ranges stay suspended afterwards.
void FunctionGen::run_finally(std::size_t tries) {
  const std::vector<Try> open = tries_;
  while (tries_.size() > tries && code_.reachable()) {
    const Try t = tries_.back();
    tries_.pop_back();
    suspend_ranges(t.ranges);
    if (t.finally) statement(t.finally);
  }
  if (open.size() > tries) suspend_ranges(open[tries].ranges);
  tries_ = open;
}

/// Ends the current piece of all ranges from `from` on.
void FunctionGen::suspend_ranges(std::size_t from) {
  for (std::size_t i = from; i < ranges_.size(); ++i) {
    Range& range = ranges_[i];
    if (range.start == kNoLabel) continue;
    const Label end = code_.new_label();
    code_.bind(end);
    if (code_.place(end) > code_.place(range.start)) {
      range.pieces.push_back({range.start, end, range.target, range.error_register});
    }
    range.start = kNoLabel;
  }
}

void FunctionGen::resume_ranges(std::size_t from) {
  for (std::size_t i = from; i < ranges_.size(); ++i) {
    if (ranges_[i].start != kNoLabel) continue;
    ranges_[i].start = code_.new_label();
    code_.bind(ranges_[i].start);
  }
}

}  // namespace noodle::codegen
