#include "runtime/process/delivery.hpp"

#include "runtime/process/extras.hpp"
#include "runtime/process/lifecycle.hpp"
#include "runtime/process/reason.hpp"

namespace noodle::process {
namespace {

/// Makes room by dropping the oldest message; false when there is none to drop.
[[gnu::noinline]] bool drop_oldest(System& system, Worker* worker, ProcessControl& target, Pid to) {
  Message* dropped = nullptr;
  {
    const ControlLock lock(target);  // the receiver takes messages under the lock too when this is its policy
    if (target.live.load(std::memory_order_relaxed) != to) return false;
    const Message* moved = nullptr;
    while (Message* oldest = target.mailbox.pop_queue()) {
      if (oldest->counted) {
        target.mailbox.release_room(*oldest);
        dropped = oldest;
        break;
      }
      // Uncounted messages stay; behind the others they are still after all their sender sent.
      target.mailbox.push(oldest);
      if (oldest == moved) break;
      if (!moved) moved = oldest;
    }
  }
  if (dropped)
    refuse(system, worker, dropped, Code::mailbox_full, "the mailbox was full and dropped its oldest message");
  return dropped != nullptr;
}

/// Whether a message for a receiver that the caller owns may stand before its queue: nothing is in the queue, no
/// receive looks at it, the slot has not got another process meanwhile, and it is no supervisor, which sorts its queue
/// itself.
bool takes_directly(const ProcessControl& target, const Message& message) {
  if (target.activity != Activity::none || target.live.load(std::memory_order_relaxed) != message.to) return false;
  const Extras* extras = target.extras.load(std::memory_order_acquire);
  return !(extras && extras->supervision) && target.mailbox.takes_directly();
}

}  // namespace

Delivery deliver(System& system, Worker* worker, ProcessControl& target, Message* message) {
  if (message->counted) {
    while (!target.mailbox.book(message->block_bytes)) {
      if (target.mailbox.policy() != MailboxPolicy::drop_oldest) return Delivery::full;
      if (!drop_oldest(system, worker, target, message->to)) {
        refuse(system, worker, message, Code::mailbox_full, "the mailbox is full");
        return Delivery::done;
      }
    }
  }
  if (System::claim_idle(target)) {
    if (takes_directly(target, *message)) {
      target.mailbox.append_pending(message);
    } else {
      target.mailbox.push(message);
    }
    system.schedule(target, worker, true);
  } else {
    target.mailbox.push(message);
    system.wake(target, worker);
  }
  return Delivery::done;
}

void post_control(System& system, Worker* worker, Pid to, Message* message) {
  if (!message) return;
  message->to = to;
  ProcessControl* target = system.find(to);
  if (!target) return release_message(message);
  target->mailbox.push_control(message);
  system.wake_always(*target, worker);
}

bool await_room(ProcessControl& target, Pid to, Pid sender) {
  {
    const ControlLock lock(target);
    if (target.live.load(std::memory_order_relaxed) != to) return false;
    extras_of(target).waiting_senders.push_back(sender);
  }
  target.mailbox.senders_wait.store(true);
  return true;
}

[[gnu::noinline]] void wake_senders(System& system, Worker* worker, ProcessControl& receiver) {
  std::vector<Pid> senders;
  {
    const ControlLock lock(receiver);
    receiver.mailbox.senders_wait.store(false);
    if (Extras* extras = receiver.extras.load(std::memory_order_acquire)) senders.swap(extras->waiting_senders);
  }
  for (const Pid sender : senders) system.signal(sender, kSignalResume, worker);
}

bool has_room_again(const Mailbox& mailbox) {
  return mailbox.messages() <= mailbox.limit_messages() / 2 && mailbox.bytes() <= mailbox.limit_bytes() / 2;
}

void fail_ask(System& system, Worker* worker, Pid asker, std::uint32_t number, Code code, std::string_view text) {
  const vm::Slot scalar{static_cast<std::int64_t>(code)};
  Message* failure = new_message(MessageKind::failure, std::span(&scalar, 1), {}, {text.data(), text.size()});
  if (!failure) return;  // the ask times out
  failure->number = static_cast<std::uint32_t>(code);
  failure->ask = number;
  post_control(system, worker, asker, failure);
}

[[gnu::noinline]] void refuse(System& system, Worker* worker, Message* message, Code code, std::string_view text) {
  switch (message->kind) {
    case MessageKind::ask:
      fail_ask(system, worker, message->from, message->ask, code, text);
      [[fallthrough]];
    case MessageKind::call:
    case MessageKind::raw:
      system.dead_letter(*message);
      break;
    case MessageKind::rebirth:
      discard_birth(*message);
      break;
    default:
      break;
  }
  release_message(message);
}

}  // namespace noodle::process
