// A node as a process: data folder, audit log, mesh and components, from start to stop.
//
// Threads: one. Errors: start those of data_folder.hpp, store.hpp, audit.hpp, mesh.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "tools/noodle/cluster/node_settings.hpp"

namespace noodle::tools {

/// What a node tells when it is ready.
struct NodeFacts {
  std::string name, id, host;
  std::uint16_t port = 0;
  std::uint64_t incarnation = 0;
};

class NodeProcess {
 public:
  /// `on_left`: somebody has told the node to leave the cluster, and it has. From another thread.
  static Result<std::unique_ptr<NodeProcess>> start(NodeSettings settings, NodeIdentity identity,
                                                    std::function<void()> on_left);
  ~NodeProcess();
  NodeProcess(const NodeProcess&) = delete;
  NodeProcess& operator=(const NodeProcess&) = delete;

  const NodeFacts& facts() const;
  /// Reads certificate and trust again, and says in the log what became of it.
  void reload_identity();
  /// Leaves the cluster and ends all components. False if one did not end in time.
  bool stop();

 private:
  struct State;
  explicit NodeProcess(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace noodle::tools
