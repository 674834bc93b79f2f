// The server as a machine: a message in, messages out. It knows no streams and no threads.
//
// Threads: one.
#pragma once

#include <functional>
#include <string>

#include "runtime/language_server/findings.hpp"
#include "runtime/language_server/message.hpp"

namespace noodle::language_server {

class Server {
 public:
  using Send = std::function<void(std::string message)>;
  explicit Server(Send send);

  /// Answers a message. `cancelled`: asked now and then, when true the answer is -32800.
  void handle(const Message& message, const Cancelled& cancelled);
  /// Publishes what changed; see Publisher. Returns false when it was given up for something newer.
  bool publish(const Cancelled& edit_waits, const Cancelled& anything_waits);

  bool has_exited() const { return state_ == State::exited; }
  /// Ends without a word from the editor, as when its end of the stream is closed.
  int exit_code() const { return exit_code_; }
  Workspace& workspace() { return workspace_; }

 private:
  enum class State { created, running, shut_down, exited };
  void handle_request(const Message& message, const Cancelled& cancelled);
  void handle_notification(const Message& message);
  std::string initialize(const std::string& params);
  void log(const std::string& text);

  Send send_;
  Publisher publisher_;
  Workspace workspace_;
  State state_ = State::created;
  int exit_code_ = 1;
  bool watches_files_ = false;
};

}  // namespace noodle::language_server
