#include "runtime/run/tracer.hpp"

#include <algorithm>
#include <utility>

namespace noodle::process {

namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;

thread_local Taken taken;  // at the boundary where this worker is

}  // namespace

bool Tracer::start(Pid pid) {
  if (is_traced(pid)) return true;
  for (std::atomic<Pid>& place : traced_) {
    Pid found = place.load();
    // The place of a process that has ended is free.
    if (found != 0 && system_.find(found)) continue;
    if (!place.compare_exchange_strong(found, pid)) continue;
    system_.set_watcher(this);
    return true;
  }
  return false;
}

bool Tracer::stop(Pid pid) {
  bool found = false;
  for (std::atomic<Pid>& place : traced_) {
    Pid traced = pid;
    found |= place.compare_exchange_strong(traced, 0);
  }
  const bool none = std::all_of(traced_.begin(), traced_.end(), [](const auto& place) { return place.load() == 0; });
  if (none) system_.set_watcher(nullptr);
  return found;
}

bool Tracer::is_traced(Pid pid) const {
  return std::any_of(traced_.begin(), traced_.end(),
                     [pid](const auto& place) { return place.load(std::memory_order_relaxed) == pid; });
}

/// Under mutex_.
bool Tracer::admit() {
  const std::int64_t second = system_.options().clock->monotonic_ns() / kSecondNs;
  if (std::exchange(second_, second) != second) told_ = 0;
  if (++told_ <= kMostASecond) return true;
  ++left_out_;
  return false;
}

void Tracer::at_boundary(ProcessControl&, const Message* next) {
  taken = next ? Taken{next->from, next->kind} : Taken{};
}

void Tracer::begun(ProcessControl& control) {
  if (!is_traced(control.process.pid)) return;
  const std::lock_guard lock(mutex_);
  if (admit()) tell_(step_begun(control, taken), std::exchange(left_out_, 0));
}

void Tracer::resumed(ProcessControl& control, Wait waited) {
  if (!is_traced(control.process.pid)) return;
  const std::lock_guard lock(mutex_);
  if (admit()) tell_(step_resumed(control, waited), std::exchange(left_out_, 0));
}

void Tracer::ended(ProcessControl& control, bool failed) {
  if (!is_traced(control.process.pid)) return;
  const std::lock_guard lock(mutex_);
  if (admit()) tell_(step_ended(control, failed), std::exchange(left_out_, 0));
}

}  // namespace noodle::process
