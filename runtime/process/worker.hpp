// A worker runs processes, one slice after another. Whoever owns it drives it: a thread, or a CAF actor.
//
//     while (!stop) if (!worker.step()) worker.wait(TimerWheel::kNever);
//
// Queues: the process woken last runs next (bounded, so that two that wake each other do not keep the others out), then
// the worker's own queues by priority, then the shared queue, then what other workers have.
// A heavy worker is the background thread's: it has no queues, and runs single slices in which a large message is
// copied, so that the others never stop for one.
// Threads: step and wait by the driving thread; notify by any.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "runtime/process/control.hpp"
#include "runtime/process/process_table.hpp"
#include "runtime/schedule/parker.hpp"
#include "runtime/schedule/run_ring.hpp"

namespace noodle::process {

class Sampler;
class System;

struct WorkerStats {
  std::atomic<std::uint64_t> slices{0}, spawned{0}, ended{0}, failed{0}, messages{0}, fuel{0}, stolen{0};
};

/// Adds to a counter that only this thread writes.
template <class Number>
void count(std::atomic<Number>& counter, std::type_identity_t<Number> by = 1) {
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

class Worker {
 public:
  enum class Kind : std::uint8_t { normal, heavy };
  Worker(System& system, unsigned index, Kind kind = Kind::normal);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Runs one slice of one process; false if there was none to run.
  bool step();
  /// Sleeps until there is work, a timer, notify() or the deadline (TimerWheel::kNever: none).
  void wait(std::int64_t deadline_ns);
  void notify() { parker_.unpark(); }
  /// No timer is due before this moment.
  std::int64_t next_due_ns() const { return wheel_.next_due_ns(); }

  System& system() const { return system_; }
  unsigned index() const { return index_; }
  bool heavy() const { return kind_ == Kind::heavy; }
  /// Runs one slice of a process that the caller owns.
  void run(ProcessControl& control);
  /// The time, read once in a few slices.
  std::int64_t now_ns() const { return now_ns_; }
  std::int64_t read_clock();

  // ---- for the process layer, on the driving thread
  /// Queues a process whose state the caller has made kScheduled. `next`: run it next.
  void enqueue(ProcessControl& control, bool next);
  vm::Context* context() const { return context_; }
  /// Takes a new context in place of the one that stays with its process.
  void replace_context();
  void keep_context(vm::Context* context);

  void arm_timer(ProcessControl& control, std::int64_t due_ns);

  ImageWriter writer;
  FreeSlots free_slots;
  WorkerStats stats;
  Sampler* sampler = nullptr;  // set before it is driven: takes a profile

 private:
  friend class System;

  ProcessControl* next();
  ProcessControl* next_local();
  ProcessControl* take(std::size_t priority);
  ProcessControl* steal();
  void housekeep();
  void enqueue_preempted(ProcessControl& control);
  void enqueue_last(ProcessControl& control);
  bool nothing_queued() const;
  void put_frames_away(vm::Process& process);
  void settle(ProcessControl& control, std::uint32_t state);
  void settle_dead(ProcessControl& control);

  System& system_;
  const unsigned index_;
  const Kind kind_;
  TimerWheel wheel_;
  std::array<RunRing, kPriorities> rings_;
  // Taken out of the ring of normal priority together, to be run one after another.
  std::array<ProcessControl*, 8> batch_;
  std::size_t batch_next_ = 0, batch_end_ = 0;
  ProcessControl* next_ = nullptr;  // woken last
  unsigned next_streak_ = 0;        // processes taken from next_ in a row
  std::int64_t streak_fuel_ = 0;    // that they burned
  unsigned turns_ = 0;
  std::uint32_t random_;
  std::int64_t now_ns_;
  std::int64_t fuel_since_clock_ = 0;
  std::int64_t flushed_ns_ = 0;
  std::atomic<bool> searching_{false};  // looks for work after it was woken for it
  vm::Context* context_;
  Parker parker_;
};

}  // namespace noodle::process
