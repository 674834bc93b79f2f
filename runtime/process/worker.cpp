#include "runtime/process/worker.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "runtime/process/background.hpp"
#include "runtime/process/delivery.hpp"
#include "runtime/process/extras.hpp"
#include "runtime/process/system.hpp"
#include "runtime/process/turn.hpp"
#include "runtime/vm/context.hpp"

namespace noodle::process {
namespace {

constexpr unsigned kLongestStreak = 16;  // processes run in a row because they were woken last
constexpr unsigned kHousekeepingTurns = 32;
constexpr unsigned kCrowd = 64;                // so many wait that other workers have enough to take without a batch
constexpr std::int64_t kClockFuel = 2000;      // burned between two looks at the clock
constexpr std::int64_t kFlushNs = 50'000'000;  // output of a busy worker waits at most so long

}  // namespace

Worker::Worker(System& system, unsigned index, Kind kind)
    : system_(system),
      index_(index),
      kind_(kind),
      wheel_(system.options().clock->monotonic_ns()),
      random_(2654435761u * (index + 1)),
      now_ns_(system.options().clock->monotonic_ns()),
      context_(system.take_context()) {
  if (!context_) throw std::bad_alloc();
}

Worker::~Worker() {
  vm::destroy_context(context_);
}

std::int64_t Worker::read_clock() {
  return now_ns_ = system_.options().clock->monotonic_ns();
}

void Worker::arm_timer(ProcessControl& control, std::int64_t due_ns) {
  Worker& keeper = heavy() ? system_.worker(0) : *this;
  keeper.wheel_.arm(control, due_ns);
  if (heavy()) keeper.notify();
}

void Worker::enqueue(ProcessControl& control, bool next) {
  if (heavy()) return system_.schedule(control, nullptr, false);
  ProcessControl* queued = &control;
  if (next && control.priority == Priority::normal) std::swap(queued, next_);
  if (!queued) return;  // runs on this worker after the current one: nobody else needs to know
  if (!rings_[static_cast<std::size_t>(queued->priority)].push(*queued)) system_.add_shared(*queued);
  system_.notify_one();
}

/// Behind all others: when this worker's queue has run over into the shared one, behind that too. Otherwise a process
/// that makes work (spawns, say) would come back before the work does, and there would be more of it each time.
void Worker::enqueue_last(ProcessControl& control) {
  if (system_.shared_count_.load(std::memory_order_relaxed) == 0) return enqueue(control, false);
  system_.add_shared(control);
  system_.notify_one();
}

bool Worker::nothing_queued() const {
  return batch_next_ == batch_end_ && system_.shared_count_.load(std::memory_order_relaxed) == 0 &&
         std::all_of(rings_.begin(), rings_.end(), [](const RunRing& ring) { return ring.empty(); });
}

/// A process that has used up its slice stands behind all others. If there are none it stays here: to offer it to a
/// sleeping worker would move it from core to core.
void Worker::enqueue_preempted(ProcessControl& control) {
  if (!heavy() && !next_ && nothing_queued()) {
    next_ = &control;
  } else {
    enqueue_last(control);
  }
}

inline ProcessControl* Worker::take(std::size_t priority) {
  RunRing& ring = rings_[priority];
  if (priority != static_cast<std::size_t>(Priority::normal)) return ring.size() != 0 ? ring.pop() : nullptr;
  if (batch_next_ == batch_end_) {
    batch_next_ = 0;
    batch_end_ = ring.pop_some(batch_.data(), batch_.size(), kCrowd);
    if (batch_end_ == 0) return nullptr;
  }
  return batch_[batch_next_++];
}

ProcessControl* Worker::next_local() {
  if (turns_ % 4 != 3 && batch_next_ != batch_end_ && rings_[0].empty()) return batch_[batch_next_++];
  // Low priority gets one turn in 16 and normal one in 4 when the ones above never run dry.
  static constexpr std::uint8_t kOrder[3][kPriorities] = {{0, 1, 2}, {1, 0, 2}, {2, 1, 0}};
  const auto& order = kOrder[turns_ % 4 != 3 ? 0 : turns_ % 16 != 15 ? 1 : 2];
  for (const std::uint8_t priority : order) {
    if (ProcessControl* control = take(priority)) return control;
  }
  return nullptr;
}

ProcessControl* Worker::steal() {
  const std::size_t workers = system_.workers();
  random_ = random_ * 1664525u + 1013904223u;
  for (std::size_t i = 0; i < workers; ++i) {
    Worker& victim = system_.worker((random_ + i) % workers);
    if (&victim == this) continue;
    for (std::size_t priority = 0; priority < kPriorities; ++priority) {
      if (ProcessControl* control = victim.rings_[priority].steal_into(rings_[priority])) {
        count(stats.stolen);
        return control;
      }
    }
  }
  return nullptr;
}

ProcessControl* Worker::next() {
  if (next_) {
    // Those that wake each other share one slice, and the next one too if nobody else waits.
    if (++next_streak_ <= kLongestStreak && streak_fuel_ < system_.options().slice_fuel) {
      return std::exchange(next_, nullptr);
    }
    if (nothing_queued()) {
      next_streak_ = 0;
      streak_fuel_ = 0;
      return std::exchange(next_, nullptr);
    }
    enqueue_last(*std::exchange(next_, nullptr));
  }
  next_streak_ = 0;
  streak_fuel_ = 0;
  ProcessControl* control = turns_ % kHousekeepingTurns == 0 ? system_.take_shared() : nullptr;
  if (!control) control = next_local();
  if (!control) control = system_.take_shared();
  if (!control) control = steal();
  return control;
}

void Worker::housekeep() {
  fuel_since_clock_ = 0;
  if (!nothing_queued()) system_.notify_one();  // a worker that was just falling asleep may not have been seen
  if (now_ns_ - flushed_ns_ >= kFlushNs) {
    flushed_ns_ = now_ns_;
    system_.flush_outputs();
  }
  wheel_.advance(read_clock(), [this](Timer& timer) {
    ProcessControl& control = static_cast<ProcessControl&>(timer);
    control.process.signals.fetch_or(kSignalTimer);
    system_.wake_always(control, this);
  });
}

bool Worker::step() {
  if (++turns_ % kHousekeepingTurns == 0 || fuel_since_clock_ >= kClockFuel) housekeep();
  ProcessControl* control = next();
  if (!control) {
    housekeep();
    control = next();
  }
  if (searching_.load(std::memory_order_relaxed)) {
    searching_.store(false, std::memory_order_relaxed);
    system_.searching_.fetch_sub(1);
    if (control) system_.notify_one();
  }
  if (!control) return false;
  run(*control);
  return true;
}

void Worker::wait(std::int64_t deadline_ns) {
  system_.flush_outputs();
  const std::int64_t due = std::min(deadline_ns, wheel_.next_due_ns());
  const std::int64_t timeout = due == TimerWheel::kNever ? -1 : due - read_clock();
  if (due != TimerWheel::kNever && timeout <= 0) return;
  if (!system_.fall_asleep(*this)) return;
  parker_.park(timeout);
  system_.wake_up(*this);
}

void Worker::replace_context() {
  context_ = system_.take_context();
  if (!context_) throw std::bad_alloc();
}

void Worker::keep_context(vm::Context* context) {
  system_.give_context(context);
}

void Worker::run(ProcessControl& control) {
  control.worker = this;
  if (heavy()) {
    control.heavy = false;
    control.process.heap.background = false;
    read_clock();
  }
  count(stats.slices);
  vm::Process& process = control.process;
  const std::uint64_t fuel_before = process.fuel_spent;
  Turn turn(*this, control);
  const Turn::Outcome outcome = turn.run();
  if (outcome == Turn::Outcome::dead) {
    settle_dead(control);
    return;
  }
  process.heap.background = true;
  const std::uint64_t burned = process.fuel_spent - fuel_before;
  count(stats.fuel, burned);
  control.seen_fuel.store(process.fuel_spent, std::memory_order_relaxed);
  control.seen_heap_bytes.store(process.heap.capacity_bytes(), std::memory_order_relaxed);
  fuel_since_clock_ += static_cast<std::int64_t>(burned);
  streak_fuel_ += static_cast<std::int64_t>(burned);
  if (process.context == context_ && !context_->function) {
    process.context = nullptr;  // no frames
  } else if (process.context) {
    put_frames_away(process);
  }
  switch (outcome) {
    case Turn::Outcome::ready:
      enqueue_preempted(control);
      break;
    case Turn::Outcome::background:
      system_.background().take(control);
      break;
    case Turn::Outcome::parked:
      settle(control, kParked);
      break;
    default:
      settle(control, kIdle);
      break;
  }
}

/// Frees this worker's context for the next process.
void Worker::put_frames_away(vm::Process& process) {
  vm::Context* context = process.context;
  if (vm::save_frames(process)) {
    if (context != context_) keep_context(context);
  } else if (context == context_) {
    replace_context();  // deep stacks stay where they are
  }
}

/// Lets go of a process that waits, unless what it waits for has come in the meantime.
void Worker::settle(ProcessControl& control, std::uint32_t state) {
  if (control.mailbox.senders_wait.load() && has_room_again(control.mailbox)) wake_senders(system_, this, control);
  const bool drained = control.mailbox.drained();
  control.state.exchange(state);  // a full barrier: what came before it is seen below, what comes later wakes
  const bool awake = !control.mailbox.control_empty() ||
                     (control.process.signals.load() & ~std::uint32_t{kSignalSuspend}) != 0 ||
                     (state == kIdle && (!drained || control.mailbox.pushed_since_drained())) ||
                     (control.mailbox.senders_wait.load() && has_room_again(control.mailbox));
  std::uint32_t expected = state;
  if (awake && control.state.compare_exchange_strong(expected, kScheduled)) enqueue_preempted(control);
}

/// Gives the slot of an ended process back. Messages that were late are cleared away by a later turn.
void Worker::settle_dead(ProcessControl& control) {
  settle(control, kIdle);
  system_.table().release(control, free_slots);
}

}  // namespace noodle::process
