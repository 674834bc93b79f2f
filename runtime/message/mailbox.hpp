// The mailbox of one process: an ordered queue with exact bounds, and a control lane that is never full.
//
// The queue is D. Vyukov's intrusive multi-producer single-consumer queue: a push is one exchange, a pop none (one when
// it takes the last message). Room is booked before a push: `pushed` and `popped` are running totals of messages and
// bytes, so the bound holds exactly and the consumer needs no atomic read-modify-write.
// Messages that a `receive` passed over stand before the queue in `pending`; one that finds its receiver idle and its
// mailbox empty goes there too, without an exchange.
// Threads: push, book, push_control from any; everything else from the process's worker.
#pragma once

#include <atomic>
#include <cstdint>

#include "runtime/message/message.hpp"

namespace noodle::process {

enum class MailboxPolicy : std::uint8_t { block, drop_oldest, error };

class Mailbox {
 public:
  /// Bounds from now on. Totals go on counting over all processes that use this mailbox one after another.
  void set_limits(std::uint32_t messages, std::uint32_t bytes, MailboxPolicy policy);
  MailboxPolicy policy() const { return policy_.load(std::memory_order_relaxed); }
  std::uint32_t limit_messages() const { return limit_messages_.load(std::memory_order_relaxed); }
  std::uint32_t limit_bytes() const { return limit_bytes_.load(std::memory_order_relaxed); }

  /// Books room for a message of `bytes`; false when the mailbox is full. An empty mailbox takes any message.
  bool book(std::uint32_t bytes);
  void push(Message* message) { push_link(message); }
  void push_control(Message* message);

  /// Oldest message, pending ones first; null when there is none (or its sender is in the middle of the push).
  Message* pop();
  /// Oldest message of the queue, passing over the pending ones.
  Message* pop_queue();
  /// What pop_queue would give, unless senders are at it.
  const Message* front() const {
    const MessageLink* tail = tail_.load(std::memory_order_relaxed);
    if (tail == &stub_) tail = tail->next.load(std::memory_order_acquire);
    return static_cast<const Message*>(tail);
  }
  /// All control messages, in order, linked by next; null when there are none.
  Message* take_control();
  /// Gives the room of a popped message back.
  void release_room(const Message& message);

  bool queue_empty() const { return drained() && !pushed_since_drained(); }
  /// The consumer has taken everything it could see.
  bool drained() const { return tail_.load(std::memory_order_relaxed) == &stub_; }
  /// From any thread, after drained() was true.
  bool pushed_since_drained() const { return head_.load() != &stub_; }
  bool control_empty() const { return control_.load() == nullptr; }
  std::uint32_t messages() const { return static_cast<std::uint32_t>(booked() >> kBytesBits); }
  std::uint64_t bytes() const { return booked() & kBytesMask; }

  /// For the owner: a message may be put behind the pending ones instead of into the queue, and is in order there.
  /// Messages that may be dropped for room stay where senders find them.
  bool takes_directly() const { return !pending_first_ && queue_empty() && policy() != MailboxPolicy::drop_oldest; }

  // ---- list of messages passed over by receive, oldest first
  Message* pending() const { return pending_first_; }
  void append_pending(Message* message);
  /// Unlinks `message`, which stands behind `previous` (null: first).
  void remove_pending(Message* previous, Message* message);

  /// Set by a sender that waits for room; cleared by the consumer when it wakes the waiting ones.
  std::atomic<bool> senders_wait{false};

 private:
  static constexpr unsigned kBytesBits = 40;
  static constexpr std::uint64_t kBytesMask = (std::uint64_t{1} << kBytesBits) - 1;
  static constexpr std::uint64_t total(std::uint32_t messages, std::uint64_t bytes) {
    return (std::uint64_t{messages} << kBytesBits) + bytes;
  }
  std::uint64_t booked() const {
    return pushed_.load(std::memory_order_relaxed) - popped_.load(std::memory_order_relaxed);
  }
  void push_link(MessageLink* link) {
    link->next.store(nullptr, std::memory_order_relaxed);
    MessageLink* before = head_.exchange(link);
    before->next.store(link, std::memory_order_release);
  }

  std::atomic<MessageLink*> head_{&stub_};
  std::atomic<std::uint64_t> pushed_{0};
  std::atomic<std::uint64_t> popped_{0};
  std::atomic<std::uint32_t> limit_messages_{0}, limit_bytes_{0};
  std::atomic<MailboxPolicy> policy_{MailboxPolicy::block};
  std::atomic<Message*> control_{nullptr};
  std::atomic<MessageLink*> tail_{&stub_};  // atomic because senders pop too when the policy is drop_oldest
  Message* pending_first_ = nullptr;
  Message* pending_last_ = nullptr;
  MessageLink stub_;
};

inline bool Mailbox::book(std::uint32_t bytes) {
  std::uint64_t pushed = pushed_.load(std::memory_order_relaxed);
  do {
    const std::uint64_t before = pushed - popped_.load();
    const std::uint64_t bytes_after = (before & kBytesMask) + bytes;
    if ((before >> kBytesBits) >= limit_messages_.load(std::memory_order_relaxed)) return false;
    if (bytes_after > limit_bytes_.load(std::memory_order_relaxed) && before != 0) return false;
  } while (!pushed_.compare_exchange_weak(pushed, pushed + total(1, bytes)));
  return true;
}

inline void Mailbox::release_room(const Message& message) {
  if (!message.counted) return;
  popped_.store(popped_.load(std::memory_order_relaxed) + total(1, message.block_bytes), std::memory_order_release);
}

inline Message* Mailbox::pop() {
  if (pending_first_) {
    Message* message = pending_first_;
    remove_pending(nullptr, message);
    return message;
  }
  return pop_queue();
}

}  // namespace noodle::process
