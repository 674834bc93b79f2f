// Waiting inside an activity: when a process goes on, and what it gets.
#include "runtime/process/delivery.hpp"
#include "runtime/process/turn.hpp"

#include <algorithm>

#include "runtime/vm/context.hpp"
#include "runtime/vm/heap.hpp"

namespace noodle::process {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;

}  // namespace

void Turn::restore_context() {
  if (process_.context) return;
  process_.heap.recent = 0;
  vm::restore_frames(process_, *worker_.context());
}

void Turn::end_wait() {
  control_.wait = Wait::none;
  control_.deadline_ns = TimerWheel::kNever;
  control_.waits_for.store(0, std::memory_order_relaxed);
}

void Turn::fail_wait(Code code, std::string_view text, vm::Object* cause) {
  end_wait();
  vm::inject_error(process_, vm::new_error(process_, static_cast<std::uint16_t>(code), text, cause));
}

bool Turn::can_continue() {
  switch (control_.wait) {
    case Wait::reply:
    case Wait::children:
      if (control_.arrived) return continue_with_answer();
      if (worker_.now_ns() < control_.deadline_ns) return false;
      restore_context();
      fail_wait(Code::ask_timeout, "no answer in time");
      return true;
    case Wait::room:
      return continue_with_room();
    case Wait::message:
      return continue_with_message();
    case Wait::time:
      if (worker_.now_ns() < control_.deadline_ns) return false;
      restore_context();
      end_wait();
      return true;
    default:
      return false;
  }
}

bool Turn::continue_with_answer() {
  if (is_heavy(control_, control_.arrived->payload_bytes)) return false;
  Message* answer = std::exchange(control_.arrived, nullptr);
  restore_context();
  if (answer->kind == MessageKind::failure) {
    const auto code = static_cast<Code>(answer->number);
    vm::Object* reason = reason_object(process_, *answer);
    if (code == Code::ask_failed) {
      std::string text = "the asked process ended with error " +
                         std::to_string(static_cast<unsigned>(error_code(reason))) + ": " + error_text(reason);
      fail_wait(code, text, reason);
    } else {
      end_wait();
      vm::inject_error(process_, reason);
    }
    release_message(answer);
    return true;
  }
  end_wait();
  const vm::Window window = vm::parked_window(process_);
  if (answer->scalars) window.s[0] = answer->scalar_arguments()[0];
  if (answer->pointers) {
    char* base = answer->payload_bytes ? adopt_image(process_, answer->payload(), answer->payload_bytes) : nullptr;
    if (answer->payload_bytes && !base) {
      vm::inject_error(process_, process_.pending_error);
    } else {
      window.p[0] = resolve(answer->refs()[0], base);
    }
  }
  release_message(answer);
  return true;
}

bool Turn::continue_with_room() {
  Extras& more = extras_of(control_);
  const bool asks = more.blocked->kind == MessageKind::ask;
  if (asks && worker_.now_ns() >= control_.deadline_ns) {
    release_message(std::exchange(more.blocked, nullptr));
    restore_context();
    fail_wait(Code::ask_timeout, "no answer in time: the mailbox of the asked process is full");
    return true;
  }
  ProcessControl* target = system().find(more.blocked->to);
  if (!target) {
    restore_context();
    Message* message = std::exchange(more.blocked, nullptr);
    if (asks) {
      release_message(message);
      fail_wait(Code::no_such_process, "the asked process has ended");
    } else {
      refuse(system(), &worker_, message, Code::no_such_process, "the process has ended");
      end_wait();
    }
    return true;
  }
  if (deliver(system(), &worker_, *target, more.blocked) == Delivery::full) {
    if (more.awaits_room) return false;
    // Once more after the registration: room may have come free in between, and then nobody wakes this process.
    if (!await_room(*target, more.blocked->to, process_.pid)) return continue_with_room();
    more.awaits_room = true;
    if (deliver(system(), &worker_, *target, more.blocked) == Delivery::full) return false;
  }
  more.blocked = nullptr;
  if (asks) {
    control_.wait = Wait::reply;
    return false;
  }
  restore_context();
  end_wait();
  return true;
}

bool Turn::continue_with_message() {
  const bool late = worker_.now_ns() >= control_.deadline_ns;
  if (!late && !can_look(control_)) return false;
  restore_context();
  vm::Object* value = nullptr;
  const Look look = look_at_next(control_, value);
  if (look == Look::heavy || (look == Look::nothing && !late)) return false;
  end_wait();
  if (look == Look::failed) {
    vm::inject_error(process_, process_.pending_error);
  } else {
    vm::parked_window(process_).p[0] = value;  // null: the time is over
  }
  return true;
}

void Turn::arm_timer() {
  std::int64_t due = control_.deadline_ns;
  if (const Extras* more = extras()) {
    for (const Extras::Every& every : more->everys) due = std::min(due, every.due_ns);
    due = std::min({due, more->kill_due_ns, more->rate.resume_ns});
  }
  if (due == TimerWheel::kNever) return;
  if (control_.wheel.load(std::memory_order_acquire) && control_.due_ns <= due) return;
  worker_.arm_timer(control_, due);
}

/// A bucket of at most a tenth of a second.
bool Turn::within_fuel_rate() {
  Extras::FuelRate& rate = extras_of(control_).rate;
  const auto per_second =
      static_cast<std::int64_t>(std::min<std::uint64_t>(process_.limits->fuel_per_second, INT64_MAX / kSecondNs));
  const std::int64_t now = worker_.read_clock();
  const std::int64_t largest = std::max<std::int64_t>(per_second / 10, 1);
  if (rate.filled_ns == 0) {
    rate.tokens = largest;
    rate.filled_ns = now;
  }
  const std::int64_t elapsed = std::min(now - rate.filled_ns, kSecondNs);
  const std::int64_t earned = elapsed * per_second / kSecondNs;
  if (earned > 0) rate.filled_ns = now;
  rate.tokens = std::min(largest, rate.tokens + earned);
  rate.tokens -= static_cast<std::int64_t>(process_.fuel_spent - rate.seen_fuel);
  rate.seen_fuel = process_.fuel_spent;
  if (rate.tokens > 0) {
    left_ = std::min(left_, rate.tokens);
    rate.resume_ns = TimerWheel::kNever;
    return true;
  }
  rate.resume_ns = now + (1 - rate.tokens) * (kSecondNs / per_second + 1);
  return false;
}

}  // namespace noodle::process
