#include "runtime/replay/steps.hpp"

#include "runtime/process/extras.hpp"
#include "runtime/process/reason.hpp"
#include "runtime/values/value.hpp"

namespace noodle::replay {
namespace {

using namespace process;
using vm::NativeStatus;
using vm::Object;
using vm::Slot;

constexpr std::size_t kLongestValue = 60;

Stepper* watching = nullptr;

std::string cut(std::string text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
  return text.substr(0, bytes) + "...";
}

std::string short_text(const vm::Program& program, const Object* value) {
  vm::ValueText text(program, value, true);
  text.step(kLongestValue + 1);
  return cut(text.out(), kLongestValue);
}

/// "(1, [2, 3])", of registers.
std::string arguments_text(const vm::Program& program, std::span<const bytecode::TypeRef> types, const Slot* s,
                           Object* const* p) {
  std::string text = "(";
  for (const bytecode::TypeRef& type : types) {
    if (text.size() > 1) text += ", ";
    if (bytecode::is_scalar_kind(program.module.types[type.index].kind)) {
      text += vm::scalar_text(program, type.index, *s++);
    } else {
      text += short_text(program, *p++);
    }
  }
  return text + ")";
}

const vm::Program& program_of(const ProcessControl& control) {
  return *control.program.load(std::memory_order_relaxed)->program;
}

System& system_of(const ProcessControl& control) {
  return control.worker->system();
}

const char* waited_text(Wait waited) {
  switch (waited) {
    case Wait::reply:
      return "the answer to its ask";
    case Wait::room:
      return "room in a mailbox";
    case Wait::message:
      return "a message, or the time for it";
    case Wait::time:
      return "the end of its sleep";
    case Wait::children:
      return "the children of a supervisor";
    default:
      return "its turn";
  }
}

Step::Kind kind_of(const ProcessControl& control, MessageKind message) {
  switch (control.activity) {
    case Activity::function:
    case Activity::constructor:
      return Step::Kind::start;
    case Activity::started:
      return Step::Kind::started;
    case Activity::handler:
      return Step::Kind::message;
    case Activity::down:
      return Step::Kind::down;
    case Activity::other:
      return message == MessageKind::raw ? Step::Kind::value : Step::Kind::other;
    case Activity::tick:
      return Step::Kind::tick;
    case Activity::stopping:
      return Step::Kind::stopping;
    default:
      return Step::Kind::other;
  }
}

/// Called by the system with a message of some process.
bool has_sender(Step::Kind kind) {
  return kind == Step::Kind::message || kind == Step::Kind::value || kind == Step::Kind::down;
}

}  // namespace

std::string_view name_of(Step::Kind kind) {
  constexpr std::string_view kNames[] = {"start", "message", "value", "down", "tick",  "started", "stopping",
                                         "other", "resume",  "send",  "ask",  "spawn", "end"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string process_text(System& system, Pid pid) {
  const std::string number = "<" + std::to_string(pid_index(pid)) + ">";
  const ProcessControl* control = system.find(pid);
  if (!control) return number;
  const std::string what = what_of(*control);
  return (what.empty() ? "process" : what) + " " + number;
}

/// The actor instructions on their way to the real ones.
struct Stepper::Watched {
  static NativeStatus spawn(vm::Process& process, std::uint32_t actor, Slot* s, Object** p, Object* options) {
    const vm::Program& program = *process.program;
    const bytecode::ActorDef& def = program.module.actors[actor];
    const std::string arguments = arguments_text(program, def.constructor_args.params, s, p);
    return spawned(process, def.name, arguments, p, watching->ops_.spawn(process, actor, s, p, options));
  }
  static NativeStatus spawn_function(vm::Process& process, const vm::Function& function, Slot* s, Object** p,
                                     Object* options) {
    const std::string arguments = arguments_text(*process.program, function.def->signature.params, s, p);
    return spawned(process, function.def->name, arguments, p,
                   watching->ops_.spawn_function(process, function, s, p, options));
  }
  static NativeStatus spawned(vm::Process& process, const std::string& what, const std::string& arguments, Object** p,
                              NativeStatus status) {
    const bool born = status == NativeStatus::ok || status == NativeStatus::park;
    const Pid pid = born ? static_cast<vm::ActorRefObject*>(p[0])->pid : 0;
    if (born) watching->tell(control_of(process), Step::Kind::spawn, pid, what, arguments);
    return status;
  }
  static NativeStatus send(vm::Process& process, std::uint32_t handler, Slot* s, Object** p) {
    const bytecode::HandlerDef& def = process.program->module.handlers[handler];
    tell(process, Step::Kind::send, p[0], def.name, arguments_text(*process.program, def.signature.params, s, p + 1));
    return watching->ops_.send(process, handler, s, p);
  }
  static NativeStatus ask(vm::Process& process, std::uint32_t handler, Slot* s, Object** p) {
    const bytecode::HandlerDef& def = process.program->module.handlers[handler];
    tell(process, Step::Kind::ask, p[0], def.name,
         arguments_text(*process.program, def.signature.params, s + 1, p + 1));
    return watching->ops_.ask(process, handler, s, p);
  }
  static NativeStatus send_raw(vm::Process& process, Object* ref, Object* value) {
    tell(process, Step::Kind::send, ref, {}, "(" + short_text(*process.program, value) + ")");
    return watching->ops_.send_raw(process, ref, value);
  }
  static void tell(vm::Process& process, Step::Kind kind, const Object* ref, const std::string& what,
                   std::string arguments) {
    const Pid to = static_cast<const vm::ActorRefObject*>(ref)->pid;
    watching->tell(control_of(process), kind, to, what, std::move(arguments));
  }
};

Stepper::Stepper(std::function<void(const Step&)> on_step) : on_step_(std::move(on_step)), ops_(vm::actor_ops()) {
  watching = this;
  vm::set_actor_ops({Watched::spawn, Watched::spawn_function, Watched::send, Watched::ask, Watched::send_raw});
}

Stepper::~Stepper() {
  vm::set_actor_ops(ops_);
  watching = nullptr;
}

void Stepper::tell(ProcessControl& control, Step::Kind kind, Pid other, std::string what, std::string arguments) {
  System& system = system_of(control);
  on_step_({.kind = kind,
            .number = current_.number,
            .process = process_text(system, control.process.pid),
            .other = process_text(system, other),
            .what = std::move(what),
            .arguments = std::move(arguments),
            .fuel = control.process.fuel_spent});
}

void Stepper::deliver(Step step) {
  step.number = current_.number + 1;
  current_ = std::move(step);
  on_step_(current_);
}

void Stepper::at_boundary(ProcessControl&, const Message* next) {
  sender_ = next ? next->from : 0;
  message_ = next ? next->kind : MessageKind{};
}

void Stepper::begun(ProcessControl& control) {
  System& system = system_of(control);
  const vm::Program& program = program_of(control);
  const vm::Context& context = *control.process.context;
  Step step{.kind = kind_of(control, message_),
            .process = process_text(system, control.process.pid),
            .other = {},
            .what = {},
            .arguments = {}};
  step.fuel = control.process.fuel_spent;
  if (has_sender(step.kind)) step.other = process_text(system, sender_);
  if (step.kind == Step::Kind::start && control.parent) step.other = process_text(system, control.parent);
  if (context.function) {
    const bytecode::FunctionDef& def = *context.function->def;
    const bool actor = control.actor.load(std::memory_order_relaxed) != nullptr;
    step.what = step.kind == Step::Kind::message ? program.module.handlers[control.activity_number].name : def.name;
    step.arguments = arguments_text(program, std::span(def.signature.params).subspan(actor ? 1 : 0), context.s,
                                    context.p + (actor ? 1 : 0));
  }
  deliver(std::move(step));
}

void Stepper::resumed(ProcessControl& control, Wait waited) {
  const Extras* extras = control.extras.load(std::memory_order_acquire);
  const Message* seen = waited == Wait::message && extras ? extras->receive.given : nullptr;
  deliver({.kind = Step::Kind::resume,
           .process = process_text(system_of(control), control.process.pid),
           .other = seen ? process_text(system_of(control), seen->from) : std::string(),
           .what = waited_text(waited),
           .arguments = {},
           .fuel = control.process.fuel_spent});
}

void Stepper::ended(ProcessControl& control, bool failed) {
  Step step{.kind = Step::Kind::end,
            .number = current_.number,
            .process = process_text(system_of(control), control.process.pid),
            .other = {},
            .what = {},
            .arguments = {},
            .fuel = control.process.fuel_spent};
  if (failed) {
    const Object* error = control.process.pending_error;
    step.what = "error " + std::to_string(static_cast<unsigned>(error_code(error))) + ": " + error_text(error);
  }
  on_step_(step);
}

}  // namespace noodle::replay
