// vm_worker: a detached CAF actor that drives one worker of a process system, and serves its mailbox between slices.
//
// Interface: receives Msg<wire::RunProgram> and sends Msg<wire::ProgramExited> to its sender when that program has
// ended;
//            exit messages (ends). User code runs on its thread, so it never delays other actors, and no message to it
//            waits longer than one slice.
// State:     the worker it drives, until it ends.
// Behaviour: step the worker while there is something to run; else sleep until the worker or the mailbox has something.
// Supervision: started and stopped by vm_pool or by a VmDrive; processes outlive it only together with their System.
#pragma once

#include <atomic>
#include <caf/blocking_actor.hpp>
#include <mutex>

#include "actors/core/caf_messages.hpp"
#include "actors/work/program_runs.hpp"
#include "runtime/process/system.hpp"

namespace noodle::actors {

class VmWorker : public caf::blocking_actor {
 public:
  /// `runs`: null for a system whose programs are started elsewhere.
  VmWorker(caf::actor_config& config, process::System* system, std::size_t index, ProgramRuns* runs);

  void act() override;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* host) override;
  const char* name() const override { return "vm_worker"; }

 private:
  void serve_mailbox();
  void run_program(const Msg<wire::RunProgram>& request);

  ProgramRuns* const runs_;
  bool ended_ = false;
  // Messages that came and were not served; for a moment less than none. The mailbox itself does not tell: what one
  // receive has put aside counts as nothing until the next.
  std::atomic<int> unserved_{0};
  std::mutex mutex_;  // guards worker_ against messages that come while the actor ends
  process::Worker* worker_;
};

}  // namespace noodle::actors
