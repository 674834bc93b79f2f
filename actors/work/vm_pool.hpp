// vm_pool: owns a node's process system and its vm_workers; runs programs for others.
//
// Interface: Msg<wire::RunProgram> -> Msg<wire::ProgramExited>, when the program has ended or could not be started;
//            Msg<wire::Kill> (a process, or a whole run); Msg<wire::StatsRequest> -> Msg<wire::StatsAnswer>.
// State:     the System, its workers, programs that run, requesters that wait.
// Behaviour: a program is verified and linked by a worker between two slices, so this actor never works long.
// Supervision: child `work` of the node. A worker that ends early ends the pool (and so the node's supervisor decides);
//            at its end all programs are killed and the workers have ended before the System goes.
#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include "actors/mesh/mesh.hpp"
#include "actors/work/vm_census.hpp"
#include "runtime/process/system.hpp"
#include "runtime/run/output.hpp"

namespace noodle::actors {

struct VmPoolOptions {
  process::SystemOptions system;
  Mesh* mesh = nullptr;               // runs processes for other nodes, as their Service::courier. Outlives the pool
  process::Output* output = nullptr;  // where programs print; null: standard output. Outlives the pool
  VmCensusPtr census = {};            // that counts its system; may be null
};

caf::actor spawn_vm_pool(caf::actor_system& actors, VmPoolOptions options);

}  // namespace noodle::actors
