// Natives of numbers, Duration and Time.
#include <cmath>

#include "runtime/natives/native_call.hpp"

namespace noodle::vm {
namespace {

using bytecode::TypeKind;

constexpr std::int64_t kSecond = 1'000'000'000;

NativeStatus is_nan(NativeContext& native) {
  return give_bool(native, std::isnan(native.s[0].f));
}
NativeStatus is_finite(NativeContext& native) {
  return give_bool(native, std::isfinite(native.s[0].f));
}

NativeStatus nanos(NativeContext&) {
  return NativeStatus::ok;
}  // a Duration is its nanoseconds
NativeStatus micros(NativeContext& native) {
  return give_int(native, native.s[0].i / 1000);
}
NativeStatus millis(NativeContext& native) {
  return give_int(native, native.s[0].i / 1'000'000);
}
NativeStatus seconds(NativeContext& native) {
  return give_float(native, static_cast<double>(native.s[0].i) / 1e9);
}

NativeStatus unix_seconds(NativeContext& native) {
  const std::int64_t nanoseconds = native.s[0].i;
  return give_int(native, nanoseconds / kSecond - (nanoseconds % kSecond < 0));
}

NativeStatus add_time(NativeContext& native) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(native.s[0].i, native.s[1].i, &sum)) {
    return native.trap(Code::integer_overflow, "the Time is out of range");
  }
  return give_int(native, sum);
}

NativeStatus subtract_time(NativeContext& native) {
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(native.s[0].i, native.s[1].i, &difference)) {
    return native.trap(Code::integer_overflow, "the difference of the Times is out of range");
  }
  return give_int(native, difference);
}

NativeStatus magnitude(NativeContext& native) {
  const TypeKind kind = kind_of(native, param_type(native, 0));
  if (kind == TypeKind::float_) return give_float(native, std::fabs(native.s[0].f));
  if (kind != TypeKind::int_ && kind != TypeKind::duration && kind != TypeKind::byte) {
    return native.trap(Code::invalid_argument, "abs needs a number or a Duration");
  }
  const std::int64_t value = native.s[0].i;
  if (value == INT64_MIN)
    return native.trap(Code::integer_overflow, "integer overflow: abs(" + std::to_string(value) + ")");
  return give_int(native, value < 0 ? -value : value);
}

constexpr NativeEntry kEntries[] = {
    {"float.isNan", "(float)bool", is_nan},
    {"float.isFinite", "(float)bool", is_finite},
    {"duration.nanos", "(Duration)int", nanos},
    {"duration.micros", "(Duration)int", micros},
    {"duration.millis", "(Duration)int", millis},
    {"duration.seconds", "(Duration)float", seconds},
    {"duration.fromNanos", "(int)Duration", nanos},
    {"time.unix", "(Time)int", unix_seconds},
    {"time.unixNanos", "(Time)int", nanos},
    {"time.fromUnixNanos", "(int)Time", nanos},
    {"time.since", "(Time, Time)Duration", subtract_time},
    {"time.plus", "(Time, Duration)Time", add_time},
    {"time.minus", "(Time, Duration)Time", subtract_time},
    {"value.abs", "(N)N", magnitude},
};

}  // namespace

NativeTable number_natives() {
  return kEntries;
}

}  // namespace noodle::vm
