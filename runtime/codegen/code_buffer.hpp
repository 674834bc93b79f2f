// The code of one function while it is generated: instructions with symbolic labels, made into words at the end.
//
// Code behind a jump, return or throw is unreachable until a used label is bound; `emit` drops it silently.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/bytecode/module.hpp"
#include "runtime/lang/source.hpp"

namespace noodle::codegen {

using Label = std::uint32_t;
constexpr Label kNoLabel = 0xffffffff;
constexpr std::uint32_t kNoOffset = 0xffffffff;
constexpr std::uint32_t kNoMark = 0xffffffff;

/// One instruction. `value` is the D operand or the extra word; branches have `target` instead.
struct Instruction {
  bytecode::Op op{};
  std::uint32_t a = 0, b = 0, c = 0;
  std::uint32_t value = 0;
  Label target = kNoLabel;
  std::uint32_t offset = kNoOffset;  // source position, of instructions that can trap or call
  std::uint32_t mark = kNoMark;      // coverage: number of the point this instruction stands for
};

/// Exception handler between labels.
struct CatchRange {
  Label start = kNoLabel, end = kNoLabel, target = kNoLabel;
  std::uint32_t error_register = 0;
};

/// The body of an inlined function between labels; `offset` is the position of the call.
struct InlinedRange {
  Label start = kNoLabel, end = kNoLabel;
  std::string name;
  std::uint32_t offset = 0;
};

class CodeBuffer {
 public:
  Label new_label();
  void bind(Label label);
  bool is_used(Label label) const { return uses_[label] > 0; }
  /// Marks a label as reachable from elsewhere (exception handlers).
  void use(Label label) { ++uses_[label]; }

  void emit(bytecode::Op op, std::uint32_t a, std::uint32_t b = 0, std::uint32_t c = 0);
  void emit_d(bytecode::Op op, std::uint32_t a, std::uint32_t d);
  void emit_extra(bytecode::Op op, std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t extra);
  void jump(bytecode::Op op, std::uint32_t a, std::uint32_t b, Label target);
  void jump(Label target) { jump(bytecode::Op::jmp, 0, 0, target); }
  void add_catch(const CatchRange& range) { catches_.push_back(range); }

  /// Reaching this place counts for coverage. On a straight way a line is marked once.
  void mark(const bytecode::CoveragePoint& point);

  void add_inlined(InlinedRange range) { inlined_.push_back(std::move(range)); }

  bool reachable() const { return reachable_; }
  void set_position(std::uint32_t offset) { offset_ = offset; }
  std::uint32_t position() const { return offset_; }
  std::size_t size() const { return code_.size(); }

  std::vector<Instruction>& code() { return code_; }
  std::vector<CatchRange>& catches() { return catches_; }
  /// Index of the instruction a label is bound to.
  std::uint32_t place(Label label) const { return places_[label]; }

  /// Removes the instructions marked in `dead` (same size as code) and moves labels to the next one kept.
  void remove(const std::vector<bool>& dead);
  /// Threads jumps to jumps, drops jumps to the next instruction and unreachable code.
  void tidy();
  /// First word of every instruction, plus the end.
  std::vector<std::uint32_t> word_starts() const;
  /// Writes code, handlers, the line table and the inlined calls into `function`.
  void assemble(bytecode::FunctionDef& function, const lang::SourceFile* file) const;
  /// The inlined calls of the assembled code; `first`: indexes of instructions as words.
  std::vector<bytecode::InlinedCall> inlined_calls(const std::vector<std::uint32_t>& first,
                                                   const lang::SourceFile& file) const;

 private:
  void push(Instruction instruction);
  void forward_stores();
  bool remove_unreachable();

  std::vector<Instruction> code_;
  std::vector<std::uint32_t> places_;
  std::vector<std::uint32_t> uses_;
  std::vector<CatchRange> catches_;
  std::vector<InlinedRange> inlined_;
  std::vector<bytecode::CoveragePoint> points_;
  bool reachable_ = true;
  std::uint32_t offset_ = 0;
  std::uint32_t marked_line_ = 0;
};

/// True for instructions that can trap, allocate, call or park: they need a line entry.
bool needs_position(bytecode::Op op);
inline bool is_branch(bytecode::Op op) {
  return op >= bytecode::Op::jmp && op <= bytecode::Op::jstrne;
}
inline bool ends_flow(bytecode::Op op) {
  return op == bytecode::Op::jmp || (op >= bytecode::Op::ret && op <= bytecode::Op::throw_);
}

}  // namespace noodle::codegen
