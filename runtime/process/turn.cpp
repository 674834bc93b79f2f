#include "runtime/process/turn.hpp"

#include "runtime/process/delivery.hpp"
#include "runtime/process/lifecycle.hpp"
#include "runtime/vm/context.hpp"
#include "runtime/vm/heap.hpp"

namespace noodle::process {

Turn::Outcome Turn::run() {
  if (control_.live.load(std::memory_order_relaxed) == 0) {
    clear_dead(system(), worker_, control_);
    return Outcome::idle;
  }
  if (process_.signals.load() != 0 && !handle_signals()) return Outcome::dead;
  if (!control_.mailbox.control_empty() && !handle_control_messages()) return Outcome::dead;
  if (control_.wait == Wait::restart || (process_.signals.load(std::memory_order_relaxed) & kSignalSuspend)) {
    return Outcome::parked;
  }
  if (process_.limits->fuel_per_second != 0 && !within_fuel_rate()) {
    arm_timer();
    return Outcome::parked;
  }
  for (;;) {
    if (control_.activity == Activity::none || control_.activity == Activity::born) {
      switch (next_activity()) {
        case Next::run: break;
        case Next::idle: arm_timer(); return Outcome::idle;
        case Next::parked: arm_timer(); return Outcome::parked;
        case Next::dead: return Outcome::dead;
      }
      if (control_.activity == Activity::none) continue;
    } else if (control_.wait != Wait::none) {
      if (!can_continue()) {
        arm_timer();
        return control_.wait == Wait::message ? Outcome::idle : Outcome::parked;
      }
    } else if (!process_.context) {
      restore_context();
    }
    const vm::RunStatus status = vm::run(process_, left_);
    left_ = process_.fuel;
    switch (status) {
      case vm::RunStatus::parked: continue;   // what it waits for may have come already
      case vm::RunStatus::preempted:
        if (process_.fuel_spent >= process_.limits->fuel) {
          end({Code::out_of_fuel, false, "fuel budget of " + std::to_string(process_.limits->fuel) + " used up"});
          return Outcome::dead;
        }
        return vm::wants_background_collection(process_) ? Outcome::collecting : Outcome::ready;
      case vm::RunStatus::done:
        if (finish_activity() == Next::dead) return Outcome::dead;
        break;
      case vm::RunStatus::failed:
        if (fail_activity() == Next::dead) return Outcome::dead;
        break;
    }
    if (process_.signals.load(std::memory_order_relaxed) != 0 && !handle_signals()) return Outcome::dead;
    if (control_.wait == Wait::restart) return Outcome::parked;
    if (left_ <= 0) return Outcome::ready;
  }
}

}  // namespace noodle::process
