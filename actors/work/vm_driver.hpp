// Drives the workers of a process system by one detached CAF actor each (vm_worker).
//
// Threads: made and destroyed by the thread that owns the System.
#pragma once

#include <caf/actor_system.hpp>
#include <memory>

#include "actors/work/vm_census.hpp"
#include "runtime/run/run_program.hpp"

namespace noodle::actors {

/// Workers driven by actors of `actors`, until the drive is destroyed. `census`: may be null.
std::unique_ptr<process::WorkerDrive> drive_with_actors(caf::actor_system& actors, process::System& system,
                                                        VmCensusPtr census = {});
/// A driver for run_program with an actor system of its own.
process::WorkerDriver caf_driver();

}  // namespace noodle::actors
