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

#include "runtime/process/capability.hpp"
#include "runtime/process/extras.hpp"
#include "runtime/process/loaded_program.hpp"
#include "runtime/process/output.hpp"

namespace noodle::process {

class System;

/// What happened to a run.
struct RunEnd {
  Exit main;
  std::uint64_t fuel = 0;           // spent by all its processes
  std::uint64_t failed = 0;         // processes that ended with an error, main included
};

struct RunSettings {
  std::shared_ptr<const LoadedProgram> program;
  std::uint32_t function = bytecode::kNone;      // takes nothing or a List<String>
  std::vector<std::string> arguments;
  GrantsPtr grants;                              // null: entry_grants()
  Output* output = nullptr;                      // outlives the run
  vm::ProcessLimits limits;                      // of main, and defaults of what it spawns
  std::function<void(const Exit&)> on_uncaught;  // a process other than main ended with an error
  std::function<void(const RunEnd&)> on_end;     // called once, from any thread
};

class Run {
 public:
  Run(System& system, RunSettings settings) : system_(system), settings_(std::move(settings)) {}

  const RunSettings& settings() const { return settings_; }
  System& system() const { return system_; }
  Pid main() const { return main_.load(std::memory_order_relaxed); }
  bool finishing() const { return finishing_.load(std::memory_order_relaxed); }
  /// Ends the run now: main is killed, the others are stopped.
  void kill(const std::string& reason);

  // ---- for the process layer
  std::uint64_t next_spawn_number() { return spawned_.fetch_add(1, std::memory_order_relaxed); }
  void set_main(Pid pid) { main_.store(pid, std::memory_order_relaxed); }
  /// The main process has ended: the run finishes.
  void main_ended(Exit exit, std::shared_ptr<Run> self);
  /// A process of a finishing run has ended: stops the next one.
  void process_ended(Pid pid);
  /// Sets what is to be stopped, last first; false when there is nothing.
  bool begin_stops(std::vector<Pid> order);
  void kill_rest();
  void complete();
  std::atomic<std::uint64_t> fuel{0}, failed{0};

 private:
  void stop_next(std::unique_lock<std::mutex>& lock);

  System& system_;
  RunSettings settings_;
  std::atomic<Pid> main_{0};
  std::atomic<std::uint64_t> spawned_{0};
  std::atomic<bool> finishing_{false};
  std::mutex mutex_;
  Exit main_exit_;
  std::vector<Pid> to_stop_;        // in order of spawning: the last is stopped first
  Pid stopping_ = 0;
  std::shared_ptr<Run> self_;       // while it finishes
};

}  // namespace noodle::process
