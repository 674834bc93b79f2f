// Sees what the processes of a System do, one activity after another: for replays that are looked at.
//
// A System with a watcher (SystemOptions) runs another instance of its turns; one without pays a test each slice.
// Threads: the worker that runs the process, in the middle of its turn. A watcher changes nothing.
#pragma once

#include "runtime/process/control.hpp"

namespace noodle::process {

class TurnWatcher {
 public:
  virtual ~TurnWatcher() = default;
  /// The process is at a message boundary; `next` is the message it would take now, null when there is none.
  virtual void at_boundary(ProcessControl& control, const Message* next) = 0;
  /// An activity begins; its arguments are in the bound context.
  virtual void begun(ProcessControl& control) = 0;
  /// The activity goes on after it waited.
  virtual void resumed(ProcessControl& control, Wait waited) = 0;
  /// The activity has ended: its function returned, or threw (pending_error).
  virtual void ended(ProcessControl& control, bool failed) = 0;
};

}  // namespace noodle::process
