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
  if (control_.load(std::memory_order_relaxed) == nullptr) return nullptr;
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

Message* Mailbox::pop_queue() {
  MessageLink* tail = tail_.load(std::memory_order_relaxed);
  MessageLink* next = tail->next.load(std::memory_order_acquire);
  if (tail == &stub_) {
    if (!next) return nullptr;
    tail_.store(next, std::memory_order_relaxed);
    tail = next;
    next = next->next.load(std::memory_order_acquire);
  }
  if (!next) {
    if (tail != head_.load(std::memory_order_acquire)) return nullptr;  // a push has not linked its message yet
    push_link(&stub_);
    next = tail->next.load(std::memory_order_acquire);
    if (!next) return nullptr;
  }
  tail_.store(next, std::memory_order_relaxed);
  return static_cast<Message*>(tail);
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
