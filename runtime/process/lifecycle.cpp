#include "runtime/process/lifecycle.hpp"

#include "runtime/process/delivery.hpp"
#include "runtime/process/links.hpp"
#include "runtime/process/reason.hpp"
#include "runtime/process/supervisor.hpp"
#include "runtime/remote/remotes.hpp"
#include "runtime/vm/context.hpp"
#include "runtime/vm/heap.hpp"

namespace noodle::process {
namespace {

/// The part of begin_life that few need. Gives the limits of the process.
[[gnu::noinline]] vm::ProcessLimits* begin_rare_life(ProcessControl& control, const RareBirth& birth,
                                                     vm::ProcessLimits* limits) {
  if (birth.own_grants) extras_of(control).grants = birth.own_grants;
  if (!birth.settings || !birth.settings->limits) return limits;
  Extras& extras = extras_of(control);
  extras.limits = std::make_unique<vm::ProcessLimits>(*birth.settings->limits);
  return extras.limits.get();
}

/// Sets up everything that a new life starts with.
[[gnu::always_inline]] inline void begin_life(ProcessControl& control, Birth& birth) {
  vm::Process& process = control.process;
  vm::ProcessLimits* limits = const_cast<vm::ProcessLimits*>(&birth.run->settings().limits);
  if (birth.rare) limits = begin_rare_life(control, *birth.rare, limits);
  control.priority = birth.priority;
  control.activity = Activity::born;
  control.wait = Wait::none;
  control.run = birth.run;
  control.run_id.store(birth.run, std::memory_order_relaxed);
  control.main_function.store(birth.function, std::memory_order_relaxed);
  control.grants = birth.grants;
  control.arrived = birth.arguments;
  control.deadline_ns = TimerWheel::kNever;
  control.asker = 0;
  control.stop_after = false;
  control.stop_requested = false;
  control.swap_wanted = birth.run->moves(*birth.program) && !is_stand_in(birth.program);
  if (birth.actor && birth.actor->def->is_supervisor) {
    Extras& extras = extras_of(control);
    extras.supervision.reset();
    extras.waiting_spawner = birth.parent;
    extras.waiting_number = birth.waiting_number;
  }
  process.heap.limit_bytes = limits->memory_bytes;
  process.heap.background = true;
  process.program = birth.program->program.get();
  process.limits = limits;
  process.fuel = 0;
  process.fuel_spent = 0;
  process.capabilities = birth.grants->bits();
  process.after_call = false;
  process.resume_native = false;
  control.mailbox.set_limits(limits->mailbox_messages, limits->mailbox_bytes,
                             static_cast<MailboxPolicy>(limits->mailbox_policy));
  birth.program->add_process();
  control.program.store(birth.program, std::memory_order_relaxed);
  control.actor.store(birth.actor, std::memory_order_relaxed);
}

/// Frees heap, frames and what natives keep.
[[gnu::always_inline]] inline void drop_memory(Worker& worker, ProcessControl& control) {
  vm::Process& process = control.process;
  vm::Context* context = process.context;
  if (process.saved || context) vm::discard_frames(process);
  if (context && context != worker.context()) worker.keep_context(context);
  if (process.native_state) process.native_state.reset();
  if (Extras* extras = control.extras.load(std::memory_order_acquire)) {
    extras->ending_error.reset();
    extras->migration.reset();
  }
  process.native_scratch = nullptr;
  process.native_progress = 0;
  process.state = nullptr;
  process.pending_error = nullptr;
  if (process.heap.capacity_bytes() >= vm::kBackgroundHeapBytes) {
    worker.system().release_later(process.heap.start, process.heap.capacity_bytes());
    process.heap = {};
  }
  if (process.heap.start) vm::release_heap(process);
  if (control.arrived) release_message(std::exchange(control.arrived, nullptr));
  control.heavy = false;
}

/// Fails the ask that the process was answering.
void fail_current_ask(Worker& worker, ProcessControl& control, const Reason& reason) {
  if (!control.asker) return;
  ProcessControl* asker = worker.system().find(control.asker);
  if (asker) {
    Message* failure = new_reason_message(worker, control, asker->program.load(std::memory_order_relaxed),
                                          MessageKind::failure, reason);
    if (failure) {
      failure->number = static_cast<std::uint32_t>(Code::ask_failed);
      failure->from = control.process.pid;
      failure->ask = control.asker_number;
      Pid self = control.process.pid;
      asker->waits_for.compare_exchange_strong(self, 0, std::memory_order_relaxed);
      post_control(worker.system(), &worker, control.asker, failure);
    }
  }
  control.asker = 0;
}

/// Messages that nobody will handle: asks fail with the reason, the rest is counted.
[[gnu::noinline]] void refuse_messages(Worker& worker, ProcessControl& control, const Reason& reason) {
  System& system = worker.system();
  const auto next_message = [&control] {
    Message* held = std::exchange(control.held, nullptr);
    return held ? held : control.mailbox.pop();
  };
  while (Message* message = next_message()) {
    control.mailbox.release_room(*message);
    if (message->kind == MessageKind::ask && message->to == reason.pid) {
      control.asker = message->from;
      control.asker_number = message->ask;
      fail_current_ask(worker, control, reason);
      system.dead_letter(*message);
      release_message(message);
    } else {
      refuse(system, &worker, message, Code::no_such_process, "the process has ended");
    }
  }
  for (Message* message = control.mailbox.take_control(); message != nullptr;) {
    auto* next = static_cast<Message*>(message->next.load(std::memory_order_relaxed));
    refuse(system, &worker, message, Code::no_such_process, "the process has ended");
    message = next;
  }
}

[[gnu::always_inline]] inline bool has_mail(const ProcessControl& control) {
  const Mailbox& mailbox = control.mailbox;
  return control.held || mailbox.pending() || !mailbox.control_empty() || !mailbox.queue_empty();
}

void forget_child(System& system, Pid parent) {
  ProcessControl* control = system.table().slot(parent);
  if (!control) return;
  std::uint64_t ended = control->children_ended.load(std::memory_order_relaxed);
  while (ended >> 32 == pid_generation(parent)) {  // else the slot belongs to another process by now
    const std::uint64_t next = (ended & ~std::uint64_t{0xffffffff}) | static_cast<std::uint32_t>(ended + 1);
    if (control->children_ended.compare_exchange_weak(ended, next, std::memory_order_relaxed)) return;
  }
}

void note_failure(Worker& worker, const ProcessControl& control) {
  count(worker.stats.failed);
  control.program.load(std::memory_order_relaxed)->failures.fetch_add(1, std::memory_order_relaxed);
}

void report_exit(const Worker& worker, ProcessControl& control, Pid pid, const Ending& ending, const Reason& reason,
                 const Extras* extras) {
  Run& run = *control.run;
  if (ending.thrown) count(run.tally(worker).failed);
  const bool main = run.main() == pid;
  const bool own_error = ending.thrown && ending.code != Code::linked_exit;
  const bool uncaught = own_error && !main && run.settings().on_uncaught;
  if (!main && !uncaught && !(extras && extras->on_exit)) return;
  Exit exit{pid, static_cast<std::uint16_t>(reason.code), reason.text(), {}, {}, control.process.fuel_spent};
  if (reason.error) exit.trace = error_trace(reason.error);
  if (control.result_known) exit.result = control.result;
  if (uncaught) run.settings().on_uncaught(exit);
  if (extras && extras->on_exit) extras->on_exit(exit);
  if (main) run.main_ended(std::move(exit));
}

/// An end that somebody hears of, or that leaves something behind.
[[gnu::noinline]] void tell_end(Worker& worker, ProcessControl& control, const Ending& ending,
                                std::unique_ptr<Extras> extras) {
  System& system = worker.system();
  const Pid pid = control.process.pid;
  const Reason reason = reason_of(control, ending);
  if (ending.thrown) note_failure(worker, control);
  fail_current_ask(worker, control, reason);
  if (has_mail(control)) refuse_messages(worker, control, reason);
  if (extras) {
    control.mailbox.senders_wait.store(false);
    for (const Pid sender : extras->waiting_senders) system.signal(sender, kSignalResume, &worker);
    if (!extras->name.empty()) system.names().remove(extras->name, pid);
    if (extras->in_cluster) system.remotes()->carrier().process_ended(pid);
    if (extras->blocked) refuse(system, &worker, extras->blocked, Code::no_such_process, "the sender has ended");
    if (!control.run->finishing()) tell_watchers(worker, control, *extras, reason);
    unwatch_all(worker, pid, *extras);
    if (extras->supervision) end_children(worker, *extras->supervision);
    extras->migration.reset();  // while the run is there
    if (extras->stand_in) {
      fail_pending(worker, control, *extras->stand_in, reason);
      extras->stand_in->remotes.forget(*extras->stand_in, pid);
    }
  }
  report_exit(worker, control, pid, ending, reason, extras.get());
}

/// The part of give_birth that few need.
[[gnu::noinline]] Result<void> place_rare(System& system, ProcessControl& control, Pid pid, RareBirth& birth) {
  if (birth.settings && !birth.settings->name.empty()) {
    if (!system.names().add(birth.settings->name, pid)) {
      return Error{Code::name_taken, "the name `" + birth.settings->name + "` is taken", {}};
    }
    extras_of(control).name = birth.settings->name;
  }
  if (birth.supervisor) {
    Extras& extras = extras_of(control);
    extras.supervisor = birth.supervisor;
    extras.child_number = birth.child_number;
  }
  if (birth.on_exit) extras_of(control).on_exit = std::move(birth.on_exit);
  if (birth.evaluator) extras_of(control).evaluator = std::move(birth.evaluator);
  if (birth.stand_in) extras_of(control).stand_in = std::move(birth.stand_in);
  if (birth.watcher) extras_of(control).watchers.insert(birth.watcher);
  return {};
}

}  // namespace

Result<Pid> give_birth(System& system, Worker* worker, FreeSlots& slots, Birth&& birth) {
  ProcessControl* control = system.table().acquire(slots);
  if (!control) {
    release_message(birth.arguments);
    return Error{
        Code::too_many_processes, "the node has " + std::to_string(system.options().max_processes) + " processes", {}};
  }
  const Pid pid = make_pid(control->index, ++control->generation);
  if (birth.rare) {
    Result<void> placed = place_rare(system, *control, pid, *birth.rare);
    if (!placed) {
      release_message(birth.arguments);
      control->state.store(kIdle);
      system.table().release(*control, slots);
      return placed.error();
    }
  }
  begin_life(*control, birth);
  control->process.pid = pid;
  control->process.control = control;
  control->process.signals.store(0, std::memory_order_relaxed);
  control->parent = birth.parent;
  control->children_born.store(0, std::memory_order_relaxed);
  control->children_ended.store(std::uint64_t{control->generation} << 32, std::memory_order_relaxed);
  control->result_known = false;
  control->seen_fuel.store(0, std::memory_order_relaxed);
  control->seen_heap_bytes.store(0, std::memory_order_relaxed);
  if (birth.is_main) birth.run->set_main(pid);
  control->live.store(pid, std::memory_order_release);
  control->spawn_number.store(birth.run->add_process(), std::memory_order_relaxed);
  // A run that began to finish before the line above has missed this process.
  if (birth.run->finishing()) control->process.signals.fetch_or(kSignalKill);
  if (worker) {
    count(worker->stats.spawned);
  } else {
    system.spawned_outside.fetch_add(1, std::memory_order_relaxed);
  }
  system.schedule(*control, worker, false);
  return pid;
}

Message* new_rebirth(Birth birth) {
  Message* message = new_message(MessageKind::rebirth, 1, 0, 0);
  if (!message) {
    release_message(birth.arguments);
    return nullptr;
  }
  message->scalar_arguments()[0].u = reinterpret_cast<std::uint64_t>(new Birth(std::move(birth)));
  return message;
}

void discard_birth(Message& message) {
  auto* birth = reinterpret_cast<Birth*>(message.scalar_arguments()[0].u);
  release_message(birth->arguments);
  delete birth;
}

void rebirth(Worker& worker, ProcessControl& control, Message& message) {
  const std::unique_ptr<Birth> birth(reinterpret_cast<Birth*>(message.scalar_arguments()[0].u));
  drop_memory(worker, control);
  control.program.load(std::memory_order_relaxed)->remove_process();
  begin_life(control, *birth);
  ++extras_of(control).restarts;
}

bool end_child_life(Worker& worker, ProcessControl& control, const Ending& ending) {
  Extras* extras = control.extras.load(std::memory_order_acquire);
  if (!extras || !extras->supervisor || control.run->finishing()) return false;
  ProcessControl* supervisor = worker.system().find(extras->supervisor);
  if (!supervisor) return false;
  const Reason reason = reason_of(control, ending);
  if (ending.thrown && control.run->settings().on_uncaught) {
    Exit exit{control.process.pid,
              static_cast<std::uint16_t>(reason.code),
              reason.text(),
              error_trace(reason.error),
              {},
              control.process.fuel_spent};
    control.run->settings().on_uncaught(exit);
  }
  if (ending.thrown) note_failure(worker, control);
  count(control.run->tally(worker).fuel, std::exchange(control.process.fuel_spent, 0));
  fail_current_ask(worker, control, reason);
  forget_watched(worker, control);
  if (extras->supervision) end_children(worker, *extras->supervision);
  vm::Context* context = control.process.context;
  if (control.process.saved || context) vm::discard_frames(control.process);
  if (context && context != worker.context()) worker.keep_context(context);
  if (extras->blocked) release_message(std::exchange(extras->blocked, nullptr));
  if (control.arrived) release_message(std::exchange(control.arrived, nullptr));
  extras->migration.reset();
  extras->everys.clear();
  extras->kill_due_ns = TimerWheel::kNever;
  extras->receive = {};
  extras->ending = ending;  // its Error object stays on the heap until the place is used again
  control.process.signals.fetch_and(~(kSignalStop | kSignalTimer));
  control.waits_for.store(0, std::memory_order_relaxed);
  control.activity = Activity::none;
  control.wait = Wait::restart;
  Message* exit = new_message(MessageKind::child_exit, 1, 0, 0);
  if (!exit) return false;
  exit->from = control.process.pid;
  exit->to = extras->supervisor;
  exit->number = extras->child_number;
  exit->scalar_arguments()[0].i = static_cast<std::int64_t>(reason.code);
  deliver(worker.system(), &worker, *supervisor, exit);
  return true;
}

void end_process(Worker& worker, ProcessControl& control, const Ending& ending) {
  const Pid pid = control.process.pid;
  Run& run = *control.run;
  Extras* extras;
  {
    const ControlLock lock(control);
    control.live.store(0, std::memory_order_relaxed);
    control.spawn_number.store(kNewest, std::memory_order_relaxed);
    extras = control.extras.load(std::memory_order_acquire);
    if (extras) control.extras.store(nullptr, std::memory_order_relaxed);
  }
  count(worker.stats.ended);
  count(run.tally(worker).fuel, control.process.fuel_spent);
  if (extras || ending.thrown || control.asker || has_mail(control) || run.main() == pid) {
    tell_end(worker, control, ending, std::unique_ptr<Extras>(extras));
  }
  control.waits_for.store(0, std::memory_order_relaxed);
  forget_child(worker.system(), control.parent);
  TimerWheel::disarm(control);
  const bool finishing = run.finishing();
  drop_memory(worker, control);
  control.program.load(std::memory_order_relaxed)->remove_process();
  control.process.signals.store(0, std::memory_order_relaxed);
  control.activity = Activity::none;
  control.wait = Wait::none;
  if (finishing) run.process_ended(pid, &worker);
  run.remove_process();
}

void clear_dead(Worker& worker, ProcessControl& control) {
  if (has_mail(control)) refuse_messages(worker, control, Reason{});
}

}  // namespace noodle::process
