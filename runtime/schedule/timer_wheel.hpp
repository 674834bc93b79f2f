// Timers of the processes last seen by one worker: a hierarchical wheel (G. Varghese and T. Lauck, SOSP 1987).
//
// A process has one timer, for the earliest of its deadlines. It is moved rarely: a timer that fires too early is
// simply armed again, so an ask that is answered in time costs no removal. Threads: every function takes the wheel's
// lock; entries are moved by any worker. Time: ticks of 16 384 ns, rounded up.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

namespace noodle::process {

class TimerWheel;

/// Lives in its process.
struct Timer {
  Timer* previous = nullptr;
  Timer* next = nullptr;
  std::atomic<TimerWheel*> wheel{nullptr};  // null: not armed
  std::int64_t due_ns = 0;                  // read by its process only
  std::int64_t due_tick = 0;
  std::uint16_t slot = 0;  // level * 64 + place
};

class TimerWheel {
 public:
  static constexpr std::int64_t kNever = INT64_MAX;

  explicit TimerWheel(std::int64_t now_ns);

  /// Arms `timer` here, wherever it was before.
  void arm(Timer& timer, std::int64_t due_ns);
  /// After this returns the timer does not fire.
  static void disarm(Timer& timer);
  /// Takes all timers that are due and gives them to `fire`, under the lock.
  template <class Fire>
  void advance(std::int64_t now_ns, Fire&& fire) {
    if (now_ns < next_due_ns_.load(std::memory_order_relaxed)) return;
    const std::lock_guard lock(mutex_);
    for (Timer* timer = collect_due(now_ns); timer != nullptr;) {
      Timer* const next = timer->next;
      timer->next = nullptr;
      timer->wheel.store(nullptr, std::memory_order_release);
      fire(*timer);
      timer = next;
    }
  }
  /// No timer is due before this moment; kNever when there is none.
  std::int64_t next_due_ns() const { return next_due_ns_.load(std::memory_order_relaxed); }

 private:
  static constexpr int kLevels = 7;
  static constexpr int kTickBits = 14;

  static std::int64_t tick_after(std::int64_t ns);
  void insert(Timer& timer);
  void remove(Timer& timer);
  Timer* collect_due(std::int64_t now_ns);
  void bring_down(std::size_t slot);
  std::int64_t earliest_tick() const;

  mutable std::mutex mutex_;
  std::int64_t tick_;  // everything before is done
  std::array<Timer*, kLevels * 64> slots_{};
  std::array<std::uint64_t, kLevels> used_{};  // bit: slot is not empty
  std::atomic<std::int64_t> next_due_ns_{kNever};
};

}  // namespace noodle::process
