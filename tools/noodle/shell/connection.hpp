// Connection: the link of this program to a node of a context's cluster.
//
// Threads: one. Owns: an actor system, and the link. Errors: those of contexts, key files and MeshClient; 6107.
#pragma once

#include <memory>
#include <string>

#include "actors/operation/session_client.hpp"
#include "cluster/security/contexts.hpp"

namespace noodle::tools {

class Connection {
 public:
  /// `context`: its name, empty: the current one. `node`: its name or ADDRESS:PORT; empty: the first that answers.
  static Result<std::unique_ptr<Connection>> open(const std::string& context, const std::string& node);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// A new session; makes the link again when it was lost. The token is taken from the context.
  Result<std::unique_ptr<actors::SessionClient>> session(actors::SessionClient::Options options);

  struct State;

 private:
  explicit Connection(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace noodle::tools
