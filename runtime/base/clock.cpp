#include "runtime/base/clock.hpp"

#include <chrono>

namespace noodle {
namespace {

template <class C>
std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(C::now().time_since_epoch()).count();
}

}  // namespace

std::int64_t SystemClock::monotonic_ns() const {
  return now_ns<std::chrono::steady_clock>();
}
std::int64_t SystemClock::wall_ns() const {
  return now_ns<std::chrono::system_clock>();
}

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace noodle
