#include "runtime/process/supervisor.hpp"

#include "runtime/process/delivery.hpp"
#include "runtime/process/turn.hpp"
#include "runtime/vm/context.hpp"

namespace noodle::process {
namespace {

bool abnormal(Code code) {
  return code != Code::exit_normal && code != Code::exit_stopped;
}

/// Tells the spawner that the supervisor stands, or why it does not.
void answer_spawner(Worker& worker, SupervisorState& state, Pid supervisor, const Error* failure) {
  const Pid spawner = std::exchange(state.waiting_spawner, 0);
  if (!spawner) return;
  if (failure) {
    fail_ask(worker.system(), &worker, spawner, state.waiting_number, failure->code, failure->message);
    return;
  }
  Message* reply = new_message(MessageKind::reply, 0, 0, 0);
  if (!reply) return;
  reply->from = supervisor;
  reply->ask = state.waiting_number;
  post_control(worker.system(), &worker, spawner, reply);
}

}  // namespace

void begin_supervision(ProcessControl& control, const ActorInfo& info) {
  Extras& extras = extras_of(control);
  const bytecode::ActorDef& def = *info.def;
  Supervision::Options options;
  options.strategy = static_cast<Strategy>(def.strategy);
  options.intensity = def.intensity;
  options.period_ns = def.period_ns;
  const auto count = static_cast<std::uint32_t>(def.children.size());
  extras.supervision = std::make_unique<SupervisorState>(
      SupervisorState{Supervision(options, count), std::vector<Pid>(count), 0, 0, {}});
  extras.supervision->waiting_spawner = std::exchange(extras.waiting_spawner, 0);
  extras.supervision->waiting_number = extras.waiting_number;
  control.activity = Activity::none;
}

Result<Pid> spawn_supervised(Worker& worker, ProcessControl& supervisor, Birth birth) {
  SupervisorState& state = *extras_of(supervisor).supervision;
  const std::uint32_t child = supervisor.activity_number;
  System& system = worker.system();
  Pid& place = state.children[child];
  const Restart restart = birth.rare && birth.rare->settings ? birth.rare->settings->restart : Restart::permanent;
  ProcessControl* control = place ? system.find(place) : nullptr;
  if (control && control->actor.load(std::memory_order_relaxed) == birth.actor && !state.thunk_spawned) {
    Message* message = new_rebirth(std::move(birth));
    if (!message) return Error{Code::node_out_of_memory, "the node has no memory for a message", {}};
    post_control(system, &worker, place, message);
    count(supervisor.children_born, ~std::uint32_t{0});  // it counts already
  } else {
    RareBirth& rare = birth.with_rare();
    rare.supervisor = supervisor.process.pid;
    rare.child_number = child;
    auto pid = give_birth(system, &worker, worker.free_slots, std::move(birth));
    if (!pid) return pid.error();
    // Of several spawns in one thunk the last is the child.
    if (Message* release = place ? new_message(MessageKind::release, 0, 0, 0) : nullptr) {
      post_control(system, &worker, place, release);
    }
    place = *pid;
  }
  state.thunk_spawned = true;
  state.core.set_restart(child, restart);
  return place;
}

void end_children(Worker& worker, const SupervisorState& state) {
  for (std::size_t i = state.children.size(); i-- > 0;) {
    if (!state.children[i]) continue;
    // Released first: the place of a supervisor that is a child itself lives on, and would be waited for.
    post_control(worker.system(), &worker, state.children[i], new_message(MessageKind::release, 0, 0, 0));
    worker.system().signal(state.children[i], kSignalKill, &worker);
  }
}

Turn::Next Turn::supervise() {
  SupervisorState& state = *extras()->supervision;
  while (Message* message = pop_queue(control_)) {
    if (message->kind == MessageKind::child_exit && message->to == process_.pid &&
        state.children[message->number] == message->from) {
      const auto code = static_cast<Code>(message->scalar_arguments()[0].i);
      state.core.ended(message->number, abnormal(code), worker_.now_ns());
    }
    if (message->kind == MessageKind::child_exit) {
      release_message(message);
    } else {
      release_room(control_, *message);
      refuse(system(), &worker_, message, Code::no_such_process, "a supervisor takes no messages");
    }
  }
  if (std::exchange(control_.stop_requested, false)) {
    state.ending = {Code::exit_stopped, false, {}};
    state.core.shut_down();
  }
  for (;;) {
    const Supervision::Effect effect = state.core.next(worker_.now_ns());
    Pid& place = state.children.empty() ? process_.pid : state.children[effect.child];
    switch (effect.action) {
      case Supervision::Action::none:
        control_.deadline_ns = state.core.next_due_ns();
        return Next::idle;
      case Supervision::Action::start:
        return start_child(effect.child);
      case Supervision::Action::stop:
        if (system().find(place)) {
          system().signal(place, kSignalStop, &worker_);
        } else {
          state.core.ended(effect.child, false, worker_.now_ns());
        }
        break;
      case Supervision::Action::release:
        if (Message* release = place ? new_message(MessageKind::release, 0, 0, 0) : nullptr) {
          post_control(system(), &worker_, place, release);
        }
        place = 0;
        break;
      case Supervision::Action::rest:
        break;
      case Supervision::Action::ready:
        answer_spawner(worker_, state, process_.pid, nullptr);
        break;
      case Supervision::Action::finish: {
        if (state.core.gave_up()) {
          state.ending = {Code::restart_intensity, false,
                          "the supervisor gave up: its children failed more than " +
                              std::to_string(actor()->def->intensity) + " times in its period"};
        }
        const Ending ending = state.ending;
        const Error error{ending.code, ending.text.empty() ? title_of(ending.code) : ending.text, {}};
        answer_spawner(worker_, state, process_.pid, &error);
        state.children.clear();
        return end(ending);
      }
    }
  }
}

Turn::Next Turn::start_child(std::uint32_t child) {
  extras()->supervision->thunk_spawned = false;
  bind_context();
  process_.context->pointers[0] = process_.state;
  process_.context->pointers_top = process_.context->pointers + 1;
  call(*program().function(actor()->def->children[child]), Activity::child, child);
  return Next::run;
}

void Turn::child_started() {
  SupervisorState& state = *extras()->supervision;
  if (!state.thunk_spawned) state.core.start_failed(control_.activity_number, worker_.now_ns());
}

void Turn::child_failed() {
  SupervisorState& state = *extras()->supervision;
  vm::Object* error = std::exchange(process_.pending_error, nullptr);
  state.ending = {error_code(error), false, "a child could not be created: " + error_text(error)};
  state.core.start_failed(control_.activity_number, worker_.now_ns());
}

}  // namespace noodle::process
