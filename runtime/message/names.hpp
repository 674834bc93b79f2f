// Registered names of processes.
//
// Threads: any. Errors: 1815 taken, 1810 absent.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "runtime/message/message.hpp"

namespace noodle::process {

class Names {
 public:
  /// False if the name is taken.
  bool add(const std::string& name, Pid pid) {
    const std::lock_guard lock(mutex_);
    return names_.emplace(name, pid).second;
  }
  /// Removes the name if it belongs to `pid`.
  void remove(const std::string& name, Pid pid) {
    const std::lock_guard lock(mutex_);
    const auto found = names_.find(name);
    if (found != names_.end() && found->second == pid) names_.erase(found);
  }
  /// 0 if there is none.
  Pid find(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = names_.find(name);
    return found == names_.end() ? 0 : found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Pid> names_;
};

}  // namespace noodle::process
