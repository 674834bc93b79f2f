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
#include <vector>

#include "runtime/process/extras.hpp"
#include "runtime/run/capability.hpp"
#include "runtime/run/loaded_program.hpp"
#include "runtime/run/output.hpp"

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
  /// Ends a run without main: its processes are stopped in reverse order of spawning.
  void close() { main_ended({}); }
  /// Ends the run now: main is killed, the others are stopped.
  void kill(const std::string& reason);

  // ---- for the process layer
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
  void stop_next(Worker* worker);

  System& system_;
  RunSettings settings_;
  std::atomic<Pid> main_{0};
  std::atomic<std::uint64_t> census_{0};
  std::vector<RunTally> tallies_;  // by worker, the background's last
  std::atomic<bool> finishing_{false};
  mutable std::mutex mutex_;  // guards what follows
  std::vector<std::shared_ptr<const LoadedProgram>> programs_;
  Exit main_exit_;
  std::vector<Pid> to_stop_;  // in order of spawning: the last is stopped first
  Pid stopping_ = 0;
  bool listed_ = false;  // to_stop_ was filled
  bool killing_ = false;
  bool completed_ = false;
};

}  // namespace noodle::process
