// What stops processes: a debugger that a program is run under (runtime/debugger).
//
// A breakpoint is a running word whose handler was replaced; a process that comes to it asks here what to do. A stopped
// process is preempted and suspended: nothing waits but the process itself, and its frames lie where those of any
// preempted process lie.
// Threads: the worker that runs the process.
#pragma once

#include <cstdint>
#include <optional>

namespace noodle::vm {

struct Process;

class Debugger {
 public:
  virtual ~Debugger() = default;
  /// The process came to a breakpoint: the handler that belongs there, or nothing when it stops before it.
  virtual std::optional<std::uint16_t> at_breakpoint(Process& process, const std::uint64_t* word) = 0;
  /// An error is pending and its handler is looked for: true when the process stops first, and comes here again.
  virtual bool stops_at_error(Process& process) = 0;
  /// The process was found suspended; its frames are bound. It stays suspended unless this clears the signal.
  virtual void is_suspended(Process& process) = 0;
};

}  // namespace noodle::vm
