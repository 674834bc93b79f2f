// Selective receive: looks at the messages of a mailbox one after another without taking them.
//
// A message looked at moves from the queue to the pending list and stays there until it is taken or the process is
// idle.
#include "runtime/process/delivery.hpp"
#include "runtime/process/process_natives.hpp"
#include "runtime/process/turn.hpp"
#include "runtime/vm/heap.hpp"
#include "runtime/vm/native.hpp"

namespace noodle::process {
namespace {

vm::Object* value_of_down(vm::Process& process, Message& message) {
  vm::Root reason(process, reason_object(process, message));
  auto* ref =
      static_cast<vm::ActorRefObject*>(vm::new_object(process, process.program->classes[bytecode::kActorRefAny]));
  if (!ref) return nullptr;
  ref->pid = message.from;
  vm::Root address(process, ref);
  vm::Object* down = vm::new_object(process, process.program->classes[bytecode::kDown]);
  if (!down) return nullptr;
  down->pointers()[0] = address.object;
  down->pointers()[1] = reason.object;
  return down;
}

/// The record that stands for a handler's message: its fields are the handler's parameters.
vm::Object* value_of_call(vm::Process& process, Message& message, const vm::Class& record) {
  const vm::Root root(process, vm::new_object(process, record));
  if (!root.object) return nullptr;
  char* base = message.payload_bytes ? adopt_image(process, message.payload(), message.payload_bytes) : nullptr;
  if (message.payload_bytes && !base) return nullptr;
  vm::Object* value = root.object;
  for (unsigned i = 0; i < message.scalars; ++i) value->slots()[record.scalar_slots[i]] = message.scalar_arguments()[i];
  for (unsigned i = 0; i < message.pointers; ++i) {
    value->pointers()[record.pointer_slots[i]] = resolve(message.refs()[i], base);
  }
  return value;
}

/// The message behind the last one looked at, among those that are out of the queue already.
Message* next_pending(const ProcessControl& control, const Extras::Receive& receive) {
  if (!receive.given) return control.mailbox.pending();
  return static_cast<Message*>(receive.given->next.load(std::memory_order_relaxed));
}

vm::Object* value_of(vm::Process& process, Message& message, std::uint32_t message_type) {
  switch (message.kind) {
    case MessageKind::down:
      return value_of_down(process, message);
    case MessageKind::call:
      return value_of_call(process, message, process.program->classes[message_type]);
    default: {
      char* base = message.payload_bytes ? adopt_image(process, message.payload(), message.payload_bytes) : nullptr;
      return message.payload_bytes && !base ? nullptr : resolve(message.refs()[0], base);
    }
  }
}

}  // namespace

bool can_look(const ProcessControl& control) {
  const Extras* extras = control.extras.load(std::memory_order_acquire);
  return !control.mailbox.queue_empty() || (extras && next_pending(control, extras->receive));
}

Look look_at_next(ProcessControl& control, vm::Object*& value) {
  vm::Process& process = control.process;
  Extras::Receive& receive = extras_of(control).receive;
  const auto& handlers = process.program->module.handlers;
  for (;;) {
    Message* message = next_pending(control, receive);
    if (!message) {
      message = pop_queue(control);
      if (!message) return Look::nothing;
      if (message->to != process.pid) {
        release_room(control, *message);
        refuse(control.worker->system(), control.worker, message, Code::no_such_process, "the process has ended");
        continue;
      }
      message = readable(control, message);
      control.mailbox.append_pending(message);
    }
    const bool passed_over = message->kind == MessageKind::ask || message->kind == MessageKind::child_exit ||
                             !is_readable(control, *message);
    if (!passed_over && is_heavy(control, message->payload_bytes)) return Look::heavy;
    receive.before = receive.given;
    receive.given = message;
    if (passed_over) continue;  // asked messages wait until the actor is idle
    std::uint32_t message_type = bytecode::kNone;
    if (message->kind == MessageKind::call) {
      if (message->number < handlers.size()) message_type = handlers[message->number].message_type;
      if (message_type == bytecode::kNone) continue;
    } else if (message->kind != MessageKind::raw && message->kind != MessageKind::down) {
      continue;
    }
    value = value_of(process, *message, message_type);
    return value ? Look::found : Look::failed;
  }
}

vm::NativeStatus receive_begin(vm::NativeContext& native) {
  ProcessControl& control = control_of(native.process);
  Extras::Receive& receive = extras_of(control).receive;
  receive = {};
  if (const vm::Object* timeout = native.p[0]) {
    const std::int64_t now = control.worker->read_clock();
    const std::int64_t wait_ns = timeout->slots()[0].i;
    receive.deadline_ns = wait_ns > TimerWheel::kNever - now ? TimerWheel::kNever : now + wait_ns;
  }
  return vm::NativeStatus::ok;
}

vm::NativeStatus receive_next(vm::NativeContext& native) {
  ProcessControl& control = control_of(native.process);
  vm::Object* value = nullptr;
  switch (look_at_next(control, value)) {
    case Look::found:
      native.p[0] = value;
      return vm::NativeStatus::ok;
    case Look::failed:
      return vm::NativeStatus::trap;
    case Look::heavy:
      return vm::NativeStatus::again;
    case Look::nothing:
      break;
  }
  const std::int64_t deadline_ns = extras_of(control).receive.deadline_ns;
  if (deadline_ns != TimerWheel::kNever && control.worker->read_clock() >= deadline_ns) {
    native.p[0] = nullptr;
    return vm::NativeStatus::ok;
  }
  native.p[0] = nullptr;
  control.wait = Wait::message;
  control.deadline_ns = deadline_ns;
  // It was asked to stop before it got here, the only place where a function can.
  if (control.stop_requested && control.activity == Activity::function) native.process.signals.fetch_or(kSignalStop);
  return vm::NativeStatus::park;
}

vm::NativeStatus receive_take(vm::NativeContext& native) {
  ProcessControl& control = control_of(native.process);
  Extras& extras = extras_of(control);
  Extras::Receive& receive = extras.receive;
  Message* message = std::exchange(receive.given, nullptr);
  if (!message) return native.trap(Code::invalid_argument, "no message was looked at");
  control.mailbox.remove_pending(receive.before, message);
  if (message->kind == MessageKind::down) extras.watched.erase(message->from);
  receive = {};
  finish_message(control, message);
  if (control.mailbox.senders_wait.load(std::memory_order_relaxed) && has_room_again(control.mailbox)) {
    wake_senders(control.worker->system(), control.worker, control);
  }
  return vm::NativeStatus::ok;
}

}  // namespace noodle::process
