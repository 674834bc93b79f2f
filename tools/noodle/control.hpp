// The way to a running program from outside: a Unix socket in a folder that only its user can enter.
// The socket and its frames are those of tools/up/local_socket.hpp.
// Threads: ControlServer has one of its own. Limits: kMaxFrameBytes; one connection at a time; 30 s for a request.
// Errors: 1553, 7003, 6001-6003.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "messages/control.capnp.h"
#include "messages/msg.hpp"
#include "runtime/process/system.hpp"

namespace noodle::tools {

/// Listens for one run under a name, until it is destroyed (before its System).
class ControlServer {
 public:
  static Result<std::unique_ptr<ControlServer>> listen(const std::string& name, process::System& system,
                                                       std::shared_ptr<process::Run> run);
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

 private:
  struct State;
  explicit ControlServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Sends the request to the running program of this name and waits for what it answers.
Result<Msg<wire::SwapDone>> request_swap(const std::string& name, const Msg<wire::SwapProgram>& request);
/// Names of what runs and listens.
std::vector<std::string> running_names();

}  // namespace noodle::tools
