// The end of an activity: replies, results, and the end of a life.
#include "runtime/process/delivery.hpp"
#include "runtime/process/lifecycle.hpp"
#include "runtime/process/supervisor.hpp"
#include "runtime/process/transfer.hpp"
#include "runtime/process/turn.hpp"
#include "runtime/vm/context.hpp"
#include "runtime/vm/heap.hpp"

namespace noodle::process {
namespace {

const Ending kNormalEnding{Code::exit_normal, false, {}};

}  // namespace

Turn::Next Turn::end(const Ending& ending) {
  outcome_ = Outcome::parked;
  const Extras* more = extras();
  const bool child = more && more->supervisor && control_.wait != Wait::restart;
  if (child && end_child_life(worker_, control_, ending)) return Next::dead;
  end_process(worker_, control_, ending);
  outcome_ = Outcome::dead;
  return Next::dead;
}

Turn::Next Turn::finish_activity() {
  const Activity done = std::exchange(control_.activity, Activity::none);
  switch (done) {
    case Activity::function:
      if (const Extras* more = extras(); more && more->evaluator) return end_evaluation(nullptr);
      control_.result = process_.context->scalars[0];
      control_.result_known = true;
      return end(kNormalEnding);
    case Activity::constructor:
    case Activity::started:
    case Activity::interval:
      return finish_start(done);
    case Activity::handler:
      return control_.asker ? reply() : Next::run;
    case Activity::child:
      child_started();
      return Next::run;
    case Activity::migrating:
      return step_migration();
    case Activity::stopping: {
      Extras& more = extras_of(control_);
      const Ending ending = more.ending;
      if (ending.thrown) process_.pending_error = more.ending_error->object;
      return end(ending);
    }
    default:
      return Next::run;
  }
}

/// After the constructor: `on started`, then the times of all `every`, then messages.
Turn::Next Turn::finish_start(Activity done) {
  const ActorInfo& info = *actor();
  const auto& everys = info.def->everys;
  std::uint32_t number = 0;
  if (done == Activity::interval) {
    Extras::Every& every = extras_of(control_).everys[control_.activity_number];
    every.interval_ns = process_.context->scalars[0].i;
    if (every.interval_ns <= 0) {
      bind_context();
      process_.pending_error = vm::new_error(process_, static_cast<std::uint16_t>(Code::invalid_argument),
                                             "`every` needs a time greater than 0s", nullptr);
      return fail_activity();
    }
    every.due_ns = worker_.read_clock() + every.interval_ns;
    number = control_.activity_number + 1;
  }
  bind_context();
  process_.context->pointers[0] = process_.state;
  if (done == Activity::constructor && info.def->is_supervisor) {
    begin_supervision(control_, info);
  } else if (done == Activity::constructor && info.on_started) {
    call(*info.on_started, Activity::started);
  } else if (number < everys.size()) {
    extras_of(control_).everys.resize(everys.size());
    call(*program().function(everys[number].interval), Activity::interval, number);
  } else {
    control_.activity = Activity::none;
  }
  return Next::run;
}

[[gnu::noinline]] Turn::Next Turn::fail_activity() {
  const Activity failed = std::exchange(control_.activity, Activity::none);
  control_.wait = Wait::none;
  Ending ending{error_code(process_.pending_error), true, {}};
  switch (failed) {
    case Activity::handler:
    case Activity::down:
    case Activity::other:
    case Activity::tick:
      return begin_stopping(std::move(ending));
    case Activity::stopping: {
      Extras& more = extras_of(control_);
      ending = more.ending;
      if (ending.thrown) process_.pending_error = more.ending_error->object;
      return end(ending);
    }
    case Activity::migrating: {
      const vm::Object* error = std::exchange(process_.pending_error, nullptr);
      return end_migration({error_code(error), error_text(error), {}});
    }
    case Activity::child:
      child_failed();
      return Next::run;
    case Activity::function:
      if (const Extras* more = extras(); more && more->evaluator) return end_evaluation(process_.pending_error);
      return end(ending);
    default:
      return end(ending);
  }
}

/// Sends the result of the handled ask: it is in the context, or kept in native_scratch for a heavy slice.
[[gnu::noinline]] Turn::Next Turn::reply() {
  const Pid asker_pid = control_.asker;
  ProcessControl* asker = system().find(asker_pid);
  const bool kept = control_.activity == Activity::replying;
  vm::Object* result = kept ? process_.native_scratch : process_.context->pointers[0];
  const char kind = control_.function->result;
  Error error;
  Message* message = nullptr;
  if (asker) {
    Transfer transfer{MessageKind::reply, {}, {}, asker->program.load(std::memory_order_relaxed), {}};
    if (kind == 's') transfer.scalars = {process_.context->scalars, 1};
    if (kind == 'p') transfer.pointers = {&result, 1};
    const bool foreign = transfer.receiver_program != &program() && kind == 'p';
    message = foreign ? make_foreign_reply(control_, transfer, control_.activity_number, error)
                      : make_message(worker_, control_, transfer, error);
    if (!message && control_.heavy) {
      process_.native_scratch = result;
      control_.activity = Activity::replying;
      return Next::idle;
    }
  }
  if (kept) process_.native_scratch = nullptr;
  control_.activity = Activity::none;
  control_.asker = 0;
  if (!asker) return Next::run;
  if (!message) {
    fail_ask(system(), &worker_, asker_pid, control_.asker_number, error.code, error.message);
    return Next::run;
  }
  left_ -= message->payload_bytes / 64;
  message->from = process_.pid;
  message->ask = control_.asker_number;
  Pid self = process_.pid;
  asker->waits_for.compare_exchange_strong(self, 0, std::memory_order_relaxed);
  post_control(system(), &worker_, asker_pid, message);
  return Next::run;
}

}  // namespace noodle::process
