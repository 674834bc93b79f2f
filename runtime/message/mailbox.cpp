#include "runtime/message/mailbox.hpp"

namespace noodle::process {

void Mailbox::set_limits(std::uint32_t messages, std::uint32_t bytes, MailboxPolicy policy) {
  limit_messages_.store(messages, std::memory_order_relaxed);
  limit_bytes_.store(bytes, std::memory_order_relaxed);
  policy_.store(policy, std::memory_order_relaxed);
}

void Mailbox::push_control(Message* message) {
  Message* first = control_.load(std::memory_order_relaxed);
  do {
    message->next.store(first, std::memory_order_relaxed);
  } while (!control_.compare_exchange_weak(first, message));
}

Message* Mailbox::take_control() {
  Message* reversed = control_.exchange(nullptr, std::memory_order_acquire);
  Message* ordered = nullptr;
  while (reversed) {
    auto* next = static_cast<Message*>(reversed->next.load(std::memory_order_relaxed));
    reversed->next.store(ordered, std::memory_order_relaxed);
    ordered = reversed;
    reversed = next;
  }
  return ordered;
}

void Mailbox::append_pending(Message* message) {
  message->next.store(nullptr, std::memory_order_relaxed);
  if (pending_last_) {
    pending_last_->next.store(message, std::memory_order_relaxed);
  } else {
    pending_first_ = message;
  }
  pending_last_ = message;
}

void Mailbox::remove_pending(Message* previous, Message* message) {
  auto* next = static_cast<Message*>(message->next.load(std::memory_order_relaxed));
  if (previous) {
    previous->next.store(next, std::memory_order_relaxed);
  } else {
    pending_first_ = next;
  }
  if (!next) pending_last_ = previous;
}

}  // namespace noodle::process
