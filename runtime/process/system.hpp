// The process system of a node: its processes, workers, names and limits. No threads of its own but one for large
// heaps.
//
// This folder is the actor runtime of NoodleCore. In the order of a message: ops (the actor instructions) -> image
// (copy)
// -> delivery -> mailbox -> worker (queues) -> turn (a slice of a process) -> lifecycle (spawn and end) -> supervisor.
// Threads: any, except where noted.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "messages/limits.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/jit/tiering.hpp"
#include "runtime/message/event_bus.hpp"
#include "runtime/message/names.hpp"
#include "runtime/process/process_table.hpp"
#include "runtime/process/worker.hpp"
#include "runtime/run/run.hpp"

namespace noodle::process {

class Background;
class Carrier;
class Outside;
class Remotes;
struct Birth;
class TurnWatcher;

/// A message that nobody will handle.
struct DeadLetter {
  Pid to = 0;
  Pid from = 0;
  MessageKind kind{};
};

struct SystemOptions {
  unsigned workers = 1;
  std::int64_t slice_fuel = kDefaultSliceFuel;
  jit::Mode jit = jit::Mode::on;
  std::uint32_t max_processes = kDefaultProcesses;
  std::uint64_t vm_memory_bytes = 0;  // all heaps together; 0: 75 % of the machine
  std::size_t max_message_bytes = 64 * kMiB;
  const Clock* clock = &system_clock();
  Carrier* carrier = nullptr;      // to other systems (remote/remotes.hpp); outlives this. Null: there are none
  Outside* outside = nullptr;      // keeps or recalls what natives learn from outside (run/outside.hpp)
  bool background_thread = true;   // false: who drives the only worker calls Background::work_off too
  TurnWatcher* watcher = nullptr;  // the first one
  std::function<void(const DeadLetter&)> on_dead_letter;  // from any worker
};

struct SystemStats {
  std::uint64_t live = 0, spawned = 0, ended = 0, failed = 0, messages = 0, slices = 0, fuel = 0, dead_letters = 0;
  std::uint64_t heap_bytes = 0;
};

/// Facts about one process, taken without stopping it.
struct ProcessFacts {
  Pid pid = 0;
  Pid parent = 0;
  std::string what;              // registered name, or name of its actor or function
  std::uint32_t state = 0;       // kIdle, kScheduled, kParked
  std::uint32_t messages = 0;    // in its mailbox
  bool runs = false;             // computes or is about to (else it waits)
  std::uint64_t heap_bytes = 0;  // at the end of its last slice, as the fuel
  std::uint64_t fuel = 0;
  const Run* run = nullptr;
  std::uint64_t number = 0;  // in the order of spawning in its run
};

class System {
 public:
  explicit System(SystemOptions options);
  ~System();
  System(const System&) = delete;
  System& operator=(const System&) = delete;

  const SystemOptions& options() const { return options_; }
  /// Sees all that processes do from their next slice on; null: nobody does. One that was replaced may be called until
  /// the System ends.
  void set_watcher(TurnWatcher* watcher) { watcher_.store(watcher, std::memory_order_release); }
  TurnWatcher* watcher() const { return watcher_.load(std::memory_order_acquire); }
  Worker& worker(std::size_t index) { return *workers_[index]; }
  std::size_t workers() const { return workers_.size(); }

  /// Prepares a linked program for running.
  static std::shared_ptr<const LoadedProgram> load(std::shared_ptr<const vm::Program> program);
  /// Starts a program. Errors: 1705, 1708, 1613 (arguments for a main that takes none are ignored).
  Result<std::shared_ptr<Run>> start(RunSettings settings);

  /// A run without a main process: it lives until Run::close. Its processes are started by start_evaluator.
  std::shared_ptr<Run> open(RunSettings settings);
  /// A process that runs what it is given by evaluate(), beginning with `first`; `on_exit` is called when it ends.
  /// Errors: 1705.
  Result<Pid> start_evaluator(Run& run, Evaluation first, std::function<void(const Exit&)> on_exit);
  /// Gives an evaluator that waits the next function to run. False: it has ended, and `next` is as before.
  bool evaluate(Pid pid, Evaluation& next);

  void kill(Pid pid, std::string reason);
  void stop(Pid pid);
  void suspend(Pid pid);
  void resume(Pid pid);
  /// Tells processes of the run to move to its version (Run::publish): actors of other versions, this share of them
  /// (0-1). Gives how many were told.
  std::uint64_t move_processes(const Run& run, double share);
  /// Actors of the run that are not on its version.
  std::uint64_t behind(const Run& run) const;
  /// Kills them. Gives how many.
  std::uint64_t kill_behind(const Run& run);
  SystemStats stats() const;
  /// At most `limit` living processes.
  std::vector<ProcessFacts> list(std::size_t limit) const;

  /// What it has to do with other systems; null: nothing.
  Remotes* remotes() const { return remotes_.get(); }

  // ---- for the process layer
  /// Makes a process from outside. Errors: 1705, 1815.
  Result<Pid> bear(Birth&& birth);
  /// The run, as long as it lives.
  std::shared_ptr<Run> run_of(const Run* run) const;
  ProcessTable& table() { return table_; }
  Names& names() { return names_; }
  EventBus& events() { return events_; }
  Background& background() { return *background_; }
  jit::Tiering& tiering() { return tiering_; }
  ProcessControl* find(Pid pid) const { return table_.find(pid); }
  /// Makes a process runnable whose state the caller has made kScheduled; `from` is the calling worker or null.
  void schedule(ProcessControl& control, Worker* from, bool next) {
    if (from) return from->enqueue(control, next);
    add_shared(control);
    notify_one();
  }
  /// Takes an idle process: the caller owns it until it schedules it.
  static bool claim_idle(ProcessControl& control) {
    std::uint32_t state = control.state.load();
    return state == kIdle && control.state.compare_exchange_strong(state, kScheduled);
  }
  /// Wakes it for a message: if it is idle.
  void wake(ProcessControl& control, Worker* from) {
    if (claim_idle(control)) schedule(control, from, true);
  }
  /// Wakes it for a control message or signal: if it does not run.
  void wake_always(ProcessControl& control, Worker* from) {
    std::uint32_t state = control.state.load();
    while (state != kScheduled) {
      if (control.state.compare_exchange_weak(state, kScheduled)) return schedule(control, from, true);
    }
  }
  /// False if the process is dead.
  bool signal(Pid pid, std::uint32_t bits, Worker* from);
  void dead_letter(const Message& message);
  /// The program, if a run that uses it lives.
  std::shared_ptr<const LoadedProgram> hold(const LoadedProgram* program) const;
  void request_finish(const Run* run);
  void run_ended(const Run* run);
  vm::Context* take_context();
  void give_context(vm::Context* context);
  void notify_one();

  void flush_outputs();
  /// Frees a large block on the background thread.
  void release_later(char* block, std::size_t size_bytes);

  std::atomic<std::uint64_t> dead_letters{0}, spawned_outside{0};

 private:
  friend class Worker;

  template <class Visit>
  void for_each_behind(const Run& run, Visit&& visit) const;
  void add_shared(ProcessControl& control);
  ProcessControl* take_shared();
  bool anything_to_run() const;
  bool fall_asleep(Worker& worker);
  void wake_up(Worker& worker);

  const SystemOptions options_;
  std::unique_ptr<Remotes> remotes_;  // stand-ins need it until they have ended
  std::atomic<TurnWatcher*> watcher_{options_.watcher};
  jit::Tiering tiering_{options_.jit};
  ProcessTable table_;
  Names names_;
  EventBus events_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<Background> background_;

  std::mutex shared_mutex_;
  struct SharedQueue {
    ProcessControl* first = nullptr;
    ProcessControl* last = nullptr;
  };
  std::array<SharedQueue, kPriorities> shared_;
  std::atomic<std::size_t> shared_count_{0};

  std::mutex sleepers_mutex_;
  std::vector<Worker*> sleepers_;
  std::atomic<unsigned> sleeping_{0};
  std::atomic<unsigned> searching_{0};

  mutable std::mutex runs_mutex_;
  std::vector<std::shared_ptr<Run>> runs_;

  std::mutex contexts_mutex_;
  std::vector<vm::Context*> contexts_;
  FreeSlots outside_slots_;
  std::mutex outside_mutex_;
};

/// Registers the natives and actor instructions of this layer; before any link. More than once is harmless.
void install();

}  // namespace noodle::process
