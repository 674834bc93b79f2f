// Puts one thread to sleep until it is woken or a time has passed (a futex).
//
// Threads: park by one thread, unpark by any. An unpark before the park makes the park return at once.
#pragma once

#include <atomic>
#include <cstdint>

namespace noodle::process {

class Parker {
 public:
  /// `timeout_ns` < 0: no limit.
  void park(std::int64_t timeout_ns);
  void unpark();

 private:
  std::atomic<std::uint32_t> token_{0};  // 1: woken
};

}  // namespace noodle::process
