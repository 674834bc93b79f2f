// Which blocks control can come to, with machine code and with the interpreter.
#include "runtime/jit/flow.hpp"

namespace noodle::jit {

void Flow::reach() {
  follow(0, &Block::reachable);
  for (std::uint32_t b = 0; b < blocks_.size(); ++b) {
    for (const Block::Caught& caught : blocks_[b].handlers) follow(caught.block, &Block::interpreted);
  }
  for (std::uint32_t b = 0; b < blocks_.size(); ++b) {
    if (!blocks_[b].reachable && !blocks_[b].interpreted) continue;
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
