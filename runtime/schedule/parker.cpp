#include "runtime/schedule/parker.hpp"

#include <linux/futex.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>

namespace noodle::process {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value, const timespec* timeout) {
  static_assert(sizeof(word) == sizeof(std::uint32_t));
  return syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), operation, value, timeout, nullptr, 0);
}

/// Timed waits of this thread end on time; by default the kernel may add 50 us.
void want_exact_timers() {
  static thread_local const int done = prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  static_cast<void>(done);
}

}  // namespace

void Parker::park(std::int64_t timeout_ns) {
  if (token_.exchange(0) == 1) return;
  want_exact_timers();
  timespec timeout{static_cast<std::time_t>(timeout_ns / kSecond), timeout_ns % kSecond};
  // A spurious return is harmless: callers look for work again.
  futex(token_, FUTEX_WAIT_PRIVATE, 0, timeout_ns < 0 ? nullptr : &timeout);
  token_.exchange(0);  // not a store: what was done before the unpark is seen after the park
}

void Parker::unpark() {
  if (token_.exchange(1) == 0) futex(token_, FUTEX_WAKE_PRIVATE, 1, nullptr);
}

}  // namespace noodle::process
