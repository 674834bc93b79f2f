// Vital signs of an actor: written by itself while it works, read by whoever wants to know how it is.
//
// Threads: began() and finished() by the thread that runs the actor, delivered() by senders, the rest by any. Counters
// are read one by one: a reading is not of one moment.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <typeinfo>
#include <vector>

namespace noodle::actors {

/// Durations in classes of a quarter of a power of two, so that quantiles are right to 19 %.
class DurationHistogram {
 public:
  void add(std::int64_t duration_ns);
  /// Duration below which the share `quantile` of all lies; 0 without any.
  std::int64_t quantile_ns(double quantile) const;

 private:
  static constexpr std::size_t kClasses = 4 * 40;
  std::array<std::atomic<std::uint32_t>, kClasses> counts_{};
};

class Vitals {
 public:
  static constexpr std::size_t kLastMessages = 8;
  static constexpr std::uint64_t kTimedEach = 8;  // one message in so many is timed: two looks at the clock are dear

  /// The actor keeps them; without it nothing is known of its mailbox.
  void keep() { kept_.store(true, std::memory_order_relaxed); }
  void delivered() { delivered_.fetch_add(1, std::memory_order_relaxed); }
  /// A message is about to be handled.
  void began(const std::type_info* type);
  /// It has been. `kept`: it was put aside, and stays in the mailbox.
  void finished(bool kept);
  /// A new incarnation begins with an empty mailbox; what waited in the old one is lost.
  void reset();

  std::uint64_t handled() const { return handled_.load(std::memory_order_relaxed); }
  std::uint64_t waiting() const;
  /// In the middle of a message: its number, else 0. A number that stays tells that the actor hangs.
  std::uint64_t busy_with() const { return busy_with_.load(std::memory_order_relaxed); }
  const DurationHistogram& durations() const { return durations_; }
  /// Types of the messages handled last, newest first; the first is the one being handled, when it is busy.
  std::vector<std::string> last_messages() const;

 private:
  std::atomic<std::uint64_t> delivered_{0}, taken_{0}, handled_{0}, lost_{0}, busy_with_{0};
  std::array<std::atomic<const std::type_info*>, kLastMessages> last_{};
  DurationHistogram durations_;
  std::atomic<bool> kept_{false};
  std::int64_t began_ns_ = 0;  // of a message that is timed
};

}  // namespace noodle::actors
