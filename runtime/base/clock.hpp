// Clock: the seam through which everything reads time, so that tests and simulations set it.
//
// runtime/base holds what every layer above messages uses: clock, configuration, logs, metrics, suggestions.
// Threads: all clocks may be read by any thread.
#pragma once

#include <atomic>
#include <cstdint>

namespace noodle {

class Clock {
 public:
  virtual ~Clock() = default;
  /// Never goes back; only differences mean something.
  virtual std::int64_t monotonic_ns() const = 0;
  /// Since 1970-01-01 UTC; may jump when the machine's clock is set.
  virtual std::int64_t wall_ns() const = 0;
};

class SystemClock final : public Clock {
 public:
  std::int64_t monotonic_ns() const override;
  std::int64_t wall_ns() const override;
};

/// The one SystemClock that defaults refer to.
const Clock& system_clock();

/// Stands still until told otherwise.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(std::int64_t monotonic_ns = 0, std::int64_t wall_ns = 0)
      : monotonic_ns_(monotonic_ns), wall_ns_(wall_ns) {}
  std::int64_t monotonic_ns() const override { return monotonic_ns_.load(std::memory_order_relaxed); }
  std::int64_t wall_ns() const override { return wall_ns_.load(std::memory_order_relaxed); }

  /// Lets time pass: both clocks move.
  void advance_ns(std::int64_t by_ns) {
    monotonic_ns_.fetch_add(by_ns, std::memory_order_relaxed);
    wall_ns_.fetch_add(by_ns, std::memory_order_relaxed);
  }
  /// Somebody sets the machine's clock: only the wall clock moves.
  void set_wall_ns(std::int64_t wall_ns) { wall_ns_.store(wall_ns, std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> monotonic_ns_;
  std::atomic<std::int64_t> wall_ns_;
};

}  // namespace noodle
