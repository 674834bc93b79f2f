// std.math: elementary functions of the C library, wrapping arithmetic and bits.
#include <bit>
#include <cmath>
#include <limits>

#include "runtime/natives/native_call.hpp"
#include "runtime/stdlib/register.hpp"

namespace noodle::stdlib {
namespace {

using vm::give_float;
using vm::give_int;
using vm::NativeContext;
using vm::NativeStatus;

template <double (*Function)(double)>
NativeStatus unary(NativeContext& native) {
  return give_float(native, Function(native.s[0].f));
}

template <double (*Function)(double, double)>
NativeStatus binary(NativeContext& native) {
  return give_float(native, Function(native.s[0].f, native.s[1].f));
}

NativeStatus infinity(NativeContext& native) {
  return give_float(native, std::numeric_limits<double>::infinity());
}
NativeStatus nan(NativeContext& native) {
  return give_float(native, std::numeric_limits<double>::quiet_NaN());
}

NativeStatus wrap(NativeContext& native, std::uint64_t value) {
  native.s[0].u = value;
  return NativeStatus::ok;
}
NativeStatus wrap_add(NativeContext& native) {
  return wrap(native, native.s[0].u + native.s[1].u);
}
NativeStatus wrap_sub(NativeContext& native) {
  return wrap(native, native.s[0].u - native.s[1].u);
}
NativeStatus wrap_mul(NativeContext& native) {
  return wrap(native, native.s[0].u * native.s[1].u);
}

NativeStatus shift_right(NativeContext& native) {
  const std::int64_t count = native.s[1].i;
  if (count < 0 || count > 63) {
    return native.trap(Code::bad_shift, "shift count " + std::to_string(count) + " is outside 0..63");
  }
  return wrap(native, native.s[0].u >> count);
}
NativeStatus rotate_left(NativeContext& native) {
  return wrap(native, std::rotl(native.s[0].u, static_cast<int>(native.s[1].u & 63)));
}
NativeStatus pop_count(NativeContext& native) {
  return give_int(native, std::popcount(native.s[0].u));
}
NativeStatus leading_zeros(NativeContext& native) {
  return give_int(native, std::countl_zero(native.s[0].u));
}
NativeStatus trailing_zeros(NativeContext& native) {
  return give_int(native, std::countr_zero(native.s[0].u));
}
// The bits of a float are the slot itself.
NativeStatus same_bits(NativeContext&) {
  return NativeStatus::ok;
}

constexpr vm::NativeEntry kTable[] = {
    {"math.infinity", "()float", infinity},
    {"math.nan", "()float", nan},
    {"math.sqrt", "(float)float", unary<std::sqrt>},
    {"math.cbrt", "(float)float", unary<std::cbrt>},
    {"math.hypot", "(float, float)float", binary<std::hypot>},
    {"math.exp", "(float)float", unary<std::exp>},
    {"math.expm1", "(float)float", unary<std::expm1>},
    {"math.log", "(float)float", unary<std::log>},
    {"math.log1p", "(float)float", unary<std::log1p>},
    {"math.log2", "(float)float", unary<std::log2>},
    {"math.log10", "(float)float", unary<std::log10>},
    {"math.pow", "(float, float)float", binary<std::pow>},
    {"math.sin", "(float)float", unary<std::sin>},
    {"math.cos", "(float)float", unary<std::cos>},
    {"math.tan", "(float)float", unary<std::tan>},
    {"math.asin", "(float)float", unary<std::asin>},
    {"math.acos", "(float)float", unary<std::acos>},
    {"math.atan", "(float)float", unary<std::atan>},
    {"math.atan2", "(float, float)float", binary<std::atan2>},
    {"math.sinh", "(float)float", unary<std::sinh>},
    {"math.cosh", "(float)float", unary<std::cosh>},
    {"math.tanh", "(float)float", unary<std::tanh>},
    {"math.floor", "(float)float", unary<std::floor>},
    {"math.ceil", "(float)float", unary<std::ceil>},
    {"math.round", "(float)float", unary<std::round>},
    {"math.trunc", "(float)float", unary<std::trunc>},
    {"math.wrapAdd", "(int, int)int", wrap_add},
    {"math.wrapSub", "(int, int)int", wrap_sub},
    {"math.wrapMul", "(int, int)int", wrap_mul},
    {"math.shiftRight", "(int, int)int", shift_right},
    {"math.rotateLeft", "(int, int)int", rotate_left},
    {"math.popCount", "(int)int", pop_count},
    {"math.leadingZeros", "(int)int", leading_zeros},
    {"math.trailingZeros", "(int)int", trailing_zeros},
    {"math.floatBits", "(float)int", same_bits},
    {"math.floatFromBits", "(int)float", same_bits},
};

}  // namespace

NativeTable math_natives() {
  return kTable;
}

}  // namespace noodle::stdlib
