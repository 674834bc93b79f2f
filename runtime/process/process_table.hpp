// All processes of a node, by index: slots that are made in chunks and never unmapped.
//
// Threads: find by any; acquire and release with a list of free slots that belongs to the calling worker.
// Limits: capacity given at start (1705).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/process/control.hpp"

namespace noodle::process {

/// Free slots at hand for one thread.
using FreeSlots = std::vector<ProcessControl*>;

class ProcessTable {
 public:
  explicit ProcessTable(std::uint32_t capacity);
  ~ProcessTable();
  ProcessTable(const ProcessTable&) = delete;
  ProcessTable& operator=(const ProcessTable&) = delete;

  /// The slot of a process id, whether that process lives or not; null if there never was one.
  ProcessControl* slot(Pid pid) const {
    const std::uint32_t index = pid_index(pid);
    return index < made_.load(std::memory_order_acquire) ? &chunk(index)[index % kChunk] : nullptr;
  }
  /// The control block of a living process, else null. It can end at any moment after.
  ProcessControl* find(Pid pid) const {
    ProcessControl* control = slot(pid);
    return control && control->live.load(std::memory_order_acquire) == pid ? control : nullptr;
  }

  /// A dead slot, claimed (kScheduled) for the caller; null when the table is full.
  ProcessControl* acquire(FreeSlots& local);
  /// Gives a dead slot back, after its state has become kIdle.
  void release(ProcessControl& control, FreeSlots& local);

  /// Slots made so far: the bound of for_each.
  std::uint32_t made() const { return made_.load(std::memory_order_acquire); }
  template <class Visit>
  void for_each_slot(Visit&& visit) const {
    const std::uint32_t count = made();
    for (std::uint32_t index = 0; index < count; ++index) visit(chunk(index)[index % kChunk]);
  }

 private:
  static constexpr std::uint32_t kChunk = 256;
  static constexpr std::size_t kLocal = 128;  // free slots a thread keeps
  static constexpr std::size_t kBatch = 64;

  ProcessControl* chunk(std::uint32_t index) const { return chunks_[index / kChunk]; }
  bool refill(FreeSlots& local);
  bool make_chunk();

  const std::uint32_t capacity_;
  std::unique_ptr<ProcessControl*[]> chunks_;
  std::atomic<std::uint32_t> made_{0};
  std::mutex mutex_;
  FreeSlots free_;
};

}  // namespace noodle::process
