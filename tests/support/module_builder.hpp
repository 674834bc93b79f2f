// Builds byte code modules by hand for tests: an assembler with labels, and the usual types on demand.
//
//   ModuleBuilder b;
//   FunctionBuilder& f = b.function("abs", {b.int_()}, b.int_());
//   const Label done = f.label();
//   f.jump(Op::jgek, 0, 0, done).op(Op::neg, 0, 0).bind(done).op(Op::rets, 0);
//   Module m = b.build();
#pragma once

#include <cstdint>
#include <deque>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/bytecode/builtins.hpp"
#include "runtime/bytecode/inference.hpp"
#include "runtime/bytecode/instruction.hpp"
#include "runtime/bytecode/module.hpp"

namespace noodle::test {

using namespace bytecode;  // NOLINT: this header is for tests only

struct Label {
  std::size_t index = 0;
};

class FunctionBuilder {
 public:
  FunctionBuilder(std::uint32_t index, std::string name, Signature signature, const std::vector<TypeDef>& types)
      : index_(index) {
    def_.name = std::move(name);
    for (const TypeRef& p : signature.params) {
      ++(is_scalar_kind(types[p.index].kind) ? def_.scalar_registers : def_.pointer_registers);
    }
    def_.signature = std::move(signature);
  }

  std::uint32_t index() const { return index_; }
  FunctionDef& def() { return def_; }

  /// Instruction without extra word; operands as in its format, `A B C`.
  FunctionBuilder& op(Op o, std::uint32_t a = 0, std::int32_t b = 0, std::int32_t c = 0) {
    const Operands& f = kOperands[static_cast<std::size_t>(o)];
    grow(f, a, static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(c));
    def_.code.push_back(make_abc(o, a, static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(c)));
    return *this;
  }
  /// Instruction with a 16-bit operand: ldi, ldk, lds, new_.
  FunctionBuilder& wide(Op o, std::uint32_t a, std::int32_t d) {
    grow(kOperands[static_cast<std::size_t>(o)], a, 0, 0);
    def_.code.push_back(make_ad(o, a, static_cast<std::uint32_t>(d)));
    return *this;
  }
  /// Instruction with an extra word.
  FunctionBuilder& ext(Op o, std::uint32_t a, std::int32_t b, std::int32_t c, std::uint32_t extra) {
    op(o, a, b, c);
    def_.code.push_back(extra);
    return *this;
  }
  /// Call-like instruction: window at S[a], P[b].
  FunctionBuilder& call(Op o, std::uint32_t a, std::int32_t b, std::uint32_t extra) { return ext(o, a, b, 0, extra); }
  FunctionBuilder& jump(Op o, std::uint32_t a, std::int32_t b, Label target) {
    op(o, a, b, 0);
    fixups_.push_back({static_cast<std::uint32_t>(def_.code.size()), target.index});
    def_.code.push_back(0);
    return *this;
  }
  FunctionBuilder& jmp(Label target) { return jump(Op::jmp, 0, 0, target); }
  FunctionBuilder& ldi(std::uint32_t a, std::int32_t value) { return wide(Op::ldi, a, value); }

  Label label() {
    labels_.push_back(kNone);
    return {labels_.size() - 1};
  }
  FunctionBuilder& bind(Label label) {
    labels_[label.index] = static_cast<std::uint32_t>(def_.code.size());
    return *this;
  }
  Label here() {
    const Label l = label();
    bind(l);
    return l;
  }
  /// Errors thrown in [start, end) continue at `target` with the Error in P[error_register]. Inner ranges first.
  FunctionBuilder& handler(Label start, Label end, Label target, std::uint32_t error_register) {
    handlers_.push_back({start.index, end.index, target.index, error_register});
    reserve(0, error_register + 1);
    return *this;
  }
  /// At least so many registers; operands raise the counts on their own.
  FunctionBuilder& reserve(std::uint32_t scalars, std::uint32_t pointers) {
    if (def_.scalar_registers < scalars) def_.scalar_registers = scalars;
    if (def_.pointer_registers < pointers) def_.pointer_registers = pointers;
    return *this;
  }
  FunctionBuilder& line(std::uint32_t line, std::uint32_t column = 1) {
    def_.lines.push_back({static_cast<std::uint32_t>(def_.code.size()), line, column});
    return *this;
  }

  FunctionDef finish() const {
    FunctionDef def = def_;
    for (const auto& [word, label] : fixups_) def.code[word] = labels_[label] - (word + 1);
    for (const HandlerRange& h : handlers_) {
      def.handlers.push_back({labels_[h.start], labels_[h.end], labels_[h.target], h.error_register});
    }
    return def;
  }

 private:
  struct Fixup { std::uint32_t word; std::size_t label; };
  struct LabelRange { std::size_t start, end, target; std::uint32_t error_register; };

  void grow(const Operands& f, std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    const auto operand = [&](char letter, std::uint32_t value) {
      if (letter == 'S' || letter == 's' || letter == 'x' || letter == 'a') reserve(value + 1, 0);
      if (letter == 'P' || letter == 'p' || letter == 'b') reserve(0, value + 1);
    };
    operand(f.a, a);
    operand(f.b, b);
    operand(f.c, c);
  }

  std::uint32_t index_;
  FunctionDef def_;
  std::vector<std::uint32_t> labels_;
  std::vector<Fixup> fixups_;
  struct Range { std::size_t start, end, target; std::uint32_t error_register; };
  std::vector<Range> ranges_;
  std::vector<HandlerRange> unused_;
  std::vector<LabelRange> handlers_list_;
  std::vector<HandlerRange> handlers_;
};

}  // namespace noodle::test
