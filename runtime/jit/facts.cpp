#include "runtime/jit/facts.hpp"

namespace noodle::jit {

using vm::Handler;

namespace {

enum class Access : std::uint8_t { none, use, list, length, push, result, all };

/// The List register of a list instruction, and what it reads of it.
Access list_access(const Op& op, std::uint32_t& p) {
  p = op.portable.a;
  switch (op.handler) {
    case Handler::lgs:
    case Handler::lgb:
    case Handler::lgp:
      p = op.portable.b;
      return Access::list;
    case Handler::lss:
    case Handler::lsb:
    case Handler::lsp:
      return Access::list;
    case Handler::llen:
      p = op.portable.b;
      return Access::length;
    case Handler::lres:
      return Access::length;
    case Handler::lps:
    case Handler::lpb:
    case Handler::lpp:
      return Access::push;
    default:
      return Access::none;
  }
}

/// Ops behind which nothing is known: they run code that may collect or change any list.
bool forgets_all(Handler handler) {
  return is_call(handler) || waits(handler) || handler == Handler::sendv || handler == Handler::newl ||
         handler == Handler::scat || handler == Handler::strcmp;
}

template <class F>
void each_pointer_use(const Op& op, F use) {
  const bytecode::Operands& o = bytecode::kOperands[static_cast<std::size_t>(op.portable.op)];
  if (o.a == 'p') use(op.portable.a);
  if (o.b == 'p') use(op.portable.b);
  if (o.c == 'p') use(op.portable.c);
}

std::uint32_t pointer_result(const Op& op) {
  const bytecode::Operands& o = bytecode::kOperands[static_cast<std::size_t>(op.portable.op)];
  return o.a == 'P' ? op.portable.a : 256;
}

}  // namespace

Facts& Facts::operator&=(const Facts& other) {
  pointer &= other.pointer;
  storage &= other.storage;
  length &= other.length;
  return *this;
}

Facts& Facts::operator|=(const Facts& other) {
  pointer |= other.pointer;
  storage |= other.storage;
  length |= other.length;
  return *this;
}

Facts Facts::without(const Facts& other) const {
  return {pointer & ~other.pointer, storage & ~other.storage, length & ~other.length};
}

void Facts::forget(std::uint32_t p) {
  pointer.reset(p);
  storage.reset(p);
  length.reset(p);
}

void step(const Op& op, Facts& facts) {
  if (forgets_all(op.handler)) {
    facts = {};
    return;
  }
  each_pointer_use(op, [&](std::uint32_t p) { facts.pointer.set(p); });
  std::uint32_t list = 0;
  switch (list_access(op, list)) {
    case Access::push:  // other registers may hold the same list
      facts.storage.reset();
      facts.length.reset();
      facts.storage.set(list);
      facts.length.set(list);
      break;
    case Access::list:
      facts.storage.set(list);
      facts.length.set(list);
      break;
    case Access::length:
      facts.length.set(list);
      break;
    default:
      break;
  }
  if (const std::uint32_t p = pointer_result(op); p < 256) {
    facts.forget(p);
    facts.pointer.set(p);
  }
}

FactFlow::FactFlow(const Flow& flow) : flow_(flow) {
  anticipate();
  propagate();
}

/// Least fixed point: a read counts only when every way from here comes to it.
void FactFlow::anticipate() {
  const auto& blocks = flow_.blocks();
  wanted_.resize(blocks.size());
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t b = blocks.size(); b-- > 0;) {
      const Block& block = blocks[b];
      if (!block.reachable) continue;
      Facts facts;
      for (std::size_t k = 0; k < block.successors.size(); ++k) {
        if (k == 0) {
          facts = wanted_[block.successors[k]];
        } else {
          facts &= wanted_[block.successors[k]];
        }
      }
      for (std::uint32_t k = block.end; k-- > block.first;) {
        const Op& op = flow_.ops()[k];
        if (forgets_all(op.handler)) {
          facts = {};
          continue;
        }
        if (const std::uint32_t p = pointer_result(op); p < 256) facts.forget(p);
        each_pointer_use(op, [&](std::uint32_t p) { facts.pointer.set(p); });
        std::uint32_t list = 0;
        const Access access = list_access(op, list);
        if (access == Access::push) {
          facts.storage.reset();
          facts.length.reset();
        }
        if (access == Access::list) facts.storage.set(list);
        if (access == Access::list || access == Access::length) facts.length.set(list);
      }
      if (facts != wanted_[b]) {
        wanted_[b] = facts;
        changed = true;
      }
    }
  }
}

/// Greatest fixed point, with the wanted reads added at loop heads. Exception handlers have no machine code, but behind
/// them the interpreter comes to back edges, and machine code loads there what all ways to them have read: lists.
void FactFlow::propagate() {
  const auto& blocks = flow_.blocks();
  Facts everything;
  everything.pointer.set();
  everything.storage.set();
  everything.length.set();
  before_.assign(blocks.size(), everything);
  std::vector<Facts> after(blocks.size(), everything);
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      if (!blocks[b].reachable && !blocks[b].interpreted) continue;
      Facts facts = b == 0 || blocks[b].handles ? Facts{} : everything;
      for (const std::uint32_t from : blocks[b].predecessors) facts &= after[from];
      if (blocks[b].loop_head && b != 0) facts |= wanted_[b];
      if (b == 0 && blocks[b].loop_head) facts = {};
      before_[b] = facts;
      for (std::uint32_t k = blocks[b].first; k < blocks[b].end; ++k) step(flow_.ops()[k], facts);
      if (facts != after[b]) {
        after[b] = facts;
        changed = true;
      }
    }
  }
}

}  // namespace noodle::jit
