// SessionOutput: what the processes of a session print, on its way to who opened it.
//
// Threads: write and aside by any, the others by the session. A process that prints more than kMost waits until some
// was taken, so a client that is slow slows down nobody but its own processes.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

#include "runtime/run/output.hpp"

namespace noodle::actors {

class SessionOutput final : public process::Output {
 public:
  static constexpr std::size_t kMost = 512 * 1024;

  /// `wake` is called when there is something to take, and was nothing before.
  explicit SessionOutput(std::function<void()> wake) : wake_(std::move(wake)) {}

  void write(std::string_view text) override { add(text_, text); }
  void aside(std::string_view text) { add(aside_, text); }

  struct Taken {
    std::string text, aside;
    bool empty() const { return text.empty() && aside.empty(); }
  };
  Taken take();
  /// What is written from now on is dropped, until the next input begins; nobody waits.
  void discard();
  void begin_input();
  /// All that is written from now on is dropped.
  void close();

 private:
  void add(std::string& to, std::string_view text);

  const std::function<void()> wake_;
  std::mutex mutex_;  // guards the following
  std::condition_variable changed_;
  std::string text_, aside_;
  bool discards_ = false, closed_ = false;
};

}  // namespace noodle::actors
