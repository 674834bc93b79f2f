// A supervisor process: runs its Supervision core, spawns children through its thunks, stops and releases them.
//
// Between messages it takes effects from the core. Creating a child is an activity (the thunk evaluates the arguments
// and spawns); a spawn in it makes a supervised process, or fills the place of the child that ended. Threads: the
// worker that owns the supervisor.
#pragma once

#include "runtime/process/lifecycle.hpp"

namespace noodle::process {

/// The process has become a supervisor: its children are created next.
void begin_supervision(ProcessControl& control, const ActorInfo& info);
/// A spawn inside a child's thunk.
Result<Pid> spawn_supervised(Worker& worker, ProcessControl& supervisor, Birth birth);
/// The supervisor ended without stopping its children (it was killed): they are killed, last first.
void end_children(Worker& worker, const SupervisorState& state);

}  // namespace noodle::process
