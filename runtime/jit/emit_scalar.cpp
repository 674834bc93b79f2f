// Arithmetic and comparisons on S registers.
#include <bit>
#include <limits>

#include "runtime/jit/emitter.hpp"

namespace noodle::jit {

using namespace asmjit;
using vm::Handler;
using x86::CondCode;
namespace Inst = x86::Inst;

namespace {

/// The immediate in C of a running word.
std::int64_t immediate_c(std::uint64_t word) {
  return static_cast<std::int64_t>(word) >> 48;
}

}  // namespace

bool Emitter::scalar_op(std::uint32_t k) {
  switch (at(k).handler) {
    case Handler::mov:
      move(k);
      return true;
    case Handler::ldi:
    case Handler::ldk:
      constant_op(k);
      return true;
    case Handler::add:
      add_or_subtract(k, false);
      return true;
    case Handler::sub:
      add_or_subtract(k, true);
      return true;
    case Handler::mul:
    case Handler::mulk:
      multiply(k);
      return true;
    case Handler::addk:
      add_constant(k);
      return true;
    case Handler::div:
      divide(k, false);
      return true;
    case Handler::mod:
      divide(k, true);
      return true;
    case Handler::divk:
      divide_by_constant(k, false);
      return true;
    case Handler::modk:
      divide_by_constant(k, true);
      return true;
    case Handler::neg:
      negate(k);
      return true;
    case Handler::band:
      bitwise(k, Inst::kIdAnd, true);
      return true;
    case Handler::bor:
      bitwise(k, Inst::kIdOr, true);
      return true;
    case Handler::bxor:
      bitwise(k, Inst::kIdXor, true);
      return true;
    case Handler::wadd:
      bitwise(k, Inst::kIdAdd, true);
      return true;
    case Handler::wsub:
      bitwise(k, Inst::kIdSub, false);
      return true;
    case Handler::wmul:
      bitwise(k, Inst::kIdImul, true);
      return true;
    case Handler::bandk: {
      const Gp value = result(k);
      const Gp from = general(at(k).portable.b);
      if (value.id() != from.id()) cc_.mov(value, from);
      cc_.and_(value, immediate_c(word(k)));
      define(k, value);
      return true;
    }
    case Handler::bnot: {
      const Gp value = result(k);
      const Gp from = general(at(k).portable.b);
      if (value.id() != from.id()) cc_.mov(value, from);
      cc_.not_(value);
      define(k, value);
      return true;
    }
    case Handler::shl:
    case Handler::shlk:
      shift(k, Inst::kIdShl);
      return true;
    case Handler::shr:
    case Handler::shrk:
      shift(k, Inst::kIdSar);
      return true;
    case Handler::fadd:
      float_binary(k, Inst::kIdAddsd);
      return true;
    case Handler::fsub:
      float_binary(k, Inst::kIdSubsd);
      return true;
    case Handler::fmul:
      float_binary(k, Inst::kIdMulsd);
      return true;
    case Handler::fdiv:
      float_binary(k, Inst::kIdDivsd);
      return true;
    case Handler::fmod:
      float_remainder(k);
      return true;
    case Handler::fneg:
    case Handler::fabs:
    case Handler::fsqrt:
      float_unary(k);
      return true;
    case Handler::i2f:
    case Handler::f2i:
    case Handler::i2b:
      convert(k);
      return true;
    case Handler::seq:
      compare(k, CondCode::kE);
      return true;
    case Handler::sne:
      compare(k, CondCode::kNE);
      return true;
    case Handler::slt:
      compare(k, CondCode::kL);
      return true;
    case Handler::sle:
      compare(k, CondCode::kLE);
      return true;
    case Handler::not_: {
      const Gp value = temp();
      const Gp from = general(at(k).portable.b);
      cc_.xor_(value, value);
      cc_.test(from, from);
      cc_.setz(value.r8());
      define(k, value);
      return true;
    }
    case Handler::fseq:
    case Handler::fsne:
    case Handler::fslt:
    case Handler::fsle:
      float_compare(k);
      return true;
    default:
      return false;
  }
}

void Emitter::move(std::uint32_t k) {
  const std::uint32_t from = now_[at(k).portable.b];
  if (flow_.bank(from) == Bank::vector) {
    define(k, vector_web(from));
  } else {
    define(k, general_web(from));
  }
}

void Emitter::constant_op(std::uint32_t k) {
  const bool wide = at(k).handler == Handler::ldk;
  const std::uint64_t bits =
      wide ? second_word(k) : static_cast<std::uint64_t>(static_cast<std::int64_t>(word(k)) >> 32);
  if (flow_.bank(flow_.web_of_result(k)) == Bank::vector) {
    define(k, constant_vector(bits));
  } else {
    const Gp value = result(k);
    cc_.mov(value, bits);
    define(k, value);
  }
}

/// In place where the operands allow it: overflow wraps, so the exit can take the step back.
void Emitter::add_or_subtract(std::uint32_t k, bool subtract) {
  const Gp b = general(at(k).portable.b);
  const Gp c = general(at(k).portable.c);
  const Gp value = result(k);
  const bool on_b = value.id() == b.id();
  const bool on_c = value.id() == c.id();
  if ((on_b && on_c) || (on_c && subtract) || (!on_b && !on_c && is_kept_by_exit(k))) {
    const Gp sum = temp();
    cc_.mov(sum, b);
    subtract ? cc_.sub(sum, c) : cc_.add(sum, c);
    cc_.jo(leave(k));
    define(k, sum);
    return;
  }
  const Gp other = on_c ? b : c;
  if (!on_b && !on_c) cc_.mov(value, b);
  subtract ? cc_.sub(value, other) : cc_.add(value, other);
  if (on_b || on_c) {
    cc_.jo(leave(k, [this, value, other, subtract] { subtract ? cc_.add(value, other) : cc_.sub(value, other); }));
  } else {
    cc_.jo(leave(k));
  }
  define(k, value);
}

void Emitter::add_constant(std::uint32_t k) {
  const Gp b = general(at(k).portable.b);
  const Gp value = result(k);
  const std::int64_t by = immediate_c(word(k));
  if (value.id() == b.id()) {
    cc_.add(value, by);
    cc_.jo(leave(k, [this, value, by] { cc_.sub(value, by); }));
  } else if (is_kept_by_exit(k)) {
    const Gp sum = temp();
    cc_.mov(sum, b);
    cc_.add(sum, by);
    cc_.jo(leave(k));
    define(k, sum);
    return;
  } else {
    cc_.mov(value, b);
    cc_.add(value, by);
    cc_.jo(leave(k));
  }
  define(k, value);
}

void Emitter::multiply(std::uint32_t k) {
  const Gp product = temp();
  const Gp b = general(at(k).portable.b);
  if (at(k).handler == Handler::mulk) {
    cc_.imul(product, b, immediate_c(word(k)));
  } else {
    cc_.mov(product, b);
    cc_.imul(product, general(at(k).portable.c));
  }
  cc_.jo(leave(k));
  define(k, product);
}

/// Divisors 0 and -1 are the interpreter's.
void Emitter::divide(std::uint32_t k, bool remainder) {
  const Gp dividend = general(at(k).portable.b);
  const Gp divisor = general(at(k).portable.c);
  const Gp check = temp();
  cc_.lea(check, x86::ptr(divisor, 1));
  cc_.cmp(check, 1);
  cc_.jbe(leave(k));
  const Gp low = temp();
  const Gp high = temp();
  cc_.mov(low, dividend);
  cc_.cqo(high, low);
  cc_.idiv(high, low, divisor);
  define(k, remainder ? high : low);
}

void Emitter::divide_by_constant(std::uint32_t k, bool remainder) {
  const Gp dividend = general(at(k).portable.b);
  const std::int64_t divisor = immediate_c(word(k));
  const std::uint64_t size =
      divisor < 0 ? 0 - static_cast<std::uint64_t>(divisor) : static_cast<std::uint64_t>(divisor);
  const Gp quotient = temp();
  if (std::has_single_bit(size) && divisor > 0) {  // truncated: negative dividends are rounded up
    const int shift = std::countr_zero(size);
    const Gp bias = temp();
    cc_.mov(bias, dividend);
    if (shift > 0) {
      cc_.sar(bias, 63);
      cc_.shr(bias, 64 - shift);
    } else {
      cc_.xor_(bias, bias);
    }
    cc_.lea(quotient, x86::ptr(dividend, bias));
    if (remainder) {
      cc_.and_(quotient, static_cast<std::int64_t>(size - 1));
      cc_.sub(quotient, bias);
    } else {
      cc_.sar(quotient, shift);
    }
    define(k, quotient);
    return;
  }
  // Multiplication by the reciprocal (Granlund and Montgomery 1994, in the form of Hacker's Delight 10-1).
  const std::uint64_t two63 = std::uint64_t{1} << 63;
  const std::uint64_t limit = two63 + (static_cast<std::uint64_t>(divisor) >> 63);
  const std::uint64_t largest = limit - 1 - limit % size;
  unsigned exponent = 63;
  std::uint64_t quotient1 = two63 / largest, rest1 = two63 % largest;
  std::uint64_t quotient2 = two63 / size, rest2 = two63 % size;
  std::uint64_t delta = 0;
  do {
    ++exponent;
    quotient1 *= 2, rest1 *= 2;
    if (rest1 >= largest) ++quotient1, rest1 -= largest;
    quotient2 *= 2, rest2 *= 2;
    if (rest2 >= size) ++quotient2, rest2 -= size;
    delta = size - rest2;
  } while (quotient1 < delta || (quotient1 == delta && rest1 == 0));
  auto magic = static_cast<std::int64_t>(quotient2 + 1);
  if (divisor < 0) magic = -magic;
  const Gp low = temp();
  const Gp sign = temp();
  cc_.mov(low, magic);
  cc_.imul(quotient, low, dividend);
  if (divisor > 0 && magic < 0) cc_.add(quotient, dividend);
  if (divisor < 0 && magic > 0) cc_.sub(quotient, dividend);
  if (exponent > 64) cc_.sar(quotient, exponent - 64);
  cc_.mov(sign, quotient);
  cc_.shr(sign, 63);
  cc_.add(quotient, sign);
  if (remainder) {
    const Gp rest = temp();
    cc_.imul(quotient, quotient, divisor);
    cc_.mov(rest, dividend);
    cc_.sub(rest, quotient);
    define(k, rest);
  } else {
    define(k, quotient);
  }
}

void Emitter::negate(std::uint32_t k) {
  const Gp value = temp();
  cc_.mov(value, general(at(k).portable.b));
  cc_.neg(value);
  cc_.jo(leave(k));
  define(k, value);
}

void Emitter::bitwise(std::uint32_t k, InstId id, bool commutes) {
  const Gp b = general(at(k).portable.b);
  const Gp c = general(at(k).portable.c);
  Gp value = result(k);
  const bool on_c = value.id() == c.id() && value.id() != b.id();
  if (on_c && !commutes) value = temp();
  if (on_c && commutes) {
    cc_.emit(id, value, b);
  } else {
    if (value.id() != b.id()) cc_.mov(value, b);
    cc_.emit(id, value, c);
  }
  define(k, value);
}

void Emitter::shift(std::uint32_t k, InstId id) {
  const bool by_constant = at(k).handler == Handler::shlk || at(k).handler == Handler::shrk;
  const Gp value = temp();
  const Gp from = general(at(k).portable.b);
  if (by_constant) {
    cc_.mov(value, from);
    cc_.emit(id, value, imm(word(k) >> 48 & 63));
  } else {
    const Gp count = general(at(k).portable.c);
    cc_.cmp(count, 63);
    cc_.ja(leave(k));
    cc_.mov(value, from);
    cc_.emit(id, value, count.r8());
  }
  define(k, value);
}

void Emitter::compare(std::uint32_t k, CondCode condition) {
  const Gp value = temp();
  const Gp b = general(at(k).portable.b);
  const Gp c = general(at(k).portable.c);
  cc_.xor_(value, value);
  cc_.cmp(b, c);
  cc_.set(condition, value.r8());
  define(k, value);
}

void Emitter::float_binary(std::uint32_t k, InstId id) {
  const Xmm b = vector(at(k).portable.b);
  const Xmm c = vector(at(k).portable.c);
  Xmm value = vector_result(k);
  if (value.id() == c.id() && value.id() != b.id()) value = cc_.newXmmSd();
  if (value.id() != b.id()) cc_.movaps(value, b);
  cc_.emit(id, value, c);
  define(k, value);
}

void Emitter::float_compare(std::uint32_t k) {
  const Xmm b = vector(at(k).portable.b);
  const Xmm c = vector(at(k).portable.c);
  const Gp value = temp();
  cc_.xor_(value, value);
  const Handler handler = at(k).handler;
  if (handler == Handler::fslt || handler == Handler::fsle) {
    cc_.ucomisd(c, b);  // nan sets the carry: above and above-or-equal are false
    handler == Handler::fslt ? cc_.seta(value.r8()) : cc_.setae(value.r8());
  } else {
    const Gp ordered = temp();
    cc_.xor_(ordered, ordered);
    cc_.ucomisd(b, c);
    if (handler == Handler::fseq) {
      cc_.sete(value.r8());
      cc_.setnp(ordered.r8());
      cc_.and_(value, ordered);
    } else {
      cc_.setne(value.r8());
      cc_.setp(ordered.r8());
      cc_.or_(value, ordered);
    }
  }
  define(k, value);
}

void Emitter::float_unary(std::uint32_t k) {
  const Xmm from = vector(at(k).portable.b);
  const Xmm value = vector_result(k);
  if (at(k).handler == Handler::fsqrt) {
    cc_.sqrtsd(value, from);
  } else {
    constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
    const bool negative = at(k).handler == Handler::fneg;
    const std::uint64_t mask[2] = {negative ? kSign : ~kSign, 0};
    const Mem constant = cc_.newConst(ConstPoolScope::kLocal, mask, sizeof mask);
    if (value.id() != from.id()) cc_.movaps(value, from);
    negative ? cc_.xorps(value, constant) : cc_.andps(value, constant);
  }
  define(k, value);
}

void Emitter::float_remainder(std::uint32_t k) {
  const Xmm b = vector(at(k).portable.b);
  const Xmm c = vector(at(k).portable.c);
  const Xmm value = cc_.newXmmSd();
  InvokeNode* call = nullptr;
  cc_.invoke(&call, imm(reinterpret_cast<std::uintptr_t>(&remainder_of)), FuncSignatureT<double, double, double>());
  call->setArg(0, b);
  call->setArg(1, c);
  call->setRet(0, value);
  define(k, value);
}

void Emitter::convert(std::uint32_t k) {
  if (at(k).handler == Handler::i2f) {
    const Gp from = general(at(k).portable.b);
    const Xmm value = vector_result(k);
    cc_.xorps(value, value);
    cc_.cvtsi2sd(value, from);
    define(k, value);
  } else if (at(k).handler == Handler::f2i) {
    const Xmm from = vector(at(k).portable.b);
    const Gp value = temp();
    cc_.cvttsd2si(value, from);
    const Gp invalid = constant(std::uint64_t{1} << 63);
    cc_.cmp(value, invalid);
    cc_.je(leave(k));
    define(k, value);
  } else {
    const Gp from = general(at(k).portable.b);
    cc_.cmp(from, 255);
    cc_.ja(leave(k));
    define(k, from);
  }
}

}  // namespace noodle::jit
