// What only some processes need: links, monitors, a name, timers, own limits, a supervisor's or a child's state.
//
// Threads: fields under "shared" are guarded by the lock of the control block, the others belong to its owner.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "runtime/message/pid_set.hpp"
#include "runtime/process/control.hpp"
#include "runtime/process/supervision.hpp"
#include "runtime/remote/stand_in.hpp"
#include "runtime/run/evaluator.hpp"
#include "runtime/run/migration.hpp"

namespace noodle::process {

/// A supervisor at work (supervisor.hpp).
struct SupervisorState {
  Supervision core;
  std::vector<Pid> children;  // 0: not there
  Pid waiting_spawner = 0;    // gets an answer when all children are there
  std::uint32_t waiting_number = 0;
  Ending ending;               // what it ends with when all children have ended
  bool thunk_spawned = false;  // the thunk that runs has spawned its child
};

/// How a process ended, for those outside.
struct Exit {
  Pid pid = 0;
  std::uint16_t code = 0;  // 1800 normal
  std::string message;
  std::string trace;
  vm::Slot result{};  // scalar result of a function that ended normally
  std::uint64_t fuel = 0;
};

struct Extras {
  // ---- shared
  PidSet watchers;  // monitor this process
  PidSet links;
  std::vector<Pid> waiting_senders;  // parked until there is room in the mailbox
  std::string kill_reason;
  bool in_cluster = false;  // has names or leases there

  // ---- owner
  std::string name;                           // registered
  PidSet watched;                             // monitored by this process
  Message* blocked = nullptr;                 // to be sent when its receiver has room
  bool awaits_room = false;                   // it stands in the receiver's waiting_senders
  std::unique_ptr<vm::ProcessLimits> limits;  // own ones
  std::shared_ptr<const Grants> grants;       // if not those of the run

  struct Every {
    std::int64_t interval_ns = 0;
    std::int64_t due_ns = TimerWheel::kNever;
    bool ticked = false;
  };
  std::vector<Every> everys;
  std::int64_t kill_due_ns = TimerWheel::kNever;  // stopped, but does not come to a message boundary

  struct Receive {
    Message* given = nullptr;   // last message looked at
    Message* before = nullptr;  // the pending message before it
    std::int64_t deadline_ns = TimerWheel::kNever;
  } receive;

  struct FuelRate {
    std::int64_t tokens = 0;
    std::int64_t filled_ns = 0;  // 0: not used yet
    std::uint64_t seen_fuel = 0;
    std::int64_t resume_ns = TimerWheel::kNever;
  } rate;

  // ---- supervision
  Pid supervisor = 0;  // it is a supervised child
  std::uint32_t child_number = 0;
  std::uint32_t restarts = 0;
  std::unique_ptr<SupervisorState> supervision;  // it is a supervisor
  Pid waiting_spawner = 0;                       // of a supervisor that has not run yet
  std::uint32_t waiting_number = 0;
  Ending ending;                           // while `on stopping` runs, or a supervisor decides
  std::unique_ptr<vm::Root> ending_error;  // the Error thrown, while `on stopping` runs

  std::unique_ptr<Migration> migration;  // it is on the way to another version of its program

  std::shared_ptr<Evaluator> evaluator;  // it evaluates the inputs of a session
  std::unique_ptr<StandIn> stand_in;     // it stands for a process of another system
  std::optional<SystemNumber> place;     // that its next spawn is for; nothing: this one
  std::function<void(const Exit&)> on_exit;
};

/// What a process is to people: its registered name, or the name of its actor or function. From the owner, or under the
/// lock.
std::string what_of(const ProcessControl& control);
/// The extras of a process, made on first use. From the owner, or under the lock.
Extras& extras_of(ProcessControl& control);

}  // namespace noodle::process
