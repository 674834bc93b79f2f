// Subscriptions to named events (host object `events`): which processes of a system want which names.
//
// A pattern is a name, or a prefix followed by `*`. Ended processes are dropped when an event would go to them.
// Threads: any. Limits: 256 patterns a process.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/message/message.hpp"

namespace noodle::process {

class EventBus {
 public:
  static constexpr std::size_t kMostPatterns = 256;

  /// False when the process has too many patterns; a pattern it has already changes nothing.
  bool subscribe(Pid pid, std::string_view pattern);
  void unsubscribe(Pid pid, std::string_view pattern);
  void forget(Pid pid);
  /// Processes with a pattern that fits, each once, in order of subscription of their first pattern.
  std::vector<Pid> receivers(std::string_view name) const;

 private:
  struct Subscriber {
    Pid pid;
    std::vector<std::string> patterns;
  };
  mutable std::mutex mutex_;
  std::vector<Subscriber> subscribers_;
};

}  // namespace noodle::process
