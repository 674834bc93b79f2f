// std.time and the host object `time`.
#include "runtime/natives/native_call.hpp"
#include "runtime/run/outside.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/stdlib/time_text.hpp"

namespace noodle::stdlib {
namespace {

using vm::NativeContext;
using vm::NativeStatus;

NativeStatus now(NativeContext& native) {
  return vm::give_int(native, process::clock_of(native.process).wall_ns());
}
NativeStatus monotonic(NativeContext& native) {
  return vm::give_int(native, process::clock_of(native.process).monotonic_ns());
}

template <std::optional<std::int64_t> (*Parse)(std::string_view)>
NativeStatus parse(NativeContext& native) {
  std::string_view text;
  if (!vm::text_at(native, 0, text)) return NativeStatus::trap;
  native.charge(text.size() / vm::kBytesPerFuelUnit);
  const std::optional<std::int64_t> nanos = Parse(text);
  if (nanos) return vm::give(native, vm::new_box(native.process, vm::result_type(native), {.i = *nanos}));
  native.p[0] = nullptr;
  return NativeStatus::ok;
}

constexpr vm::NativeEntry kTable[] = {
    {"time.parse", "(String)Time?", parse<parse_time>},
    {"duration.parse", "(String)Duration?", parse<parse_duration>},
    {"time.now", "()Time", now},
    {"time.monotonic", "()Duration", monotonic},
    {"Clock.now", "(I)Time", now},
    {"Clock.monotonic", "(I)Duration", monotonic},
};

}  // namespace

NativeTable time_natives() {
  return kTable;
}

}  // namespace noodle::stdlib
