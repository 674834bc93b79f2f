// Birth and end of processes.
//
// Threads: spawn from any thread; end_process from the worker that runs the process.
#pragma once

#include <optional>

#include "runtime/process/extras.hpp"
#include "runtime/process/system.hpp"

namespace noodle::process {

/// `spawn ... with { }`, read and checked.
struct SpawnSettings {
  std::string name;
  std::optional<vm::ProcessLimits> limits;
  GrantsPtr grants;  // null: the spawner's
  Priority priority = Priority::normal;
  Restart restart = Restart::permanent;
};

/// What only some births bring.
struct RareBirth {
  GrantsPtr own_grants;                   // keeps Birth::grants, if they are not the run's
  std::optional<SpawnSettings> settings;  // none: defaults
  Pid supervisor = 0;                     // it becomes child `child_number` of this supervisor
  std::uint32_t child_number = 0;
  std::shared_ptr<Evaluator> evaluator;  // it runs what this is given, instead of a function
  std::unique_ptr<StandIn> stand_in;     // it stands for a process of another system
  Pid watcher = 0;                       // monitors it from its birth on
  std::function<void(const Exit&)> on_exit;
};

/// What a new process is made of.
struct Birth {
  Run* run = nullptr;
  const LoadedProgram* program = nullptr;
  const ActorInfo* actor = nullptr;  // or:
  const vm::Function* function = nullptr;
  Message* arguments = nullptr;  // kind start, or null; taken over
  Pid parent = 0;
  const Grants* grants = nullptr;
  std::uint32_t waiting_number = 0;  // a supervisor answers its parent's wait of this number
  Priority priority = Priority::normal;
  bool is_main = false;
  std::unique_ptr<RareBirth> rare;

  RareBirth& with_rare() {
    if (!rare) rare = std::make_unique<RareBirth>();
    return *rare;
  }
};

/// Makes a process and schedules it. Errors: 1705, 1815. On an error the arguments are released.
Result<Pid> give_birth(System& system, Worker* worker, FreeSlots& slots, Birth&& birth);
/// Gives a supervised child that has ended a new life in its place.
void rebirth(Worker& worker, ProcessControl& control, Message& message);
/// Message (kind rebirth) that carries `birth` to the place of a child; null when out of memory.
Message* new_rebirth(Birth birth);
/// Frees the birth in a rebirth message that nobody will take.
void discard_birth(Message& message);

/// Ends a process for good: tells askers, links, monitors, supervisor and run, then frees everything. The slot is dead
/// after this; its state is still kScheduled.
void end_process(Worker& worker, ProcessControl& control, const Ending& ending);
/// Ends the life of a supervised child, whose place waits for the supervisor's decision. False: it has no living
/// supervisor, so end_process has to be called.
bool end_child_life(Worker& worker, ProcessControl& control, const Ending& ending);
/// Turns what came for a dead process into dead letters.
void clear_dead(Worker& worker, ProcessControl& control);

/// The settings of a SpawnOptions object of `spawner` (`spawn ... with { ... }`); limits start from those of the
/// spawner's run. Errors: 1613 for values out of range, 8002 and 8003 for capabilities.
Result<SpawnSettings> read_spawn_options(const ProcessControl& spawner, const vm::Object* options);

}  // namespace noodle::process
