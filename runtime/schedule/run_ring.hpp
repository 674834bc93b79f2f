// Bounded queue of runnable processes: its worker adds, it and other workers take from the front.
//
// The queue of Go's scheduler (runtime/proc.go, runqput, runqget, runqgrab): adding is a store, taking one
// compare-exchange. Threads: push and pop_some by the owner, pop and steal by any.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace noodle::process {

struct ProcessControl;

class RunRing {
 public:
  static constexpr std::uint32_t kCapacity = 1024;

  /// False when it is full.
  bool push(ProcessControl& process) {
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_.load(std::memory_order_acquire) >= kCapacity) return false;
    entries_[tail % kCapacity].store(&process, std::memory_order_relaxed);
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  ProcessControl* pop() {
    std::uint32_t head = head_.load(std::memory_order_acquire);
    for (;;) {
      if (head == tail_.load(std::memory_order_acquire)) return nullptr;
      ProcessControl* process = entries_[head % kCapacity].load(std::memory_order_relaxed);
      if (head_.compare_exchange_weak(head, head + 1, std::memory_order_acq_rel, std::memory_order_acquire)) {
        return process;
      }
    }
  }

  /// The same for up to `most`, in order, when at least `crowd` wait: one exchange for all. Gives their number.
  std::size_t pop_some(ProcessControl** out, std::uint32_t most, std::uint32_t crowd) {
    std::uint32_t head = head_.load(std::memory_order_acquire);
    for (;;) {
      const std::uint32_t available = tail_.load(std::memory_order_relaxed) - head;
      if (available == 0) return 0;
      const std::uint32_t count = available >= crowd ? most : 1;
      for (std::uint32_t i = 0; i < count; ++i) {
        out[i] = entries_[(head + i) % kCapacity].load(std::memory_order_relaxed);
      }
      if (head_.compare_exchange_weak(head, head + count, std::memory_order_acq_rel, std::memory_order_acquire)) {
        return count;
      }
    }
  }

  /// Moves half of the entries (at least one) to `into`, which belongs to the calling worker; gives one of them.
  ProcessControl* steal_into(RunRing& into);

  std::uint32_t size() const { return tail_.load(std::memory_order_relaxed) - head_.load(std::memory_order_relaxed); }
  bool empty() const { return head_.load() == tail_.load(); }

 private:
  std::array<std::atomic<ProcessControl*>, kCapacity> entries_{};
  std::atomic<std::uint32_t> head_{0};
  alignas(64) std::atomic<std::uint32_t> tail_{0};
};

inline ProcessControl* RunRing::steal_into(RunRing& into) {
  std::uint32_t head = head_.load(std::memory_order_acquire);
  for (;;) {
    const std::uint32_t tail = tail_.load(std::memory_order_acquire);
    const std::uint32_t available = tail - head;
    if (available == 0 || available > kCapacity) {
      if (available == 0) return nullptr;
      head = head_.load(std::memory_order_acquire);
      continue;
    }
    const std::uint32_t count = available - available / 2;
    const std::uint32_t into_tail = into.tail_.load(std::memory_order_relaxed);
    if (kCapacity - (into_tail - into.head_.load(std::memory_order_acquire)) < count) return pop();
    for (std::uint32_t i = 0; i < count; ++i) {
      into.entries_[(into_tail + i) % kCapacity].store(entries_[(head + i) % kCapacity].load(std::memory_order_relaxed),
                                                       std::memory_order_relaxed);
    }
    if (!head_.compare_exchange_weak(head, head + count, std::memory_order_acq_rel, std::memory_order_acquire))
      continue;
    ProcessControl* last = into.entries_[(into_tail + count - 1) % kCapacity].load(std::memory_order_relaxed);
    into.tail_.store(into_tail + count - 1);
    return last;
  }
}

}  // namespace noodle::process
