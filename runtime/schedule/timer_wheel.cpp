#include "runtime/schedule/timer_wheel.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace noodle::process {

std::int64_t TimerWheel::tick_after(std::int64_t ns) {
  return (ns >> kTickBits) + ((ns & ((std::int64_t{1} << kTickBits) - 1)) ? 1 : 0);
}

TimerWheel::TimerWheel(std::int64_t now_ns) : tick_(now_ns >> kTickBits) {}

// A timer stands on the level of the highest 6-bit digit in which its tick differs from the wheel's.
void TimerWheel::insert(Timer& timer) {
  const std::int64_t due = std::max(timer.due_tick, tick_);
  const auto difference = static_cast<std::uint64_t>(due ^ tick_);
  int level = difference ? (63 - std::countl_zero(difference)) / 6 : 0;
  std::int64_t place = due;
  if (level >= kLevels) {  // further than the wheel reaches: looked at again when the top level turns
    level = kLevels - 1;
    place = tick_ + (std::int64_t{63} << (6 * level));
  }
  const auto slot = static_cast<std::uint16_t>(level * 64 + ((place >> (6 * level)) & 63));
  timer.slot = slot;
  timer.previous = nullptr;
  timer.next = slots_[slot];
  if (timer.next) timer.next->previous = &timer;
  slots_[slot] = &timer;
  used_[static_cast<std::size_t>(level)] |= std::uint64_t{1} << (slot & 63);
}

void TimerWheel::remove(Timer& timer) {
  if (timer.previous) {
    timer.previous->next = timer.next;
  } else {
    slots_[timer.slot] = timer.next;
    if (!timer.next) used_[timer.slot / 64] &= ~(std::uint64_t{1} << (timer.slot & 63));
  }
  if (timer.next) timer.next->previous = timer.previous;
  timer.previous = timer.next = nullptr;
}

void TimerWheel::arm(Timer& timer, std::int64_t due_ns) {
  disarm(timer);
  const std::lock_guard lock(mutex_);
  timer.due_ns = due_ns;
  timer.due_tick = tick_after(due_ns);
  insert(timer);
  timer.wheel.store(this, std::memory_order_release);
  const std::int64_t due = std::max(timer.due_tick, tick_) << kTickBits;
  if (due < next_due_ns_.load(std::memory_order_relaxed)) next_due_ns_.store(due, std::memory_order_relaxed);
}

void TimerWheel::disarm(Timer& timer) {
  TimerWheel* wheel = timer.wheel.load(std::memory_order_acquire);
  if (!wheel) return;
  const std::lock_guard lock(wheel->mutex_);
  // Only its process arms a timer, so it can have been fired meanwhile, but not moved.
  if (!timer.wheel.load(std::memory_order_relaxed)) return;
  wheel->remove(timer);
  timer.wheel.store(nullptr, std::memory_order_release);
}

Timer* TimerWheel::collect_due(std::int64_t now_ns) {
  const std::int64_t target = now_ns >> kTickBits;
  Timer* due = nullptr;
  for (;;) {
    const std::int64_t last = std::min(target, tick_ | 63);  // in this turn of level 0
    for (std::uint64_t bits = used_[0]; bits; bits &= bits - 1) {
      const auto slot = static_cast<std::size_t>(std::countr_zero(bits));
      if (static_cast<std::int64_t>(slot) > (last & 63)) break;
      while (Timer* timer = slots_[slot]) {
        remove(*timer);
        timer->next = due;
        due = timer;
      }
    }
    const std::int64_t next = earliest_tick();
    if (next > target) break;
    tick_ = next;
    for (int level = 1; level < kLevels; ++level) {  // bring timers down from levels that turn
      bring_down(static_cast<std::size_t>(level * 64 + ((tick_ >> (6 * level)) & 63)));
      if ((tick_ >> (6 * level)) & 63) break;
    }
  }
  tick_ = std::max(tick_, target);
  const std::int64_t next = earliest_tick();
  next_due_ns_.store(next == kNever ? kNever : next << kTickBits, std::memory_order_relaxed);
  return due;
}

void TimerWheel::bring_down(std::size_t slot) {
  Timer* timer = std::exchange(slots_[slot], nullptr);
  used_[slot / 64] &= ~(std::uint64_t{1} << (slot & 63));
  while (timer) {
    Timer* const next = timer->next;
    insert(*timer);
    timer = next;
  }
}

std::int64_t TimerWheel::earliest_tick() const {
  // The lowest level in use: what stands above comes after its turn.
  for (int level = 0; level < kLevels; ++level) {
    const std::uint64_t bits = used_[static_cast<std::size_t>(level)];
    if (!bits) continue;
    const auto digit = static_cast<int>((tick_ >> (6 * level)) & 63);
    const std::int64_t turn = (tick_ >> (6 * level)) << (6 * level);
    return std::max(tick_, turn + (std::int64_t{std::countr_zero(std::rotr(bits, digit))} << (6 * level)));
  }
  return kNever;
}

}  // namespace noodle::process
