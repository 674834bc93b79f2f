// A run: one program's main process with everything it spawned, from its start to the end of the last of them.
//
// When the main process ends, the others are stopped one after another in reverse order of spawning, and no further
// message is delivered (language.md, rule 23); what is left after 5 s is killed.
// Threads: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/process/extras.hpp"
#include "runtime/run/capability.hpp"
#include "runtime/run/loaded_program.hpp"
#include "runtime/run/output.hpp"
#include "runtime/swap/plan.hpp"

namespace noodle::process {

class System;
class Worker;

/// What happened to a run.
struct RunEnd {
  Exit main;
  std::uint64_t fuel = 0;    // spent by all its processes
  std::uint64_t failed = 0;  // processes that ended with an error, main included
};

struct RunSettings {
  std::shared_ptr<const LoadedProgram> program;
  std::uint32_t function = bytecode::kNone;  // takes nothing or a List<String>
  std::vector<std::string> arguments;
  GrantsPtr grants;                              // null: entry_grants()
  Output* output = nullptr;                      // outlives the run
  vm::ProcessLimits limits;                      // of main, and defaults of what it spawns
  std::function<void(const Exit&)> on_uncaught;  // a process other than main ended with an error
  std::function<void(const RunEnd&)> on_end;     // called once, from any thread
};

/// What the processes that ended on one worker add up to.
struct alignas(64) RunTally {
  std::atomic<std::uint64_t> fuel{0}, failed{0};
};

class Run {
 public:
  Run(System& system, RunSettings settings);

  const RunSettings& settings() const { return settings_; }
  System& system() const { return system_; }
  Pid main() const { return main_.load(std::memory_order_relaxed); }
  bool finishing() const { return finishing_.load(std::memory_order_relaxed); }
  /// Keeps a further program that processes of this run run; and lets go of those for which `unused` holds.
  void add_program(std::shared_ptr<const LoadedProgram> program);
  void drop_programs(const std::function<bool(const LoadedProgram&)>& unused);
  /// The program, if the run keeps it; by its address or by its stamp.
  std::shared_ptr<const LoadedProgram> program(const LoadedProgram* wanted) const;
  std::shared_ptr<const LoadedProgram> program_with(std::uint16_t stamp) const;
  std::shared_ptr<const LoadedProgram> program_of(const vm::Program* linked) const;
  /// Ends a run without main: its processes are stopped in reverse order of spawning.
  void close() { main_ended({}); }
  /// Ends the run now: main is killed, the others are stopped.
  void kill(const std::string& reason);

  // ---- versions of the program (hot swap)
  struct Version {
    std::shared_ptr<const LoadedProgram> program;  // null: the one the run was started with is the only one
    std::uint64_t number = 0;
    std::shared_ptr<const LoadedProgram> withdrawn;  // only processes of this version move; null: all do
    bool moves(const LoadedProgram& from) const {
      return program && program.get() != &from && (!withdrawn || withdrawn.get() == &from);
    }
  };
  /// How the processes take to the version published last.
  struct SwapState {
    std::uint64_t number = 0;
    std::uint64_t moved = 0;                   // processes that are on it now
    std::uint64_t moving = 0;                  // that are on the way
    std::uint64_t stayed = 0;                  // that it could not take
    std::vector<std::pair<Pid, Error>> stays;  // the first of them
  };
  /// What was published last, else the program the run was started with.
  std::shared_ptr<const LoadedProgram> current() const;
  /// Keeps a further version. Errors: 1516 after 65 535 versions.
  Result<std::shared_ptr<const LoadedProgram>> add_version(std::shared_ptr<const vm::Program> program);
  /// From now on processes that are told to (System::move_processes) move to this version, which the run keeps. `plan`:
  /// the way there from `before`, if it has been made.
  void publish(std::shared_ptr<const LoadedProgram> program, const LoadedProgram* before,
               std::shared_ptr<const swap::Plan> plan);
  /// Takes the version published last back: its processes move to `program`.
  void withdraw(std::shared_ptr<const LoadedProgram> program);
  /// Processes born of other programs move to it too.
  void move_newborn(bool on);
  SwapState swap_state() const;
  /// Lets go of versions that nothing runs and no message can be written for any more.
  void drop_old_versions();

  // ---- for the process layer
  Version version() const;
  std::shared_ptr<const swap::Plan> plan_from(const LoadedProgram& old, const Version& version);
  /// A process born of this program has to move.
  bool moves(const LoadedProgram& program) const {
    const LoadedProgram* wanted = newborn_.load(std::memory_order_relaxed);
    return wanted && wanted != &program;
  }
  void count_moving(int by) { moving_.fetch_add(static_cast<std::uint64_t>(by)); }
  void note_moved(std::uint64_t version);
  void note_stay(Pid pid, std::uint64_t version, Error error);
  void set_main(Pid pid) { main_.store(pid, std::memory_order_relaxed); }
  /// A process begins or has ended completely; after the last one the run is complete. Gives its number in the order
  /// of births.
  std::uint64_t add_process() { return census_.fetch_add(kBirth + 1, std::memory_order_acq_rel) / kBirth; }
  void remove_process();
  RunTally& tally(const Worker& worker);
  /// The main process has ended: the run finishes (in the background).
  void main_ended(Exit exit);
  /// A process of a finishing run has ended: the next one is stopped.
  void process_ended(Pid pid, Worker* worker);
  /// Background: collects what still lives and stops it one after another; true: nothing lives, the run is complete.
  bool finish();
  /// Background: the time to stop is over.
  void kill_rest();
  /// The system ends: nothing is waited for any more.
  void abandon() { finishing_.store(true); }

 private:
  static constexpr std::uint64_t kBirth = 1 << 27;  // births are counted above the processes that live

  std::uint64_t living_count() const { return census_.load(std::memory_order_acquire) % kBirth; }
  std::vector<Pid> living() const;
  void complete();
  void publish_version(Version version);  // under mutex_
  void stop_next(Worker* worker);

  System& system_;
  RunSettings settings_;
  std::atomic<Pid> main_{0};
  std::atomic<std::uint64_t> census_{0};
  std::vector<RunTally> tallies_;  // by worker, the background's last
  std::atomic<bool> finishing_{false};
  std::atomic<const LoadedProgram*> newborn_{nullptr};  // what newborn processes move to; null: they stay
  std::atomic<std::uint64_t> moving_{0};
  mutable std::mutex mutex_;  // guards what follows
  std::vector<std::shared_ptr<const LoadedProgram>> programs_;
  Exit main_exit_;
  std::vector<Pid> to_stop_;  // in order of spawning: the last is stopped first
  Pid stopping_ = 0;
  bool listed_ = false;  // to_stop_ was filled
  bool killing_ = false;
  bool completed_ = false;
  Version version_;
  std::uint16_t last_stamp_ = 0;
  std::unordered_map<const LoadedProgram*, std::shared_ptr<const swap::Plan>> plans_;  // to version_
  std::uint64_t moved_ = 0, stayed_ = 0;
  std::vector<std::pair<Pid, Error>> stays_;
};

}  // namespace noodle::process
