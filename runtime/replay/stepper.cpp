#include "runtime/replay/stepper.hpp"

#include "runtime/process/extras.hpp"
#include "runtime/process/reason.hpp"
#include "runtime/values/value.hpp"

namespace noodle::replay {
namespace {

using namespace process;
using vm::NativeStatus;
using vm::Object;
using vm::Slot;

Stepper* watching = nullptr;

System& system_of(const ProcessControl& control) {
  return control.worker->system();
}

}  // namespace

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
  taken_ = next ? Taken{next->from, next->kind} : Taken{};
}

void Stepper::begun(ProcessControl& control) {
  deliver(step_begun(control, taken_));
}

void Stepper::resumed(ProcessControl& control, Wait waited) {
  deliver(step_resumed(control, waited));
}

void Stepper::ended(ProcessControl& control, bool failed) {
  Step step = step_ended(control, failed);
  step.number = current_.number;
  on_step_(step);
}

}  // namespace noodle::replay
