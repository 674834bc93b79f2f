#include "runtime/run/steps.hpp"

#include <utility>

#include "runtime/process/extras.hpp"
#include "runtime/process/reason.hpp"
#include "runtime/values/value.hpp"

namespace noodle::process {
namespace {

using vm::Object;
using vm::Slot;

constexpr std::size_t kLongestValue = 60;

std::string cut(std::string text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
  return text.substr(0, bytes) + "...";
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

std::string_view name_of(Step::Kind kind) {
  constexpr std::string_view kNames[] = {"start", "message", "value", "down", "tick",  "started", "stopping",
                                         "other", "resume",  "send",  "ask",  "spawn", "end"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string process_text(System& system, Pid pid) {
  const std::string number = "<" + std::to_string(pid_index(pid)) + ">";
  ProcessControl* control = system.find(pid);
  if (!control) return number;
  std::string what;
  {
    const ControlLock lock(*control);
    if (control->live.load(std::memory_order_relaxed) != pid) return number;
    what = what_of(*control);
  }
  return (what.empty() ? "process" : what) + " " + number;
}

Step step_begun(ProcessControl& control, const Taken& taken) {
  System& system = system_of(control);
  const vm::Program& program = program_of(control);
  const vm::Context& context = *control.process.context;
  Step step{.kind = kind_of(control, taken.kind),
            .process = process_text(system, control.process.pid),
            .other = {},
            .what = {},
            .arguments = {}};
  step.fuel = control.process.fuel_spent;
  if (has_sender(step.kind)) step.other = process_text(system, taken.from);
  if (step.kind == Step::Kind::start && control.parent) step.other = process_text(system, control.parent);
  if (context.function) {
    const bytecode::FunctionDef& def = *context.function->def;
    const bool actor = control.actor.load(std::memory_order_relaxed) != nullptr;
    step.what = step.kind == Step::Kind::message ? program.module.handlers[control.activity_number].name : def.name;
    step.arguments = arguments_text(program, std::span(def.signature.params).subspan(actor ? 1 : 0), context.s,
                                    context.p + (actor ? 1 : 0));
  }
  return step;
}

Step step_resumed(ProcessControl& control, Wait waited) {
  const Extras* extras = control.extras.load(std::memory_order_acquire);
  const Message* seen = waited == Wait::message && extras ? extras->receive.given : nullptr;
  return {.kind = Step::Kind::resume,
          .process = process_text(system_of(control), control.process.pid),
          .other = seen ? process_text(system_of(control), seen->from) : std::string(),
          .what = waited_text(waited),
          .arguments = {},
          .fuel = control.process.fuel_spent};
}

Step step_ended(ProcessControl& control, bool failed) {
  Step step{.kind = Step::Kind::end,
            .process = process_text(system_of(control), control.process.pid),
            .other = {},
            .what = {},
            .arguments = {},
            .fuel = control.process.fuel_spent};
  if (failed) {
    const Object* error = control.process.pending_error;
    step.what = "error " + std::to_string(static_cast<unsigned>(error_code(error))) + ": " + error_text(error);
  }
  return step;
}

std::string sentence(const Step& step) {
  const std::string call = step.what + step.arguments;
  switch (step.kind) {
    case Step::Kind::start:
      return step.process + " starts: " + call + (step.other.empty() ? "" : ", spawned by " + step.other);
    case Step::Kind::message:
      return step.process + " takes " + call + " from " + step.other;
    case Step::Kind::value:
      return step.process + " takes a value from " + step.other + ": " + call;
    case Step::Kind::down:
      return step.process + " learns that " + step.other + " has ended: " + call;
    case Step::Kind::tick:
      return step.process + " ticks: " + call;
    case Step::Kind::resume:
      return step.process + " goes on: it has waited for " + step.what +
             (step.other.empty() ? "" : ", and looks at one from " + step.other);
    case Step::Kind::send:
      return "sends " + call + " to " + step.other;
    case Step::Kind::ask:
      return "asks " + step.other + ": " + call;
    case Step::Kind::spawn:
      return "spawns " + step.other + ": " + call;
    case Step::Kind::end:
      return "done" + (step.what.empty() ? "" : " with " + step.what) + ", fuel " + std::to_string(step.fuel);
    default:
      return step.process + ": " + call;
  }
}

}  // namespace noodle::process
