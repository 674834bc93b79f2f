#include "runtime/debugger/references.hpp"

#include <limits>

#include "runtime/debugger/arguments.hpp"

namespace noodle::debugger {

int References::number_of(const Reference& reference) {
  const std::lock_guard lock(mutex_);
  const auto [found, fresh] = numbers_.try_emplace(reference, last_ + 1);
  if (!fresh) return found->second;
  if (numbers_.size() > kMax || last_ == std::numeric_limits<int>::max()) {
    numbers_.erase(found);
    refuse("more than 100 000 frames and values are open; let the program go on");
  }
  references_.emplace(++last_, &found->first);
  return last_;
}

std::optional<Reference> References::find(std::int64_t number) const {
  const std::lock_guard lock(mutex_);
  if (number <= 0 || number > last_) return std::nullopt;
  const auto found = references_.find(static_cast<int>(number));
  if (found == references_.end()) return std::nullopt;
  return *found->second;
}

void References::forget(Pid pid) {
  const std::lock_guard lock(mutex_);
  for (auto at = numbers_.lower_bound(Reference{pid, 0, {}, {}}); at != numbers_.end() && at->first.pid == pid;) {
    references_.erase(at->second);
    at = numbers_.erase(at);
  }
}

void References::forget_all() {
  const std::lock_guard lock(mutex_);
  references_.clear();
  numbers_.clear();
}

int ThreadNumbers::number_of(Pid pid) {
  const std::lock_guard lock(mutex_);
  const auto [found, fresh] = numbers_.try_emplace(pid, last_ + 1);
  if (fresh) pids_.emplace(++last_, pid);
  return found->second;
}

Pid ThreadNumbers::pid(std::int64_t number) const {
  const std::lock_guard lock(mutex_);
  if (number <= 0 || number > last_) return 0;
  const auto found = pids_.find(static_cast<int>(number));
  return found == pids_.end() ? 0 : found->second;
}

void ThreadNumbers::keep(const std::set<Pid>& pids) {
  const std::lock_guard lock(mutex_);
  std::erase_if(numbers_, [&](const auto& entry) { return !pids.contains(entry.first); });
  std::erase_if(pids_, [&](const auto& entry) { return !pids.contains(entry.second); });
}

}  // namespace noodle::debugger
