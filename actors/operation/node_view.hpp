// What a node knows of the cluster, as far as people ask for it: the mesh behind an interface, so that tests need none.
//
// This folder is the operation of a node by people: an inspector answers for the node, sessions are people's shells.
// Read: node_view, inspector, desk (what a token may ask and do), evaluator, session, sessions, session_client.
// Threads: all functions from any. They answer at once, except leave().
#pragma once

#include <caf/actor.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/mesh/mesh.hpp"
#include "cluster/registry/registry.hpp"

namespace noodle::actors {

class NodeView {
 public:
  virtual ~NodeView() = default;

  virtual NodeId self() const = 0;
  virtual std::string name() const = 0;
  /// Everybody the node knows of, itself first.
  virtual std::vector<membership::MemberView> members() const = 0;
  virtual std::vector<LinkView> links() const = 0;
  /// This node first; empty when there is no way.
  virtual std::vector<NodeId> route(const NodeId& to) const = 0;
  /// Error 6107.
  virtual Result<NodeId> find_node(std::string_view name) const = 0;
  /// Of this node or another one; empty or dead when it cannot be reached.
  virtual caf::actor inspector(const NodeId& node) = 0;
  virtual void set_service(membership::Service service) = 0;
  virtual std::vector<registry::NameView> names(const std::string& prefix, std::size_t most) const = 0;
  /// Of the node that keeps leases; empty when there is none.
  virtual caf::actor lease_keeper() = 0;
  /// Tells all that this node goes, and waits until the news is out. Error 6015 when it is not in time.
  virtual Result<void> leave(std::chrono::milliseconds limit) = 0;
};

/// `mesh` outlives it.
std::shared_ptr<NodeView> view_of(Mesh& mesh);

}  // namespace noodle::actors
