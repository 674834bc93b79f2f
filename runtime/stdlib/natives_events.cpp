// The host object `events`: an event goes to every subscribed process as a raw message; a full mailbox loses it.
#include "runtime/base/log.hpp"
#include "runtime/base/metrics/metrics.hpp"
#include "runtime/natives/native_call.hpp"
#include "runtime/process/control.hpp"
#include "runtime/process/delivery.hpp"
#include "runtime/process/transfer.hpp"
#include "runtime/run/outside.hpp"
#include "runtime/stdlib/fields.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/values/value.hpp"

namespace noodle::stdlib {
namespace {

using process::EventBus;
using process::Pid;
using process::ProcessControl;
using vm::NativeContext;
using vm::NativeStatus;

constexpr std::size_t kLongestName = 200;
constexpr KnownField kEventFields[] = {{"name", bytecode::kString},
                                       {"payload", bytecode::kAny},
                                       {"source", bytecode::kActorRefAny},
                                       {"time", bytecode::kTime}};

NativeStatus no_system(NativeContext& native) {
  return native.trap(Code::host_module_missing, "host module not present: events");
}

/// Name or pattern in p[1]; false: trapped.
bool name_at(NativeContext& native, std::string& name) {
  const std::size_t size = vm::text_bytes(native.p[1]);
  if (size == 0 || size > kLongestName) {
    native.trap(Code::invalid_argument, "events: a name has 1 to 200 bytes");
    return false;
  }
  name.resize(size);
  vm::copy_text(native.p[1], name.data());
  return true;
}

/// The Event record, in p[0]; false: trapped.
bool make_event(NativeContext& native) {
  const vm::Class& cls = native.program.classes[vm::result_type(native)];
  if (!has_fields(cls, kEventFields)) {
    native.trap(Code::link_signature, "record Event has other fields than this node's");
    return false;
  }
  vm::Object* event = vm::new_object(native.process, cls);
  if (!event) return false;
  native.p[0] = event;
  vm::Object* source = vm::new_object(native.process, native.program.classes[bytecode::kActorRefAny]);
  if (!source) return false;
  static_cast<vm::ActorRefObject*>(source)->pid = native.process.pid;
  event = native.p[0];
  event->pointers()[field_slot(native.program, cls, 0)] = native.p[1];
  event->pointers()[field_slot(native.program, cls, 1)] = native.p[2];
  event->pointers()[field_slot(native.program, cls, 2)] = source;
  event->slots()[field_slot(native.program, cls, 3)].i = process::clock_of(native.process).wall_ns();
  return true;
}

/// Sends the event in p[0]: ok, trap, or again when a heavy slice has to do it.
NativeStatus send(NativeContext& native, ProcessControl& self, Pid pid) {
  process::System& system = self.worker->system();
  ProcessControl* target = system.find(pid);
  if (!target) {
    system.events().forget(pid);
    return NativeStatus::ok;
  }
  static constexpr bytecode::TypeRef kAnyValue[] = {{bytecode::kAny, true}};
  const process::Transfer transfer{.kind = process::MessageKind::raw,
                                   .scalars = {},
                                   .pointers = {native.p, 1},
                                   .receiver_program = target->program.load(),
                                   .receiver_types = kAnyValue};
  Error error;
  process::Message* message = process::make_message(*self.worker, self, transfer, error);
  if (!message) {
    if (self.heavy) return NativeStatus::again;
    // Another program need not know the types of this one, or be there still.
    if (error.code == Code::image_unknown_type || error.code == Code::no_such_process) return NativeStatus::ok;
    return native.trap(error.code, error.message);
  }
  message->to = pid;
  message->from = native.process.pid;
  message->counted = true;
  if (process::deliver(system, self.worker, *target, message) == process::Delivery::full) {
    static Counter lost = *process_metrics().counter("noodle_events_lost_total", "Events that met a full mailbox.");
    lost.add();
    process::release_message(message);
  }
  return NativeStatus::ok;
}

// (events, name, payload)
NativeStatus emit(NativeContext& native) {
  std::string name;
  if (!native.process.control) return no_system(native);
  if (!name_at(native, name) || !make_event(native)) return NativeStatus::trap;
  ProcessControl& self = process::control_of(native.process);
  static const Logger log("events");
  if (process_log().enabled(log.component(), LogLevel::debug)) {
    log.debug(name, {{"payload", vm::value_text(native.program, native.p[2], 1000)}});
  }
  const std::vector<Pid> receivers = self.worker->system().events().receivers(name);
  std::int64_t& sent = native.process.native_progress;
  for (const auto count = static_cast<std::int64_t>(receivers.size()); sent < count; ++sent) {
    native.charge(16);
    const NativeStatus status = send(native, self, receivers[static_cast<std::size_t>(sent)]);
    if (status == NativeStatus::again) return status;
    if (status == NativeStatus::trap) break;
  }
  const bool all = sent >= static_cast<std::int64_t>(receivers.size());
  sent = 0;
  return all ? NativeStatus::ok : NativeStatus::trap;
}

NativeStatus subscribe(NativeContext& native) {
  std::string pattern;
  if (!native.process.control) return no_system(native);
  if (!name_at(native, pattern)) return NativeStatus::trap;
  EventBus& bus = process::control_of(native.process).worker->system().events();
  if (bus.subscribe(native.process.pid, pattern)) return NativeStatus::ok;
  return native.trap(Code::invalid_argument, "events: at most 256 patterns a process");
}

NativeStatus unsubscribe(NativeContext& native) {
  std::string pattern;
  if (!native.process.control) return no_system(native);
  if (!name_at(native, pattern)) return NativeStatus::trap;
  process::control_of(native.process).worker->system().events().unsubscribe(native.process.pid, pattern);
  return NativeStatus::ok;
}

constexpr vm::NativeEntry kTable[] = {
    {"Events.emit", "(I, String, any)Event", emit},
    {"Events.subscribe", "(I, String)", subscribe},
    {"Events.unsubscribe", "(I, String)", unsubscribe},
};

}  // namespace

NativeTable event_natives() {
  return kTable;
}

}  // namespace noodle::stdlib
