#include "runtime/process/process_table.hpp"

#include <sched.h>

#include <algorithm>
#include <new>

#include "runtime/process/extras.hpp"

namespace noodle::process {

ProcessTable::ProcessTable(std::uint32_t capacity)
    : capacity_(capacity), chunks_(new ProcessControl*[(capacity + kChunk - 1) / kChunk]) {}

ProcessTable::~ProcessTable() {
  for (std::uint32_t index = 0; index < made(); index += kChunk) delete[] chunk(index);
}

bool ProcessTable::make_chunk() {
  const std::uint32_t made = made_.load(std::memory_order_relaxed);
  if (made >= capacity_) return false;
  auto* chunk = new (std::nothrow) ProcessControl[kChunk];
  if (!chunk) return false;
  chunks_[made / kChunk] = chunk;
  const std::uint32_t end = std::min(made + kChunk, capacity_);
  for (std::uint32_t index = end; index > made; --index) {  // low indexes are used first
    chunk[index - 1 - made].index = index - 1;
    free_.push_back(&chunk[index - 1 - made]);
  }
  made_.store(end, std::memory_order_release);
  return true;
}

bool ProcessTable::refill(FreeSlots& local) {
  const std::lock_guard lock(mutex_);
  if (free_.empty() && !make_chunk()) return false;
  const std::size_t count = std::min(kBatch, free_.size());
  local.insert(local.end(), free_.end() - static_cast<std::ptrdiff_t>(count), free_.end());
  free_.resize(free_.size() - count);
  return true;
}

ProcessControl* ProcessTable::acquire(FreeSlots& local) {
  // A slot in which a late message is being cleared away cannot be claimed; it is put back behind the others.
  for (std::size_t tries = 0; tries < kLocal; ++tries) {
    if (local.empty() && !refill(local)) return nullptr;
    ProcessControl* control = local.back();
    local.pop_back();
    std::uint32_t idle = kIdle;
    if (control->state.compare_exchange_strong(idle, kScheduled)) return control;
    const std::lock_guard lock(mutex_);
    free_.insert(free_.begin(), control);
  }
  return nullptr;
}

void ProcessTable::release(ProcessControl& control, FreeSlots& local) {
  local.push_back(&control);
  if (local.size() < kLocal) return;
  const std::lock_guard lock(mutex_);
  free_.insert(free_.end(), local.end() - static_cast<std::ptrdiff_t>(kBatch), local.end());
  local.resize(local.size() - kBatch);
}

ControlLock::ControlLock(ProcessControl& control) : control_(control) {
  for (unsigned spins = 0; control_.lock.exchange(1, std::memory_order_acquire) != 0; ++spins) {
    if (spins >= 64) sched_yield();
  }
}

Extras& extras_of(ProcessControl& control) {
  Extras* extras = control.extras.load(std::memory_order_acquire);
  if (extras) return *extras;
  // Two threads may come here at once, the owner without the lock.
  auto* made = new Extras;
  if (control.extras.compare_exchange_strong(extras, made, std::memory_order_acq_rel)) return *made;
  delete made;
  return *extras;
}

}  // namespace noodle::process
