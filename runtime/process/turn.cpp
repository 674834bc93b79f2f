#include "runtime/process/turn.hpp"

#include <algorithm>
#include <utility>

#include "runtime/process/lifecycle.hpp"
#include "runtime/remote/stand_in.hpp"
#include "runtime/run/profile.hpp"
#include "runtime/run/turn_watcher.hpp"
#include "runtime/vm/context.hpp"
#include "runtime/vm/heap.hpp"

namespace noodle::process {

Turn::Outcome Turn::run() {
  TurnWatcher* const watcher = system().watcher();
  return watcher ? run_slice<true>(watcher) : run_slice<false>(nullptr);
}

/// What the next activity would take, for watchers.
const Message* Turn::next_message() const {
  if (control_.held) return control_.held;
  const Message* pending = control_.mailbox.pending();
  return pending ? pending : control_.mailbox.front();
}

/// At a boundary, with nothing that next_activity would find: most actors have one message at a time.
bool Turn::nothing_to_do() const {
  return control_.activity == Activity::none && !extras() && control_.deadline_ns == TimerWheel::kNever &&
         !control_.swap_wanted && !control_.stop_requested && !control_.stop_after && !control_.held &&
         !control_.heavy && !control_.mailbox.pending() && control_.mailbox.queue_empty() && left_ > 0 &&
         !control_.run->finishing();
}

template <bool kWatched>
Turn::Outcome Turn::run_slice([[maybe_unused]] TurnWatcher* watcher) {
  if (control_.live.load(std::memory_order_relaxed) == 0) {
    process_.signals.store(0);  // a timer that fired at the moment of the end
    clear_dead(worker_, control_);
    return Outcome::idle;
  }
  if (process_.signals.load() != 0 && !handle_signals()) return outcome_;
  if (!control_.mailbox.control_empty() && !handle_control_messages()) return outcome_;
  if (control_.wait == Wait::restart) return Outcome::parked;
  if (process_.signals.load(std::memory_order_relaxed) & kSignalSuspend) {
    show_to_debugger();
    if (process_.signals.load(std::memory_order_relaxed) & kSignalSuspend) return Outcome::parked;
  }
  const vm::ProcessLimits& limits = *process_.limits;
  if (limits.fuel_per_second != 0 && !within_fuel_rate()) {
    arm_timer();
    return Outcome::parked;
  }
  const bool budgeted = limits.fuel != ~std::uint64_t{0};
  while (left_ > 0) {
    if (control_.heavy) return Outcome::background;
    if (budgeted) {
      if (process_.fuel_spent >= limits.fuel) {
        end({Code::out_of_fuel, false, "fuel budget of " + std::to_string(limits.fuel) + " used up"});
        return outcome_;
      }
      left_ = std::min(left_, static_cast<std::int64_t>(limits.fuel - process_.fuel_spent));
    }
    if (control_.activity <= Activity::replying) {
      if constexpr (kWatched) {
        if (!is_stand_in(&program())) watcher->at_boundary(control_, next_message());
      }
      switch (next_activity()) {
        case Next::run:
          if constexpr (kWatched) {
            if (control_.activity > Activity::replying) watcher->begun(control_);
          }
          break;
        case Next::idle:
          if (control_.heavy) return Outcome::background;
          if (extras() || control_.deadline_ns != TimerWheel::kNever) arm_timer();
          return control_.run->finishing() ? Outcome::parked : Outcome::idle;  // nothing is delivered any more
        case Next::dead:
          return outcome_;
      }
    } else if (control_.wait != Wait::none) {
      [[maybe_unused]] const Wait waited = control_.wait;
      if (!can_continue()) {
        if (control_.heavy) return Outcome::background;
        arm_timer();
        return control_.wait == Wait::message ? Outcome::idle : Outcome::parked;
      }
      if constexpr (kWatched) watcher->resumed(control_, waited);
    } else {
      restore_context();
    }
    if (control_.activity == Activity::none) continue;  // a message that needed no code
    const vm::RunStatus status = worker_.sampler ? worker_.sampler->run(control_, left_) : vm::run(process_, left_);
    left_ = process_.fuel;
    if (std::exchange(process_.heap.bulk, false)) control_.heavy = true;
    if (status == vm::RunStatus::parked) continue;  // what it waits for may have come already
    if (status == vm::RunStatus::preempted) {
      worker_.system().tiering().slice_ended(program().program, *process_.context);
      if (control_.heavy || vm::wants_background_collection(process_)) return Outcome::background;
      if (process_.signals.load(std::memory_order_relaxed) & kSignalSuspend) return Outcome::ready;
      continue;
    }
    if constexpr (kWatched) watcher->ended(control_, status == vm::RunStatus::failed);
    if (status == vm::RunStatus::done && control_.activity == Activity::handler && !control_.asker) {
      control_.activity = Activity::none;  // as finish_activity does, for most
    } else if ((status == vm::RunStatus::done ? finish_activity() : fail_activity()) == Next::dead) {
      return outcome_;
    }
    if (process_.signals.load(std::memory_order_relaxed) != 0 && !handle_signals()) return outcome_;
    if (!kWatched && nothing_to_do()) return Outcome::idle;
  }
  if (const Extras* more = extras(); more && more->kill_due_ns != TimerWheel::kNever) arm_timer();
  return Outcome::ready;
}

}  // namespace noodle::process
