// The debug adapter as a machine: a message in, messages out. It knows no streams.
//
// A program runs on threads of its own, which send events.
// Threads: handle() by one; `send` is called by any, one at a time.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "runtime/debugger/message.hpp"
#include "runtime/debugger/session.hpp"
#include "runtime/run/run_program.hpp"

namespace noodle::debugger {

struct ServerOptions {
  std::function<void(const std::string&)> send;
  /// What `noodle run` would run a program with: limits, grants, workers.
  std::function<Result<process::RunOptions>(const Launch&)> run_options;
};

class Server {
 public:
  using Cancelled = std::function<bool()>;
  explicit Server(ServerOptions options) : options_(std::move(options)) {}
  /// Ends the program.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Answers a message. `cancelled`: the client called the request off.
  void handle(const Message& message, const Cancelled& cancelled);
  bool has_exited() const { return state_ == State::exited; }

 private:
  enum class State : std::uint8_t { created, initialized, launched, running, exited };

  std::string answer(const Message& request);
  std::string initialize();
  std::string launch(const Arguments& arguments);
  std::string configured();
  std::string disconnect();
  void has_begun();
  void end_program();
  void report_end(const process::RunResult& result);

  void event(const std::string& name, const std::string& body);
  void output(const char* category, std::string_view text);

  const ServerOptions options_;
  std::mutex sending_;
  std::int64_t seq_ = 0;
  State state_ = State::created;
  std::unique_ptr<Session> session_;
  process::RunOptions run_options_;  // until it runs
  std::thread program_;
  std::atomic<bool> begun_{false}, interrupted_{false};
};

}  // namespace noodle::debugger
