// Control block of a process: mailbox, scheduling state, what it waits for, and who watches it.
//
// A control block is a slot of the process table. Slots are never unmapped, so any thread may look at one with a stale
// process id: `live` tells whose it is now, and messages carry the full id.
// A slot is `scheduled` by whoever finds work for it; exactly one worker then owns everything that is not marked
// shared. A dead slot can be scheduled too: its owner turns messages that came late into dead letters.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "runtime/message/mailbox.hpp"
#include "runtime/schedule/timer_wheel.hpp"
#include "runtime/vm/process.hpp"

namespace noodle::process {

class Worker;
class Grants;
class Run;
struct Extras;
struct LoadedProgram;
struct ActorInfo;

/// Scheduling state.
enum : std::uint32_t {
  kIdle = 0,       // any message schedules it
  kScheduled = 1,  // in a run queue, running, or being collected
  kParked = 2      // waits for something else: only control messages and signals schedule it
};

/// Signals (vm::Process::signals).
enum : std::uint32_t {
  kSignalKill = 1,     // ends without running anything more (1802)
  kSignalStop = 2,     // ends at the next message boundary (1801)
  kSignalFinish = 4,   // the run ends: ends at once, `on stopping` has a second
  kSignalSuspend = 8,  // does not run until resumed
  kSignalTimer = 16,   // its timer has fired
  kSignalResume = 32,  // a suspension is over, or room came free in a mailbox
  kSignalSwap = 64     // moves to the version of its program that the run has now, at the next message boundary
};

enum class Priority : std::uint8_t { high, normal, low };
constexpr std::size_t kPriorities = 3;

/// What a process does between two message boundaries.
enum class Activity : std::uint8_t {
  none,      // at a message boundary
  born,      // has not run yet
  replying,  // has handled an ask; its large result (vm::Process::native_scratch) is still to be sent
  function,  // a process that runs a function
  constructor,
  started,   // on started
  interval,  // evaluates the time of an `every`
  child,     // a supervisor's thunk that spawns a child
  handler,
  down,       // on down
  other,      // on other
  tick,       // body of an `every`
  migrating,  // to another version of its program
  stopping    // on stopping
};

/// What a process in an activity waits for.
enum class Wait : std::uint8_t {
  none,
  reply,     // to its ask
  room,      // in the mailbox of a receiver (Extras::blocked)
  message,   // receive
  time,      // sleep
  children,  // a supervisor it spawned is creating its children
  fuel,      // its fuel rate is used up
  restart    // its supervisor decides whether the place is used again
};

/// Why a process ends. With `thrown` the Error object is vm::Process::pending_error, else `text` says more.
struct Ending {
  Code code{};
  bool thrown = false;
  std::string text;
};

/// ProcessControl::spawn_number of a process that is just being born, and of a dead one.
constexpr std::uint64_t kNewest = ~std::uint64_t{0};

/// It is its own timer.
struct ProcessControl : Timer {
  // ---- shared
  std::atomic<Pid> live{0};  // 0: dead
  std::atomic<std::uint32_t> state{kIdle};
  std::atomic<std::uint8_t> lock{0};  // guards what others change in `extras`
  Priority priority = Priority::normal;
  Activity activity = Activity::none;
  Wait wait = Wait::none;
  Mailbox mailbox;
  std::atomic<Pid> waits_for{0};  // the process it asks
  std::atomic<const LoadedProgram*> program{nullptr};
  std::atomic<const ActorInfo*> actor{nullptr};             // null: runs a function
  std::atomic<const vm::Function*> main_function{nullptr};  // that it runs, if it is no actor
  std::atomic<Extras*> extras{nullptr};
  std::atomic<std::uint32_t> children_born{0};                  // written by the owner
  std::atomic<std::uint64_t> children_ended{0};                 // how many, under the generation of this process
  std::atomic<std::uint64_t> seen_heap_bytes{0}, seen_fuel{0};  // at the end of its last slice
  std::atomic<const Run*> run_id{nullptr};                      // = run
  std::atomic<std::uint64_t> spawn_number{kNewest};             // order of spawning in its run
  // ---- owner
  std::uint32_t index = 0;  // in the table
  std::uint32_t generation = 0;
  ProcessControl* run_next = nullptr;  // in an overflow or free list
  Worker* worker = nullptr;            // runs it now
  Run* run = nullptr;
  const vm::Function* function = nullptr;  // of the activity that runs
  const Grants* grants = nullptr;
  Message* held = nullptr;     // taken out of the mailbox for a heavy slice
  Message* arrived = nullptr;  // start arguments before the first run; the answer to its ask
  Pid parent = 0;
  Pid asker = 0;                                  // of the ask being handled
  std::int64_t deadline_ns = TimerWheel::kNever;  // of `wait`
  std::uint32_t asker_number = 0;
  std::uint32_t ask_number = 0;       // of its last ask
  std::uint32_t activity_number = 0;  // which `every`, which child
  bool heavy = false;                 // its next slice copies a large message: in the background
  bool swap_wanted = false;           // moves to another version at the next message boundary
  bool stop_after = false;            // stop self: ends after the current handler
  bool stop_requested = false;        // ends at the next message boundary
  bool result_known = false;          // `result` is what its function returned
  vm::Slot result{};
  vm::Process process;
};

/// The control block around a process. Precondition: not a bare process of a VM unit test.
inline ProcessControl& control_of(vm::Process& process) {
  return *process.control;
}

/// Living children; for a moment less than none, when a child ends before its birth is counted.
inline std::int32_t living_children(const ProcessControl& control) {
  return static_cast<std::int32_t>(control.children_born.load(std::memory_order_relaxed) -
                                   static_cast<std::uint32_t>(control.children_ended.load(std::memory_order_relaxed)));
}

/// Spin lock of a control block; held for a few instructions.
class ControlLock {
 public:
  explicit ControlLock(ProcessControl& control);
  ~ControlLock() { control_.lock.store(0, std::memory_order_release); }
  ControlLock(const ControlLock&) = delete;
  ControlLock& operator=(const ControlLock&) = delete;

 private:
  ProcessControl& control_;
};

}  // namespace noodle::process
