// Emits x86-64 machine code for one function with asmjit's register allocator.
//
// S registers live in virtual registers, one for each web (flow.hpp); P registers are written through to the P stack
// and copies are used where facts.hpp says they are valid. Everything unlikely is emitted behind the function, and what
// can trap, throw or wait is left to the interpreter (vm/machine_code.hpp).
// Threads: one emitter for each compilation.
#pragma once

#include <asmjit/asmjit.h>

#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "runtime/jit/facts.hpp"
#include "runtime/jit/flow.hpp"
#include "runtime/jit/runtime_calls.hpp"

namespace noodle::jit {

// Places in a ListObject, which has a base class and so no offsetof.
constexpr std::int32_t kListStorage = sizeof(vm::Object);
constexpr std::int32_t kListLength = sizeof(vm::Object) + sizeof(vm::Object*);

class Emitter {
 public:
  Emitter(asmjit::CodeHolder& holder, const Flow& flow);
  asmjit::Error run();
  /// Words of the back edges at which the code can be entered.
  const std::vector<std::uint32_t>& back_edges() const { return back_edges_; }

 private:
  using Gp = asmjit::x86::Gp;
  using Xmm = asmjit::x86::Xmm;
  using Mem = asmjit::x86::Mem;
  using Label = asmjit::Label;
  using CondCode = asmjit::x86::CondCode;

  struct Kept {  // an S register to write back, and the web it is in
    std::uint32_t s, web;
  };

  // emitter.cpp: frame, blocks, exits
  void prologue();
  void block(std::uint32_t b);
  void op(std::uint32_t k);
  void exit_tail();
  void load(const Facts& facts);
  void go(std::uint32_t block);
  void branch(CondCode condition, std::uint32_t block);
  void burn(std::uint32_t k);
  void save_fuel();
  void load_fuel();
  void refund();
  std::vector<Kept> kept(std::uint32_t k, std::uint32_t below = 256) const;
  void write_back(const std::vector<Kept>& kept);
  /// A place that leaves to the interpreter before op `k`. `undo` restores what the op has changed so far.
  Label leave(std::uint32_t k, std::function<void()> undo = {});
  Label cold(std::function<void()> emit);
  Gp call_helper(const Op& op, Helper helper);
  /// The long part of op `k`, behind the function: `before`, the helper, which fails when its answer is above `most`,
  /// `then` with its answer, copies as the op leaves them, and back to `done`.
  Label slow_path(std::uint32_t k, Helper helper, std::uint64_t most, const Facts& after, Label done,
                  std::function<void()> before, std::function<void(Gp)> then);
  /// Returns to the interpreter when a helper has failed, as `failed` says.
  void leave_after(std::uint32_t k, CondCode failed);

  // registers
  Gp general(std::uint32_t s);
  Xmm vector(std::uint32_t s);
  Gp bits_of(Xmm value);
  Gp general_web(std::uint32_t web);
  Xmm vector_web(std::uint32_t web);
  Gp result(std::uint32_t k);
  Xmm vector_result(std::uint32_t k);
  void define(std::uint32_t k, Gp value);
  void define(std::uint32_t k, Xmm value);
  void store(const Mem& to, std::uint32_t web);
  void load_web(std::uint32_t web, const Mem& from);
  Gp pointer(std::uint32_t p);
  Gp storage(std::uint32_t p);
  Gp length(std::uint32_t p);
  void set_pointer(std::uint32_t p, Gp value);
  bool is_kept_by_exit(std::uint32_t k) const;
  Mem home(std::uint32_t s) const { return asmjit::x86::qword_ptr(s_, static_cast<std::int32_t>(s * 8)); }
  Mem pointer_home(std::uint32_t p) const { return asmjit::x86::qword_ptr(p_, static_cast<std::int32_t>(p * 8)); }
  Gp temp() { return cc_.newUInt64(); }
  Gp constant(std::uint64_t value);
  Xmm constant_vector(std::uint64_t bits);

  // emit_scalar.cpp
  bool scalar_op(std::uint32_t k);
  void move(std::uint32_t k);
  void add_or_subtract(std::uint32_t k, bool subtract);
  void add_constant(std::uint32_t k);
  void multiply(std::uint32_t k);
  void divide(std::uint32_t k, bool remainder);
  void divide_by_constant(std::uint32_t k, bool remainder);
  void negate(std::uint32_t k);
  void bitwise(std::uint32_t k, asmjit::InstId id, bool commutes);
  void shift(std::uint32_t k, asmjit::InstId id);
  void compare(std::uint32_t k, CondCode condition);
  void float_binary(std::uint32_t k, asmjit::InstId id);
  void float_compare(std::uint32_t k);
  void float_unary(std::uint32_t k);
  void float_remainder(std::uint32_t k);
  void convert(std::uint32_t k);
  void constant_op(std::uint32_t k);

  // emit_branch.cpp
  void branch_op(std::uint32_t k);
  void text_branch(std::uint32_t k, bool wanted);

  // emit_object.cpp
  bool object_op(std::uint32_t k);
  void allocate(std::uint32_t k, std::size_t size, std::uint64_t header, Helper slow, bool box);
  void get_field(std::uint32_t k);
  void get_pointer_field(std::uint32_t k, bool checked);
  void type_test(std::uint32_t k);
  void cast(std::uint32_t k);
  Gp class_of(Gp object);
  Gp test_type(std::uint32_t k, Gp object);

  // emit_list.cpp: lists and texts
  bool list_op(std::uint32_t k);
  void check_index(std::uint32_t k, Gp index, Gp length);
  void get_element(std::uint32_t k);
  void set_element(std::uint32_t k);
  void push(std::uint32_t k, Helper slow);
  void text_byte(std::uint32_t k);
  void text_size(std::uint32_t k);
  void text_equal(std::uint32_t k);
  Gp texts_equal(std::uint32_t k, std::uint32_t left, std::uint32_t right, Helper slow);
  void by_helper(std::uint32_t k, Helper helper);

  // emit_call.cpp
  bool call_op(std::uint32_t k);
  void call(std::uint32_t k, Gp function);
  void outside(std::uint32_t k, Helper helper);
  void give_back(Gp value);

  const Op& at(std::uint32_t k) const { return flow_.ops()[k]; }
  std::uint64_t word(std::uint32_t k) const { return *flow_.words(at(k)); }
  std::uint64_t second_word(std::uint32_t k) const { return flow_.words(at(k))[1]; }

  asmjit::x86::Compiler cc_;
  const Flow& flow_;
  const FactFlow fact_flow_;
  const vm::Function& function_;
  Gp context_, s_, p_, frame_, entry_, fuel_, exit_word_;
  std::vector<Gp> generals_;
  std::vector<Xmm> vectors_;
  std::vector<Gp> pointers_, storages_, lengths_;
  std::vector<Label> labels_;
  std::vector<std::uint32_t> now_;  // web of each S register
  Facts facts_;
  std::deque<std::function<void()>> cold_;
  std::vector<std::uint32_t> back_edges_;
  Label exit_, refuse_;
  bool fuel_in_register_ = false;  // in functions with loops; else each call takes it from memory
};

}  // namespace noodle::jit
