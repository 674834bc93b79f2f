// At a message boundary: which activity a process begins next.
#include "runtime/process/delivery.hpp"
#include "runtime/process/lifecycle.hpp"
#include "runtime/process/transfer.hpp"
#include "runtime/process/turn.hpp"
#include "runtime/vm/context.hpp"
#include "runtime/vm/heap.hpp"

namespace noodle::process {
namespace {

constexpr std::int64_t kActivityFuel = 8;  // what the start of an activity takes from the slice
constexpr std::int64_t kStoppingLimitNs = 5'000'000'000;
constexpr std::size_t kObjectRoom = 4096;  // for the small objects that come with a message

}  // namespace

Message* pop_queue(ProcessControl& control) {
  if (control.mailbox.policy() != MailboxPolicy::drop_oldest) return control.mailbox.pop_queue();
  const ControlLock lock(control);  // senders take the oldest message too
  return control.mailbox.pop_queue();
}

/// The oldest message that is to be handled; those that a `receive` passed over come first.
Message* pop_message(ProcessControl& control) {
  Message* message = control.mailbox.pending();
  if (!message) return pop_queue(control);
  control.mailbox.remove_pending(nullptr, message);
  return message;
}

void release_room(ProcessControl& control, const Message& message) {
  if (control.mailbox.policy() != MailboxPolicy::drop_oldest) return control.mailbox.release_room(message);
  const ControlLock lock(control);
  control.mailbox.release_room(message);
}

void finish_message(ProcessControl& control, Message* message) {
  release_room(control, *message);
  release_message(message);
}

bool is_heavy(ProcessControl& control, std::size_t payload_bytes) {
  if (payload_bytes == 0 || control.worker->heavy()) return false;
  const vm::Heap& heap = control.process.heap;
  const bool collects = heap.capacity_bytes() >= vm::kBackgroundHeapBytes &&
                        static_cast<std::size_t>(heap.end - heap.next) < payload_bytes + kObjectRoom;
  control.heavy = payload_bytes >= kHeavyBytes || collects;
  return control.heavy;
}

void Turn::bind_context() {
  if (!process_.context) vm::bind(process_, *worker_.context());
  process_.context->pointers_top = process_.context->pointers;
}

void Turn::call(const vm::Function& function, Activity activity, std::uint32_t number) {
  worker_.system().tiering().started(program().program, function);
  vm::begin_call(process_, function);
  control_.activity = activity;
  control_.activity_number = number;
  left_ -= kActivityFuel;
}

bool Turn::adopt_arguments(Message& message, unsigned first_pointer) {
  vm::Context& context = *process_.context;
  char* base = nullptr;
  if (message.payload_bytes) {
    base = adopt_image(process_, message.payload(), message.payload_bytes);
    if (!base) return false;
  }
  vm::Object** pointers = context.pointers + first_pointer;
  for (unsigned i = 0; i < message.pointers; ++i) pointers[i] = resolve(message.refs()[i], base);
  for (unsigned i = 0; i < message.scalars; ++i) context.scalars[i] = message.scalar_arguments()[i];
  if (first_pointer) context.pointers[0] = process_.state;
  context.pointers_top = pointers + message.pointers;
  return true;
}

void Turn::forget_activity() {
  abandon_migration();
  if (process_.context || process_.saved) {
    vm::Context* context = process_.context;
    vm::discard_frames(process_);
    if (context && context != worker_.context()) worker_.keep_context(context);
  }
  if (Extras* more = extras(); more && more->blocked) {
    refuse(system(), &worker_, std::exchange(more->blocked, nullptr), Code::no_such_process, "the sender has ended");
  }
  process_.native_state.reset();
  process_.native_scratch = nullptr;
  process_.pending_error = nullptr;
  process_.after_call = false;
  control_.wait = Wait::none;
  control_.deadline_ns = TimerWheel::kNever;
  control_.activity = Activity::none;
}

/// Every message passes here: what it calls is inlined, except what is marked as rare by noinline.
[[gnu::flatten]] Turn::Next Turn::next_activity() {
  if (control_.activity == Activity::born) return start_life();
  if (control_.activity == Activity::replying) return reply();
  if (control_.swap_wanted) return begin_migration();
  Extras* more = extras();
  if (more && more->supervision) return supervise();
  if (more && more->stand_in) return pass_messages_on(*more->stand_in);
  if (control_.stop_requested || control_.stop_after) return begin_stopping({Code::exit_stopped, false, {}});
  if (control_.run->finishing()) return Next::idle;
  if (more && more->evaluator) return start_evaluation();
  if (more && !more->everys.empty()) {
    for (std::uint32_t i = 0; i < more->everys.size(); ++i) {
      if (!more->everys[i].ticked) continue;
      more->everys[i].ticked = false;
      bind_context();
      process_.context->pointers[0] = process_.state;
      call(*program().function(actor()->def->everys[i].body), Activity::tick, i);
      return Next::run;
    }
  }
  Message* message = std::exchange(control_.held, nullptr);
  if (!message) message = pop_message(control_);
  if (!message) return Next::idle;
  if (is_heavy(control_, message->payload_bytes)) {
    control_.held = message;
    return Next::idle;
  }
  const Next next = start_message(message);
  if (control_.mailbox.senders_wait.load(std::memory_order_relaxed) && has_room_again(control_.mailbox)) {
    wake_senders(system(), &worker_, control_);
  }
  return next;
}

/// What came for a process of another system.
[[gnu::noinline]] Turn::Next Turn::pass_messages_on(StandIn& stand_in) {
  while (left_ > 0) {
    Message* message = std::exchange(control_.held, nullptr);
    if (!message) message = pop_message(control_);
    if (!message) return Next::idle;
    --left_;
    if (message->to != process_.pid) {
      release_room(control_, *message);
      refuse(system(), &worker_, message, Code::no_such_process, "the process has ended");
      continue;
    }
    if (!pass_on(worker_, stand_in, *message)) {
      control_.held = message;
      return Next::idle;
    }
    left_ -= message->payload_bytes / 64;
    finish_message(control_, message);
    if (control_.mailbox.senders_wait.load(std::memory_order_relaxed) && has_room_again(control_.mailbox)) {
      wake_senders(system(), &worker_, control_);
    }
  }
  return Next::run;
}

[[gnu::noinline]] Turn::Next Turn::start_life() {
  if (const Extras* more = extras()) {
    if (more->evaluator) return start_evaluation();
    if (more->stand_in) {
      control_.activity = Activity::none;
      return Next::run;
    }
  }
  if (control_.arrived && is_heavy(control_, control_.arrived->payload_bytes)) return Next::idle;
  const ActorInfo* info = actor();
  bind_context();
  Message* arguments = std::exchange(control_.arrived, nullptr);
  if (info) {
    process_.state = vm::new_object(process_, *info->state);
    if (!process_.state) return fail_activity();
    process_.context->pointers[0] = process_.state;
    process_.context->pointers_top = process_.context->pointers + 1;
  }
  if (arguments) {
    const bool adopted = adopt_arguments(*arguments, info ? 1 : 0);
    release_message(arguments);
    if (!adopted) return fail_activity();
  }
  if (!info) {
    control_.function = control_.main_function.load(std::memory_order_relaxed);
    call(*control_.function, Activity::function);
  } else if (info->constructor) {
    call(*info->constructor, Activity::constructor);
  } else {
    return finish_start(Activity::constructor);
  }
  return Next::run;
}

Turn::Next Turn::start_message(Message* message) {
  count(worker_.stats.messages);
  --left_;
  if (message->to != process_.pid) {  // it was meant for an earlier process of this slot
    release_room(control_, *message);
    refuse(system(), &worker_, message, Code::no_such_process, "the process has ended");
    return Next::run;
  }
  if (message->stamp != program().stamp) message = readable(control_, message);
  switch (message->kind) {
    case MessageKind::call:
    case MessageKind::ask:
      return start_handler(message);
    case MessageKind::raw:
      return start_other(message);
    case MessageKind::down:
      return start_down(message);
    default:
      finish_message(control_, message);
      return Next::run;
  }
}

Turn::Next Turn::start_handler(Message* message) {
  const ActorInfo* info = actor();
  const bool known = message->stamp == program().stamp && message->number < info->handlers.size();
  const vm::Function* function = known ? info->handlers[message->number] : nullptr;
  if (!function) {
    release_room(control_, *message);
    refuse(system(), &worker_, message, Code::wrong_actor_type, "the process has no such handler");
    return Next::run;
  }
  bind_context();
  if (message->kind == MessageKind::ask) {
    control_.asker = message->from;
    control_.asker_number = message->ask;
  }
  const bool adopted = message->payload_bytes == 0 && message->pointers == 0
                           ? (process_.context->pointers[0] = process_.state, true)
                           : adopt_arguments(*message, 1);
  if (message->pointers == 0) {
    for (unsigned i = 0; i < message->scalars; ++i) process_.context->scalars[i] = message->scalar_arguments()[i];
  }
  const std::uint32_t handler = message->number;
  finish_message(control_, message);
  control_.activity = Activity::handler;
  if (!adopted) return fail_activity();
  control_.function = function;
  call(*function, Activity::handler, handler);
  return Next::run;
}

[[gnu::noinline]] Turn::Next Turn::start_down(Message* message) {
  Extras& more = extras_of(control_);
  more.watched.erase(message->from);
  const ActorInfo* info = actor();
  if (!info || !info->on_down) {
    finish_message(control_, message);
    return Next::run;
  }
  bind_context();
  vm::Object* reason = reason_object(process_, *message);  // can move the state
  vm::Object** pointers = process_.context->pointers;
  pointers[0] = process_.state;
  pointers[1] = nullptr;
  pointers[2] = reason;
  process_.context->pointers_top = pointers + 3;
  const Pid ended = message->from;
  finish_message(control_, message);
  auto* ref =
      static_cast<vm::ActorRefObject*>(vm::new_object(process_, process_.program->classes[bytecode::kActorRefAny]));
  control_.activity = Activity::down;
  if (!ref) return fail_activity();
  ref->pid = ended;
  pointers[0] = process_.state;
  pointers[1] = ref;
  call(*info->on_down, Activity::down);
  return Next::run;
}

[[gnu::noinline]] Turn::Next Turn::start_other(Message* message) {
  const ActorInfo* info = actor();
  if (!info || !info->on_other || !is_readable(control_, *message)) {
    release_room(control_, *message);
    refuse(system(), &worker_, message, Code::no_such_process, "the process takes no such messages");
    return Next::run;
  }
  bind_context();
  const bool adopted = adopt_arguments(*message, 1);
  finish_message(control_, message);
  control_.activity = Activity::other;
  if (!adopted) return fail_activity();
  call(*info->on_other, Activity::other);
  return Next::run;
}

[[gnu::noinline]] Turn::Next Turn::begin_stopping(Ending ending) {
  const ActorInfo* info = actor();
  if (!info || !info->on_stopping) return end(ending);
  Extras& more = extras_of(control_);
  control_.stop_requested = control_.stop_after = false;
  if (more.kill_due_ns == TimerWheel::kNever) more.kill_due_ns = worker_.read_clock() + kStoppingLimitNs;
  bind_context();
  vm::Object** pointers = process_.context->pointers;
  vm::Object* error = std::exchange(process_.pending_error, nullptr);
  if (ending.thrown) {
    more.ending_error = std::make_unique<vm::Root>(process_, error);
  } else {
    const std::string text = ending.text.empty() ? title_of(ending.code) : ending.text;
    error = vm::new_error(process_, static_cast<std::uint16_t>(ending.code), text, nullptr);
  }
  more.ending = std::move(ending);
  pointers[0] = process_.state;
  pointers[1] = error;
  call(*info->on_stopping, Activity::stopping);
  return Next::run;
}

}  // namespace noodle::process
