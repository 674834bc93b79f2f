// Which blocks control can come to, with machine code and with the interpreter. Never more than the verifier has looked
// at (bytecode/typing.cpp): as it does, a register that is always null takes one edge of a test for null and does not
// pass a check, and what lies behind may be anything.
#include <algorithm>

#include "runtime/jit/flow.hpp"

namespace noodle::jit {

using vm::Handler;

namespace {

/// Has null for all registers from the first of a call's window on.
RegisterSet window_of(const Op& op) {
  const bool has_window = is_call(op.handler) || waits(op.handler);
  return has_window ? RegisterSet().set() << op.portable.b : RegisterSet();
}

/// The P registers that are null behind an op, given those before it.
void step_nulls(const Op& op, RegisterSet& null) {
  const bytecode::Instruction& i = op.portable;
  if (op.handler == Handler::ldn) {
    null.set(i.a);
  } else if (op.handler == Handler::mvp) {
    null.set(i.a, null[i.b]);
  } else {
    null &= ~window_of(op);
    if (bytecode::kOperands[static_cast<std::size_t>(i.op)].a == 'P') null.reset(i.a);
  }
}

/// Registers that are always null, forward from the entry and from what may throw to its handler: conditional constant
/// propagation (Wegman and Zadeck), with null as the only constant.
class NullFlow {
 public:
  NullFlow(const std::vector<Op>& ops, const std::vector<Block>& blocks) : ops_(ops), blocks_(blocks) {
    null_.resize(blocks.size());
    come_to_.resize(blocks.size());
  }

  void run(std::uint32_t pointer_args) {
    come(0, RegisterSet().set() << pointer_args);
    while (!open_.empty()) {
      const std::uint32_t b = open_.back();
      open_.pop_back();
      RegisterSet null = null_[b];
      if (end_of(b, null) == blocks_[b].end) leave(b, null);
    }
  }

  bool come_to(std::uint32_t block) const { return come_to_[block]; }

  /// The op of a block that always traps; the block's end when there is none.
  std::uint32_t end_of(std::uint32_t block) {
    RegisterSet null = null_[block];
    return end_of(block, null);
  }

 private:
  std::uint32_t end_of(std::uint32_t b, RegisterSet& null) {
    const Block& block = blocks_[b];
    for (std::uint32_t k = block.first; k < block.end; ++k) {
      const Op& op = ops_[k];
      for (const Block::Caught& caught : block.handlers) {
        RegisterSet thrown = null & ~window_of(op);
        thrown.reset(caught.error_register);
        come(caught.block, thrown);
      }
      if (op.handler == Handler::nnul && null[op.portable.b]) return k;
      step_nulls(op, null);
    }
    return block.end;
  }

  void leave(std::uint32_t b, const RegisterSet& null) {
    const Op& last = ops_[blocks_[b].end - 1];
    const Handler test = forward_form(last.handler);
    const bool tests = (test == Handler::jnul || test == Handler::jnnul) && last.target != b + 1;
    for (const std::uint32_t next : blocks_[b].successors) {
      RegisterSet there = null;
      if (tests) {
        const bool as_null = (next == last.target) == (test == Handler::jnul);
        if (!as_null && null[last.portable.a]) continue;
        there.set(last.portable.a, as_null);
      }
      come(next, there);
    }
  }

  void come(std::uint32_t block, const RegisterSet& null) {
    const RegisterSet both = come_to_[block] ? null_[block] & null : null;
    if (come_to_[block] && both == null_[block]) return;
    come_to_[block] = true;
    null_[block] = both;
    open_.push_back(block);
  }

  const std::vector<Op>& ops_;
  const std::vector<Block>& blocks_;
  std::vector<RegisterSet> null_;  // at the start of a block
  std::vector<bool> come_to_;
  std::vector<std::uint32_t> open_;
};

}  // namespace

void Flow::reach() {
  NullFlow nulls(ops_, blocks_);
  nulls.run(function_.pointer_args);
  for (std::uint32_t b = 0; b < blocks_.size(); ++b) {
    Block& block = blocks_[b];
    if (!nulls.come_to(b)) continue;
    const std::uint32_t end = nulls.end_of(b);
    if (end < block.end) {
      ops_[end].dead = true;
      block.end = end + 1;
      block.successors.clear();
    }
    std::erase_if(block.successors, [&](std::uint32_t next) { return !nulls.come_to(next); });
  }
  follow(0, &Block::reachable);
  for (std::uint32_t b = 0; b < blocks_.size(); ++b) {
    if (!nulls.come_to(b)) continue;
    for (const Block::Caught& caught : blocks_[b].handlers) follow(caught.block, &Block::interpreted);
    for (const std::uint32_t next : blocks_[b].successors) blocks_[next].predecessors.push_back(b);
  }
}

/// Marks what control comes to from the start of a block.
void Flow::follow(std::uint32_t start, bool Block::*mark) {
  std::vector<std::uint32_t> open;
  const auto come = [&](std::uint32_t b) {
    if (!(blocks_[b].*mark)) open.push_back(b);
    blocks_[b].*mark = true;
  };
  come(start);
  while (!open.empty()) {
    const std::uint32_t b = open.back();
    open.pop_back();
    for (const std::uint32_t next : blocks_[b].successors) come(next);
  }
}

}  // namespace noodle::jit
