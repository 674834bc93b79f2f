// One instruction of portable code, decoded.
#pragma once

#include "runtime/bytecode/module.hpp"

namespace noodle::bytecode {

/// Operand letters of an opcode (opcodes.def), split by place; '-' where there is none.
struct Operands {
  char a = '-', b = '-', c = '-';
  char d = '-';      // 16-bit operand in place of B and C
  char extra = '-';  // operand in the extra word
  bool has_extra = false;
};

constexpr Operands parse_format(const char* format) {
  Operands o;
  o.a = format[0];
  if (format[2] == 0) {
    o.d = format[1];
    return o;
  }
  o.b = format[1];
  o.c = format[2];
  if (format[3] == '+') {
    o.has_extra = true;
    o.extra = format[4];
  }
  return o;
}

constexpr Operands kOperands[kOpCount] = {
#define NOODLE_OP(name, format, effect) parse_format(format),
#include "runtime/bytecode/opcodes.def"
#undef NOODLE_OP
};

struct Instruction {
  Op op;
  std::uint32_t a, b, c;
  std::uint32_t d;     // unsigned view of B and C
  Word extra;          // 0 when there is none
  std::uint32_t next;  // word after it

  std::int32_t signed_b() const { return static_cast<std::int8_t>(b); }
  std::int32_t signed_c() const { return static_cast<std::int8_t>(c); }
  std::int32_t signed_d() const { return static_cast<std::int16_t>(d); }
  /// Word index a branch goes to; may lie outside the code until it is checked.
  std::int64_t target() const { return std::int64_t{next} + static_cast<std::int32_t>(extra); }
};

/// Precondition: `word` starts an instruction that lies in `code` with its extra word (scan_code has checked it).
inline Instruction decode(const Word* code, std::uint32_t word) {
  const Word w = code[word];
  Instruction i;
  i.op = static_cast<Op>(w & 255);
  i.a = w >> 8 & 255;
  i.b = w >> 16 & 255;
  i.c = w >> 24;
  i.d = w >> 16;
  const bool extra = kOperands[w & 255].has_extra;
  i.extra = extra ? code[word + 1] : 0;
  i.next = word + 1 + extra;
  return i;
}

/// True when control never continues behind the instruction.
constexpr bool ends_block(Op op) {
  return op == Op::jmp || op == Op::ret || op == Op::rets || op == Op::retp || op == Op::throw_;
}

}  // namespace noodle::bytecode
