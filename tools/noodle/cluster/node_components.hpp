// The components of a node: the one place that says what a node runs, and in which order it starts.
//
// Each is a child of the node's supervisor (actors/core/node.hpp); they end in reverse order.
#pragma once

#include <functional>
#include <memory>

#include "actors/core/node.hpp"
#include "actors/mesh/mesh.hpp"
#include "storage/audit.hpp"
#include "tools/noodle/settings.hpp"

namespace noodle::tools {

/// What components are made with. Outlives them.
struct NodeParts {
  actors::Node& node;
  actors::Mesh& mesh;
  storage::Store& store;
  storage::AuditLog& audit;
  std::function<std::shared_ptr<const security::Trust>()> trust;  // as of now
  const RunSettings& run;
  const std::vector<std::string>& labels;  // KEY=VALUE
  const std::vector<std::string>& plugins;
  const std::string& lease_node;
  std::chrono::nanoseconds lease_duration;
};

/// Starts everything but the mesh, which is there already, and makes what others may ask known to it.
Result<void> start_components(const NodeParts& parts);

}  // namespace noodle::tools
