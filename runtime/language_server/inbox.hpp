// Messages between the thread that reads and the one that answers: cancels requests that wait, and tells the answering
// one when something newer makes its work useless.
//
// Threads: push() and close() by one, the rest by another.
// Limits: when 256 MiB wait, push() waits.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

#include "runtime/language_server/message.hpp"

namespace noodle::language_server {

class Inbox {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{256} << 20;

  void push(Message message);
  /// No more messages come.
  void close();

  struct Taken {
    Message message;
    bool cancelled = false;
  };
  /// The oldest message; waits for one. Nothing when closed and empty.
  std::optional<Taken> take();
  /// The same without waiting.
  bool is_empty() const { return waiting_count_ == 0; }
  bool edit_waits() const { return waiting_edits_ > 0; }
  /// The message taken last was cancelled.
  bool is_cancelled() const { return cancelled_; }

 private:
  void cancel(const Message& message);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Taken> waiting_;
  std::size_t bytes_ = 0;
  std::string current_id_;  // of the request taken last
  bool closed_ = false;
  std::atomic<std::size_t> waiting_count_ = 0, waiting_edits_ = 0;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace noodle::language_server
