// An editor's end of `noodle lsp` and `noodle dap`: the program over pipes, messages as JSON text.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace noodle::test {

class MessageClient {
 public:
  MessageClient(const std::string& program, const std::string& command);
  ~MessageClient();
  MessageClient(const MessageClient&) = delete;
  MessageClient& operator=(const MessageClient&) = delete;

  /// A message with its header; send_bytes for what is none.
  void send(const std::string& message);
  void send_bytes(const std::string& bytes);
  void close_input();
  /// The next message; empty when the program ended, or after 60 s.
  std::string receive();
  /// Exit code; 128 + signal when killed. Kills it after 60 s.
  int wait_for_end();

 private:
  pid_t child_ = -1;
  int to_ = -1, from_ = -1;
  std::string buffer_;
};

}  // namespace noodle::test
