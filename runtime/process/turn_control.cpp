// Signals and control messages: what a process is told apart from its mailbox.
#include "runtime/process/delivery.hpp"
#include "runtime/process/lifecycle.hpp"
#include "runtime/process/turn.hpp"
#include "runtime/vm/context.hpp"
#include "runtime/vm/debugger.hpp"

namespace noodle::process {
namespace {

constexpr std::int64_t kStopLimitNs = 5'000'000'000;    // from `stop` to the end
constexpr std::int64_t kFinishLimitNs = 1'000'000'000;  // for `on stopping` at the end of a run

std::string take_kill_reason(ProcessControl& control) {
  const ControlLock lock(control);
  Extras* extras = control.extras.load(std::memory_order_acquire);
  return extras ? std::exchange(extras->kill_reason, {}) : std::string();
}

}  // namespace

bool Turn::handle_signals() {
  const std::uint32_t signals = process_.signals.fetch_and(kSignalSuspend);
  if (Extras* more = extras(); more && more->stand_in && !control_.run->finishing()) {
    pass_on_signals(control_, *more->stand_in, signals);
    return true;
  }
  if (signals & kSignalKill) {
    if (control_.wait == Wait::restart && system().find(extras()->supervisor)) return true;  // ended already
    return end({Code::exit_killed, false, take_kill_reason(control_)}) != Next::dead;
  }
  if (signals & kSignalResume) {
    if (Extras* more = extras()) more->awaits_room = false;
  }
  if (signals & kSignalSwap) control_.swap_wanted = true;
  if ((signals & kSignalTimer) && !handle_timer()) return false;
  if ((signals & kSignalFinish) && !demand_finish()) return false;
  return !(signals & kSignalStop) || demand_stop();
}

bool Turn::handle_timer() {
  const std::int64_t now = worker_.read_clock();
  Extras* more = extras();
  if (!more) return true;
  for (Extras::Every& every : more->everys) {
    if (every.due_ns > now) continue;
    every.ticked = true;  // missed ticks merge into one
    every.due_ns += (1 + (now - every.due_ns) / every.interval_ns) * every.interval_ns;
  }
  if (more->kill_due_ns > now) return true;
  return end({Code::exit_killed, false, "it did not stop in time"}) != Next::dead;
}

void Turn::show_to_debugger() {
  vm::Debugger* debugger = program().program->debugger;
  if (!debugger) return;
  if (control_.activity > Activity::replying) restore_context();
  debugger->is_suspended(process_);
}

bool Turn::demand_stop() {
  if (control_.wait == Wait::restart || control_.activity == Activity::stopping) return true;
  // A function has no message boundaries but the ones at which it waits for messages.
  if (control_.activity == Activity::function && control_.wait == Wait::message) {
    return end({Code::exit_stopped, false, {}}) != Next::dead;
  }
  control_.stop_requested = true;
  if (control_.activity != Activity::none && !extras_of(control_).supervision) {
    extras_of(control_).kill_due_ns = worker_.read_clock() + kStopLimitNs;
  }
  return true;
}

bool Turn::demand_finish() {
  if (control_.activity == Activity::stopping) return true;
  const ActorInfo* info = actor();
  const bool ran = control_.activity != Activity::born && control_.activity != Activity::constructor;
  if (!info || !info->on_stopping || !ran || control_.wait == Wait::restart) {
    return end({Code::exit_stopped, false, "the run has ended"}) != Next::dead;
  }
  forget_activity();
  extras_of(control_).kill_due_ns = worker_.read_clock() + kFinishLimitNs;
  return begin_stopping({Code::exit_stopped, false, "the run has ended"}) != Next::dead;
}

bool Turn::handle_control_messages() {
  for (Message* message = control_.mailbox.take_control(); message != nullptr;) {
    auto* next = static_cast<Message*>(message->next.load(std::memory_order_relaxed));
    if (message->to != process_.pid) {
      refuse(system(), &worker_, message, Code::no_such_process, "the process has ended");
    } else if (!handle_control(message)) {
      for (message = next; message != nullptr; message = next) {
        next = static_cast<Message*>(message->next.load(std::memory_order_relaxed));
        refuse(system(), &worker_, message, Code::no_such_process, "the process has ended");
      }
      return false;
    }
    message = next;
  }
  return true;
}

bool Turn::handle_control(Message* message) {
  if (Extras* more = extras(); more && more->stand_in) {
    Ending ending;
    const bool lives = take_control(worker_, control_, *more->stand_in, *message, ending);
    release_message(message);
    return lives || end(ending) != Next::dead;
  }
  switch (message->kind) {
    case MessageKind::reply:
    case MessageKind::failure: {
      const bool awaited =
          control_.wait == Wait::reply || control_.wait == Wait::room || control_.wait == Wait::children;
      if (awaited && message->ask == control_.ask_number && !control_.arrived) {
        control_.arrived = message;
      } else {
        release_message(message);  // late
      }
      return true;
    }
    case MessageKind::link_exit: {
      const Pid other = message->from;
      bool linked = false;
      {
        const ControlLock lock(control_);
        linked = extras_of(control_).links.erase(other);
      }
      if (!linked || control_.wait == Wait::restart) {
        release_message(message);
        return true;
      }
      vm::Object* cause = reason_object(process_, *message);
      release_message(message);
      const std::string text = "a linked process ended with error " +
                               std::to_string(static_cast<unsigned>(error_code(cause))) + ": " + error_text(cause);
      process_.pending_error = vm::new_error(process_, static_cast<std::uint16_t>(Code::linked_exit), text, cause);
      return end({Code::linked_exit, true, {}}) != Next::dead;
    }
    case MessageKind::rebirth:
      if (control_.wait == Wait::restart) {
        process::rebirth(worker_, control_, *message);
      } else {
        discard_birth(*message);
      }
      release_message(message);
      return true;
    case MessageKind::release: {
      release_message(message);
      Extras& more = extras_of(control_);
      more.supervisor = 0;
      if (control_.wait != Wait::restart) return true;
      const Ending ending = more.ending;
      return end(ending) != Next::dead;
    }
    default:
      release_message(message);
      return true;
  }
}

}  // namespace noodle::process
