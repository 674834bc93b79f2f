#include "runtime/jit/flow.hpp"

#include <algorithm>

#include "runtime/vm/interpreter.hpp"

namespace noodle::jit {

using vm::Handler;

namespace {

constexpr auto number(Handler handler) {
  return static_cast<std::size_t>(handler);
}

/// Handler by its code in running words.
Handler handler_of(std::uint64_t word) {
  static const std::vector<std::uint16_t> table = [] {
    std::vector<std::uint16_t> handlers(1 << 16, static_cast<std::uint16_t>(vm::kHandlerCount));
    const std::uint16_t* codes = vm::handler_offsets();
    for (std::size_t k = 0; k < vm::kHandlerCount; ++k) handlers[codes[k]] = static_cast<std::uint16_t>(k);
    return handlers;
  }();
  return static_cast<Handler>(table[word & 0xffff]);
}

enum class Kind : std::uint8_t { bits, integer, floating };

/// Floats in and out; they stand together in handlers.def.
bool is_float_arithmetic(Handler handler) {
  return number(handler) >= number(Handler::fadd) && number(handler) <= number(Handler::fsqrt);
}

/// What an op takes the S registers it reads for.
Kind kind_of_uses(Handler handler) {
  if (is_call(handler)) return Kind::bits;
  if (is_float_arithmetic(handler)) return Kind::floating;
  switch (handler) {
    case Handler::mov:
    case Handler::rets:
    case Handler::sets:
    case Handler::lss:
    case Handler::lps:
    case Handler::box:
      return Kind::bits;
    case Handler::f2i:
    case Handler::fseq:
    case Handler::fsne:
    case Handler::fslt:
    case Handler::fsle:
    case Handler::jfeq:
    case Handler::jfne:
    case Handler::jflt:
    case Handler::jfle:
    case Handler::jfnlt:
    case Handler::jfnle:
      return Kind::floating;
    default:
      return Kind::integer;
  }
}

Kind kind_of_result(Handler handler) {
  if (is_call(handler)) return Kind::bits;
  if (is_float_arithmetic(handler)) return Kind::floating;
  switch (handler) {
    case Handler::mov:
    case Handler::ldi:
    case Handler::ldk:
    case Handler::gets:
    case Handler::unbox:
    case Handler::lgs:
      return Kind::bits;
    case Handler::i2f:
      return Kind::floating;
    default:
      return Kind::integer;
  }
}

}  // namespace

std::vector<const vm::Function*> callees_of(const vm::Function& function) {
  std::vector<const vm::Function*> callees;
  for (std::uint32_t word = 0; word + 1 < function.code_words; ++word) {
    if (word > 0 && function.portable_word[word] == function.portable_word[word - 1]) continue;
    if (handler_of(function.code[word]) != Handler::call) continue;
    callees.push_back(reinterpret_cast<const vm::Function*>(function.code[word + 1]));
  }
  return callees;
}

bool is_call(Handler handler) {
  return handler == Handler::call || handler == Handler::vcall || handler == Handler::icall ||
         handler == Handler::ccall || handler == Handler::ncall || handler == Handler::spawn ||
         handler == Handler::spawnf || handler == Handler::send;
}

bool is_back_edge(Handler handler) {
  return number(handler) >= number(Handler::ljmp) && number(handler) <= number(Handler::ljstrne);
}

bool is_branch(Handler handler) {
  return number(handler) >= number(Handler::jmp) && number(handler) <= number(Handler::ljstrne);
}

Handler forward_form(Handler handler) {
  if (!is_back_edge(handler)) return handler;
  return static_cast<Handler>(number(handler) - number(Handler::ljmp) + number(Handler::jmp));
}

bool ends_flow(const Op& op) {
  const Handler handler = op.handler;
  return op.dead || handler == Handler::jmp || handler == Handler::ljmp || handler == Handler::ret ||
         handler == Handler::rets || handler == Handler::retp || handler == Handler::throw_;
}

bool waits(Handler handler) {
  return handler == Handler::ask;
}

Flow::Flow(const vm::Function& function) : function_(function), registers_(function.scalar_registers) {
  decode();
  split();
  connect();
  reach();
  find_live();
  rename();
  choose_banks();
}

void Flow::decode() {
  op_at_.resize(function_.code_words);
  for (std::uint32_t word = 0; word < function_.code_words;) {
    Op op;
    op.word = word;
    op.handler = handler_of(function_.code[word]);
    const std::uint32_t portable = function_.portable_word[word];
    op.portable = bytecode::decode(function_.def->code.data(), portable);
    if (is_call(op.handler)) call_shape(op);
    do {
      op_at_[word++] = static_cast<std::uint32_t>(ops_.size());
    } while (word < function_.code_words && function_.portable_word[word] == portable);
    ops_.push_back(op);
  }
}

void Flow::call_shape(Op& op) const {
  const std::uint64_t* words = function_.code + op.word;
  if (op.handler == Handler::call) {
    const auto* callee = reinterpret_cast<const vm::Function*>(words[1]);
    op.scalar_args = callee->scalar_args;
    op.scalar_result = callee->result == 's';
  } else if (op.handler == Handler::spawnf) {
    op.scalar_args = reinterpret_cast<const vm::Function*>(words[1])->scalar_args;
  } else if (op.handler == Handler::spawn) {
    op.scalar_args = static_cast<std::uint16_t>(words[1] >> 32);
  } else if (op.handler == Handler::ncall) {
    const auto* native = reinterpret_cast<const vm::BoundNative*>(words[1]);
    op.scalar_args = native->scalar_args;
    op.scalar_result = native->result == 's';
  } else {
    op.scalar_args = static_cast<std::uint16_t>(words[0] >> 48 & 0xff);
    op.scalar_result = (words[0] >> 56 & 1) != 0;
    op.dead = (words[0] >> 57 & 1) != 0;
  }
}

void Flow::split() {
  std::vector<bool> starts(ops_.size() + 1);
  starts[0] = true;
  for (std::uint32_t k = 0; k < ops_.size(); ++k) {
    Op& op = ops_[k];
    if (is_branch(op.handler)) {
      const auto offset = static_cast<std::int16_t>(*words(op) >> 48);
      op.target = op_at_[static_cast<std::size_t>(std::int64_t{op.word} + 1 + offset)];  // an op, a block below
      starts[op.target] = true;
      starts[k + 1] = true;
    }
    if (is_back_edge(op.handler)) starts[k] = true;
    if (ends_flow(op)) starts[k + 1] = true;
  }
  for (const vm::Function::Catch& range : function_.catches) {
    starts[op_at_[range.start]] = true;
    starts[range.end < op_at_.size() ? op_at_[range.end] : ops_.size()] = true;
    starts[op_at_[range.target]] = true;
  }
  block_of_.resize(ops_.size());
  for (std::uint32_t k = 0; k < ops_.size(); ++k) {
    if (starts[k]) {
      if (!blocks_.empty()) blocks_.back().end = k;
      blocks_.emplace_back().first = k;
    }
    block_of_[k] = static_cast<std::uint32_t>(blocks_.size() - 1);
  }
  blocks_.back().end = static_cast<std::uint32_t>(ops_.size());
}

void Flow::connect() {
  for (std::uint32_t b = 0; b < blocks_.size(); ++b) {
    Block& block = blocks_[b];
    Op& last = ops_[block.end - 1];
    block.loop_end = is_back_edge(ops_[block.first].handler);
    if (!ends_flow(last) && b + 1 < blocks_.size()) block.successors.push_back(b + 1);
    if (is_branch(last.handler)) {
      last.target = block_of_[last.target];
      block.successors.push_back(last.target);
      if (is_back_edge(last.handler)) blocks_[last.target].loop_head = true;
    }
    const std::uint32_t word = ops_[block.first].word;
    for (const vm::Function::Catch& range : function_.catches) {
      if (word < range.start || word >= range.end) continue;
      const std::uint32_t handler = block_of_[op_at_[range.target]];
      block.handlers.push_back({handler, range.error_register});
      blocks_[handler].handles = true;
    }
  }
}

void Flow::find_live() {
  live_before_.resize(ops_.size());
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t b = blocks_.size(); b-- > 0;) {
      Block& block = blocks_[b];
      for (const Block::Caught& caught : block.handlers) block.caught |= blocks_[caught.block].live_in;
      RegisterSet live;
      for (const std::uint32_t next : block.successors) live |= blocks_[next].live_in;
      live |= block.caught;
      for (std::uint32_t k = block.end; k-- > block.first;) {
        const std::uint32_t result = scalar_result(ops_[k]);
        if (result < 256) live.reset(result);
        each_scalar_use(ops_[k], registers_, [&](std::uint32_t s) { live.set(s); });
        live |= block.caught;
        live_before_[k] = live;
      }
      if (live != block.live_in) {
        block.live_in = live;
        changed = true;
      }
    }
  }
}

std::uint32_t Flow::find(std::uint32_t web) const {
  while (parents_[web] != web) web = parents_[web] = parents_[parents_[web]];
  return web;
}

void Flow::unite(std::uint32_t a, std::uint32_t b) {
  parents_[find(a)] = find(b);
}

void Flow::rename() {
  first_result_ = static_cast<std::uint32_t>(blocks_.size()) * registers_;
  parents_.resize(first_result_ + ops_.size());
  for (std::uint32_t k = 0; k < parents_.size(); ++k) parents_[k] = k;
  std::vector<std::uint32_t> now(registers_);
  for (std::uint32_t b = 0; b < blocks_.size(); ++b) {
    if (!blocks_[b].reachable) continue;
    for (std::uint32_t s = 0; s < registers_; ++s) now[s] = b * registers_ + s;
    for (std::uint32_t k = blocks_[b].first; k < blocks_[b].end; ++k) {
      if (const std::uint32_t s = scalar_result(ops_[k]); s < 256) now[s] = first_result_ + k;
    }
    for (const std::uint32_t next : blocks_[b].successors) {
      for (std::uint32_t s = 0; s < registers_; ++s) {
        if (blocks_[next].live_in[s]) unite(now[s], next * registers_ + s);
      }
    }
  }
}

/// A web lives in a vector register when all that say anything take it for a float. Copies pass the verdict on.
void Flow::choose_banks() {
  std::vector<int> votes(parents_.size());  // bit 0: integer, bit 1: floating
  const auto vote = [&](std::uint32_t web, Kind kind) {
    if (kind != Kind::bits) votes[find(web)] |= kind == Kind::floating ? 2 : 1;
  };
  struct Copy {
    std::uint32_t from, to;
  };
  std::vector<Copy> copies;
  std::vector<std::uint32_t> now(registers_);
  for (std::uint32_t b = 0; b < blocks_.size(); ++b) {
    if (!blocks_[b].reachable) continue;
    for (std::uint32_t s = 0; s < registers_; ++s) now[s] = b * registers_ + s;
    for (std::uint32_t k = blocks_[b].first; k < blocks_[b].end; ++k) {
      const Op& op = ops_[k];
      std::uint32_t place = 0;
      const Kind uses = kind_of_uses(forward_form(op.handler));
      each_scalar_use(op, registers_, [&](std::uint32_t s) {
        const bool list_index = op.handler == Handler::lss && place == 0;  // beside a value that is plain bits
        if (!waits(op.handler)) vote(now[s], list_index ? Kind::integer : uses);
        ++place;
      });
      if (op.handler == Handler::mov) copies.push_back({now[op.portable.b], first_result_ + k});
      if (const std::uint32_t s = scalar_result(op); s < 256) {
        now[s] = first_result_ + k;
        vote(now[s], kind_of_result(op.handler));
      }
    }
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (const Copy& copy : copies) {
      int& from = votes[find(copy.from)];
      int& to = votes[find(copy.to)];
      if (from == 0 && to != 0) changed = true, from = to;
      if (to == 0 && from != 0) changed = true, to = from;
    }
  }
  banks_.resize(parents_.size());
  for (std::uint32_t k = 0; k < parents_.size(); ++k) banks_[k] = votes[k] == 2 ? Bank::vector : Bank::general;
}

}  // namespace noodle::jit
