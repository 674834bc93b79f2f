// What the compiler to machine code knows of a function before it emits: instructions, basic blocks, live registers,
// and webs: the S registers renamed so that each value that flows together has a name of its own and a bank to live in.
//
// Liveness is the classic backward data flow; a register an exception handler reads is live in its whole range, because
// the interpreter continues there with the registers in memory. Webs: Chaitin's renaming by union-find over blocks.
// Threads: none; plain data of one compilation.
#pragma once

#include <bitset>
#include <cstdint>
#include <vector>

#include "runtime/bytecode/instruction.hpp"
#include "runtime/vm/handlers.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::jit {

using RegisterSet = std::bitset<256>;

/// One instruction: its portable form names registers, its running words hold what linking has found.
struct Op {
  vm::Handler handler{};
  bytecode::Instruction portable{};
  std::uint32_t word = 0;         // index of its first running word
  std::uint16_t scalar_args = 0;  // calls: arguments from S[A]
  bool scalar_result = false;     // calls: result in S[A]
  bool dead = false;              // always traps: a call without possible receiver, a check of what is always null
  std::uint32_t target = 0;       // branches: block
};

struct Block {
  struct Caught {
    std::uint32_t block, error_register;
  };
  std::uint32_t first = 0, end = 0;  // ops
  std::vector<std::uint32_t> successors, predecessors;
  bool reachable = false;    // from the entry without exceptions: has machine code
  bool interpreted = false;  // from an exception handler: so the interpreter comes to back edges, too
  bool handles = false;      // an exception handler starts here
  bool loop_head = false;
  bool loop_end = false;  // starts with a back edge: the interpreter may enter here
  RegisterSet live_in;
  std::vector<Caught> handlers;  // of what its ops throw
  RegisterSet caught;            // what the exception handlers around the block read
};

enum class Bank : std::uint8_t { general, vector };

class Flow {
 public:
  static constexpr std::uint32_t kNoWeb = ~std::uint32_t{0};

  explicit Flow(const vm::Function& function);

  const vm::Function& function() const { return function_; }
  const std::vector<Op>& ops() const { return ops_; }
  const std::vector<Block>& blocks() const { return blocks_; }
  /// S registers whose values the rest of the function may need before op `op` of block `block`.
  const RegisterSet& live_before(std::uint32_t op) const { return live_before_[op]; }

  /// Web of S register `s` at the start of a block where it is live.
  std::uint32_t web_in(std::uint32_t block, std::uint32_t s) const { return find(block * registers_ + s); }
  /// Web of the S register an op writes.
  std::uint32_t web_of_result(std::uint32_t op) const { return find(first_result_ + op); }
  Bank bank(std::uint32_t web) const { return banks_[web]; }
  std::uint32_t web_count() const { return static_cast<std::uint32_t>(parents_.size()); }

  const std::uint64_t* words(const Op& op) const { return function_.code + op.word; }

 private:
  void decode();
  void split();
  void connect();
  void reach();  // reach.cpp
  void follow(std::uint32_t start, bool Block::*mark);
  void find_live();
  void rename();
  void choose_banks();
  std::uint32_t find(std::uint32_t web) const;
  void unite(std::uint32_t a, std::uint32_t b);
  void call_shape(Op& op) const;

  const vm::Function& function_;
  std::uint32_t registers_;
  std::vector<Op> ops_;
  std::vector<std::uint32_t> op_at_;  // running word -> op
  std::vector<Block> blocks_;
  std::vector<std::uint32_t> block_of_;  // op -> block
  std::vector<RegisterSet> live_before_;
  std::uint32_t first_result_ = 0;
  mutable std::vector<std::uint32_t> parents_;
  std::vector<Bank> banks_;
};

/// Functions that a function calls by name.
std::vector<const vm::Function*> callees_of(const vm::Function& function);

/// Has a window with its arguments: calls, natives, spawn and send.
bool is_call(vm::Handler handler);
bool is_back_edge(vm::Handler handler);
bool is_branch(vm::Handler handler);
/// The forward form of a back edge; other handlers as they are.
vm::Handler forward_form(vm::Handler handler);
/// True when control never continues behind it.
bool ends_flow(const Op& op);
/// Parks the process as a rule: left to the interpreter.
bool waits(vm::Handler handler);

/// Calls `use` with each S register that an op reads.
template <class F>
void each_scalar_use(const Op& op, std::uint32_t registers, F use) {
  const bytecode::Instruction& i = op.portable;
  const bytecode::Operands& o = bytecode::kOperands[static_cast<std::size_t>(i.op)];
  if (waits(op.handler)) {
    for (std::uint32_t s = i.a; s < registers; ++s) use(s);
    return;
  }
  if (o.a == 's') use(i.a);
  if (o.b == 's') use(i.b);
  if (o.c == 's') use(i.c);
  if (is_call(op.handler)) {
    for (std::uint32_t s = i.a; s < i.a + op.scalar_args && s < registers; ++s) use(s);
  }
}

/// The S register an op writes; 256 when it writes none.
inline std::uint32_t scalar_result(const Op& op) {
  const bytecode::Operands& o = bytecode::kOperands[static_cast<std::size_t>(op.portable.op)];
  if (o.a == 'S') return op.portable.a;
  return is_call(op.handler) && op.scalar_result ? op.portable.a : 256;
}

}  // namespace noodle::jit
