#include "runtime/message/event_bus.hpp"

#include <algorithm>

namespace noodle::process {
namespace {

bool fits(std::string_view pattern, std::string_view name) {
  if (pattern.ends_with('*')) return name.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == name;
}

}  // namespace

bool EventBus::subscribe(Pid pid, std::string_view pattern) {
  const std::lock_guard lock(mutex_);
  auto it = std::find_if(subscribers_.begin(), subscribers_.end(), [pid](const Subscriber& s) { return s.pid == pid; });
  if (it == subscribers_.end()) it = subscribers_.insert(it, {pid, {}});
  if (std::find(it->patterns.begin(), it->patterns.end(), pattern) != it->patterns.end()) return true;
  if (it->patterns.size() >= kMostPatterns) return false;
  it->patterns.emplace_back(pattern);
  return true;
}

void EventBus::unsubscribe(Pid pid, std::string_view pattern) {
  const std::lock_guard lock(mutex_);
  const auto it =
      std::find_if(subscribers_.begin(), subscribers_.end(), [pid](const Subscriber& s) { return s.pid == pid; });
  if (it == subscribers_.end()) return;
  std::erase(it->patterns, pattern);
  if (it->patterns.empty()) subscribers_.erase(it);
}

void EventBus::forget(Pid pid) {
  const std::lock_guard lock(mutex_);
  std::erase_if(subscribers_, [pid](const Subscriber& s) { return s.pid == pid; });
}

std::vector<Pid> EventBus::receivers(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  std::vector<Pid> pids;
  for (const Subscriber& subscriber : subscribers_) {
    if (std::any_of(subscriber.patterns.begin(), subscriber.patterns.end(),
                    [name](const std::string& pattern) { return fits(pattern, name); })) {
      pids.push_back(subscriber.pid);
    }
  }
  return pids;
}

}  // namespace noodle::process
