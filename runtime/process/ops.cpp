// The actor instructions: spawn, spawnf, send, ask, sendv.
#include "runtime/vm/actor_ops.hpp"

#include "runtime/process/delivery.hpp"
#include "runtime/process/lifecycle.hpp"
#include "runtime/process/process_natives.hpp"
#include "runtime/process/supervisor.hpp"
#include "runtime/process/transfer.hpp"
#include "runtime/remote/remotes.hpp"
#include "runtime/vm/heap.hpp"

namespace noodle::process {
namespace {

using vm::NativeStatus;
using vm::Object;
using vm::Process;
using vm::Slot;

constexpr std::size_t kLongestChain = 32;  // of asks that wait for each other
constexpr std::uint32_t kBytesPerFuel = 64;

/// A message could not be made: for good, or only by this worker.
NativeStatus not_made(Process& process, const Error& error) {
  return control_of(process).heavy ? NativeStatus::again : vm::trap(process, error.code, error.message);
}

NativeStatus fail(Process& process, const Error& error) {
  return vm::trap(process, error.code, error.message);
}

const LoadedProgram& program_of(const ProcessControl& control) {
  return *control.program.load(std::memory_order_relaxed);
}

// ---- spawn

/// What another system needs to make the process.
std::shared_ptr<const SpawnOrder> order_of(const ProcessControl& control, const Birth& birth) {
  auto order = std::make_shared<SpawnOrder>();
  order->program = birth.program->program->content_hash;
  order->is_function = birth.actor == nullptr;
  order->index =
      birth.actor ? static_cast<std::uint32_t>(birth.actor - birth.program->actors.data()) : birth.function->index;
  order->priority = static_cast<std::uint8_t>(birth.priority);
  order->limits = order->defaults = control.run->settings().limits;
  if (birth.rare && birth.rare->settings) {
    order->name = birth.rare->settings->name;
    if (birth.rare->settings->limits) order->limits = *birth.rare->settings->limits;
  }
  for (const Grant& grant : birth.grants->all()) order->grants.push_back(text_of(grant));
  return order;
}

/// Waits for the other system's answer, as long as an ask does.
NativeStatus spawn_elsewhere(ProcessControl& control, Birth& birth, vm::ActorRefObject* ref, SystemNumber system,
                             Message* arguments, Object** p) {
  constexpr std::int64_t kLimitNs = 30'000'000'000;
  if (control.activity == Activity::child) {
    release_message(arguments);
    return vm::trap(control.process, Code::not_in_cluster, "the children of a supervisor run on its own node");
  }
  auto pid = control.worker->system().remotes()->spawn(control, system, order_of(control, birth), ++control.ask_number,
                                                       arguments);
  if (arguments) release_message(arguments);
  if (!pid) return fail(control.process, pid.error());
  count(control.children_born);
  ref->pid = *pid;
  p[0] = ref;
  control.wait = Wait::children;
  control.deadline_ns = control.worker->now_ns() + kLimitNs;
  return NativeStatus::park;
}

NativeStatus spawn(Process& process, Birth&& birth, CallShape shape, std::uint32_t reference_type, Slot* s, Object** p,
                   Object* options) {
  ProcessControl& control = control_of(process);
  Worker& worker = *control.worker;
  System& system = worker.system();
  Extras* const extras = control.extras.load(std::memory_order_acquire);
  const auto place = extras ? std::exchange(extras->place, std::nullopt) : std::nullopt;
  if (control.run->finishing())
    return vm::trap(process, Code::exit_stopped, "the run is ending: nothing can be spawned");
  const std::int32_t children = living_children(control);
  if (children >= 0 && static_cast<std::uint32_t>(children) >= process.limits->children) {
    return vm::trap(process, Code::too_many_children, "the process has " + std::to_string(children) + " children");
  }
  birth.run = control.run;
  birth.program = &program_of(control);
  birth.parent = process.pid;
  birth.grants = control.grants;
  if (extras && extras->grants) birth.with_rare().own_grants = extras->grants;
  if (options) {
    auto settings = read_spawn_options(control, options);
    if (!settings) return fail(process, settings.error());
    RareBirth& rare = birth.with_rare();
    birth.priority = settings->priority;
    if (settings->grants) {
      rare.own_grants = settings->grants;
      birth.grants = rare.own_grants.get();
    }
    rare.settings = std::move(*settings);
  }
  auto* ref = static_cast<vm::ActorRefObject*>(vm::new_object(process, process.program->classes[reference_type]));
  if (!ref) return NativeStatus::trap;
  if (shape.scalars || shape.pointers) {
    Error error;
    birth.arguments = make_message(
        worker, control,
        {MessageKind::start, {s, shape.scalars}, {p, shape.pointers}, place ? &stand_in_program() : birth.program, {}},
        error);
    if (!birth.arguments) {
      if (place && control.heavy) extras->place = place;  // the spawn comes again
      return not_made(process, error);
    }
    process.fuel -= birth.arguments->payload_bytes / kBytesPerFuel;
  }
  if (place) {
    return spawn_elsewhere(control, birth, ref, *place, birth.arguments, p);
  }
  const bool supervisor = birth.actor && birth.actor->def->is_supervisor;
  Result<Pid> pid = control.activity == Activity::child
                        ? spawn_supervised(worker, control, std::move(birth))
                        : give_birth(system, &worker, worker.free_slots, std::move(birth));
  if (!pid) return fail(process, pid.error());
  count(control.children_born);
  ref->pid = *pid;
  p[0] = ref;
  if (!supervisor) return NativeStatus::ok;
  control.wait = Wait::children;  // the supervisor answers when its children are there
  control.deadline_ns = TimerWheel::kNever;
  return NativeStatus::park;
}

NativeStatus op_spawn(Process& process, std::uint32_t actor, Slot* s, Object** p, Object* options) {
  ProcessControl& control = control_of(process);
  const ActorInfo& info = program_of(control).actors[actor];
  Birth birth;
  birth.actor = &info;
  if (info.def->is_supervisor) birth.waiting_number = ++control.ask_number;
  return spawn(process, std::move(birth), info.constructor_shape, info.reference_type, s, p, options);
}

NativeStatus op_spawn_function(Process& process, const vm::Function& function, Slot* s, Object** p, Object* options) {
  Birth birth;
  birth.function = &function;
  return spawn(process, std::move(birth), {function.scalar_args, function.pointer_args, function.result},
               bytecode::kActorRefAny, s, p, options);
}

// ---- send

/// Waits in the send until the receiver has room for the message.
[[gnu::noinline]] NativeStatus wait_for_room(ProcessControl& control, Message* message) {
  Extras& extras = extras_of(control);
  extras.blocked = message;
  extras.awaits_room = false;
  control.wait = Wait::room;  // the turn registers it with the receiver
  return NativeStatus::park;
}

[[gnu::noinline]] NativeStatus mailbox_full(Process& process, Message* message, std::string_view which) {
  release_message(message);
  control_of(process).wait = Wait::none;
  return vm::trap(process, Code::mailbox_full, std::string(which) + " is full");
}

/// Delivers what the process sends; ok, trap, or park until there is room.
NativeStatus post(ProcessControl& control, ProcessControl& target, Pid to, Message* message) {
  Process& process = control.process;
  message->to = to;
  message->from = process.pid;
  message->counted = true;
  process.fuel -= message->payload_bytes / kBytesPerFuel;
  if (deliver(control.worker->system(), control.worker, target, message) == Delivery::done) return NativeStatus::ok;
  if (&target == &control) return mailbox_full(process, message, "the process's own mailbox");
  if (target.mailbox.policy() == MailboxPolicy::error) {
    return mailbox_full(process, message, "the mailbox of " + pid_text(to));
  }
  return wait_for_room(control, message);
}

/// The receiver of a send; null: it is dead, or nothing is delivered any more.
ProcessControl* receiver_of(ProcessControl& control, Pid to) {
  if (control.run->finishing()) return nullptr;
  return control.worker->system().find(to);
}

[[gnu::noinline]] void count_dead(ProcessControl& control, Pid to, MessageKind kind) {
  Message letter;
  letter.to = to;
  letter.from = control.process.pid;
  letter.kind = kind;
  control.worker->system().dead_letter(letter);
}

/// A send whose message could not be made. A receiver that is gone by now is no error.
NativeStatus not_sent(ProcessControl& control, Pid to, MessageKind kind, const Error& error) {
  if (error.code != Code::no_such_process) return not_made(control.process, error);
  count_dead(control, to, kind);
  return NativeStatus::ok;
}

/// A handler's message for the receiver's program; null with `error`.
Message* make_call(ProcessControl& control, ProcessControl& target, MessageKind kind, std::uint32_t handler, Slot* s,
                   Object** p, Error& error) {
  const LoadedProgram& program = program_of(control);
  const CallShape& shape = program.handlers[handler];
  const LoadedProgram* receiver = target.program.load(std::memory_order_relaxed);
  Transfer transfer{kind, {s, shape.scalars}, {p, shape.pointers}, receiver, {}};
  if (receiver == &program) {
    Message* message = make_message(*control.worker, control, transfer, error);
    if (message) message->number = handler;
    return message;
  }
  return make_foreign_call(control, std::move(transfer), handler, error);
}

/// The way of arguments with pointers, of other programs and of errors.
[[gnu::noinline]] NativeStatus send_copied(ProcessControl& control, ProcessControl& target, Pid to,
                                           std::uint32_t handler, Slot* s, Object** p) {
  Error error;
  Message* message = make_call(control, target, MessageKind::call, handler, s, p, error);
  return message ? post(control, target, to, message) : not_sent(control, to, MessageKind::call, error);
}

/// Inlined like Turn::next_activity; most messages are a few scalars within one program.
[[gnu::flatten]] NativeStatus op_send(Process& process, std::uint32_t handler, Slot* s, Object** p) {
  ProcessControl& control = control_of(process);
  const Pid to = static_cast<vm::ActorRefObject*>(p[0])->pid;
  ProcessControl* target = receiver_of(control, to);
  if (!target) {
    count_dead(control, to, MessageKind::call);
    return NativeStatus::ok;
  }
  const LoadedProgram& program = program_of(control);
  const CallShape& shape = program.handlers[handler];
  if (shape.pointers == 0 && target->program.load(std::memory_order_relaxed) == &program) {
    if (Message* message = new_message(MessageKind::call, {s, shape.scalars}, {}, {})) {
      message->number = handler;
      message->stamp = program.stamp;
      return post(control, *target, to, message);
    }
  }
  return send_copied(control, *target, to, handler, s, p + 1);
}

NativeStatus op_send_raw(Process& process, Object* ref, Object* value) {
  ProcessControl& control = control_of(process);
  if (!value) return vm::trap(process, Code::null_use, "null cannot be sent");
  const Pid to = static_cast<vm::ActorRefObject*>(ref)->pid;
  ProcessControl* target = receiver_of(control, to);
  if (!target) {
    count_dead(control, to, MessageKind::raw);
    return NativeStatus::ok;
  }
  Error error;
  Message* message =
      make_message(*control.worker, control,
                   {MessageKind::raw, {}, {&value, 1}, target->program.load(std::memory_order_relaxed), {}}, error);
  return message ? post(control, *target, to, message) : not_sent(control, to, MessageKind::raw, error);
}

// ---- ask

/// The chain of processes that ask each other from `target` back to `self`; empty if there is none.
std::string ask_cycle(System& system, Pid self, Pid target) {
  std::string chain = pid_text(self);
  Pid at = target;
  for (std::size_t i = 0; i < kLongestChain; ++i) {
    chain += " -> " + pid_text(at);
    if (at == self) return chain;
    const ProcessControl* next = system.find(at);
    at = next ? next->waits_for.load() : 0;
    if (!at) break;
  }
  return {};
}

NativeStatus op_ask(Process& process, std::uint32_t handler, Slot* s, Object** p) {
  ProcessControl& control = control_of(process);
  System& system = control.worker->system();
  const Pid to = static_cast<vm::ActorRefObject*>(p[0])->pid;
  if (to == process.pid) return vm::trap(process, Code::ask_self, "the process asks itself");
  ProcessControl* target = receiver_of(control, to);
  if (!target) return vm::trap(process, Code::no_such_process, "the asked process " + pid_text(to) + " has ended");
  Error error;
  Message* message = make_call(control, *target, MessageKind::ask, handler, s + 1, p + 1, error);
  if (!message) return not_made(process, error);
  const std::int64_t now = control.worker->now_ns();
  control.deadline_ns = s[0].i > TimerWheel::kNever - now ? TimerWheel::kNever : now + s[0].i;
  message->ask = ++control.ask_number;
  control.waits_for.store(to);
  if (target->waits_for.load() != 0) {
    const std::string cycle = ask_cycle(system, process.pid, to);
    if (!cycle.empty()) {
      release_message(message);
      control.waits_for.store(0, std::memory_order_relaxed);
      control.deadline_ns = TimerWheel::kNever;
      return vm::trap(process, Code::ask_self, "processes ask each other in a circle: " + cycle);
    }
  }
  const NativeStatus status = post(control, *target, to, message);
  if (status == NativeStatus::ok) {
    control.wait = Wait::reply;
    return NativeStatus::park;
  }
  if (status == NativeStatus::trap) {
    control.waits_for.store(0, std::memory_order_relaxed);
    control.deadline_ns = TimerWheel::kNever;
  }
  return status;
}

}  // namespace

const vm::ActorOps& process_actor_ops() {
  static const vm::ActorOps ops{op_spawn, op_spawn_function, op_send, op_ask, op_send_raw};
  return ops;
}

}  // namespace noodle::process
