// Links and monitors between processes, and what is told when one of them ends.
//
// Threads: the worker that runs the process. Both sides of a watch are entered under the lock of the watched process,
// so a monitor gets exactly one `down`, whether the process lives, is ending or has ended.
#pragma once

#include "runtime/process/extras.hpp"
#include "runtime/process/reason.hpp"
#include "runtime/process/worker.hpp"

namespace noodle::process {

/// `watcher` gets a down message when `target` ends; at once (1810) if it is not there.
void monitor(Worker& worker, ProcessControl& watcher, Pid target);
/// Links both; if the other is gone, the process gets its exit at once (1810).
void link(Worker& worker, ProcessControl& control, Pid other);
void unlink(Worker& worker, ProcessControl& control, Pid other);
/// From outside: `watcher` gets a down message when `target` ends; false if it is not there.
bool watch_for(System& system, Pid target, Pid watcher);
/// From outside: enters or removes a link of two processes. Nothing happens if one of them is not there.
void link_pair(System& system, Pid one, Pid other, bool on);

/// For an ending process, whose extras are no longer shared: downs to monitors, exits to linked processes.
void tell_watchers(Worker& worker, const ProcessControl& control, const Extras& extras, const Reason& reason);
/// Removes the process from those it monitors and is linked to.
void unwatch_all(Worker& worker, Pid pid, const Extras& extras);
/// The same for a child whose place lives on: ends its monitors of others.
void forget_watched(Worker& worker, ProcessControl& control);

}  // namespace noodle::process
