#include "tools/noodle/cluster/node_components.hpp"

#include "actors/work/vm_pool.hpp"

namespace noodle::tools {

Result<void> start_components(const NodeParts& parts) {
  using actors::Service;
  const auto started =
      parts.node.start("work", [options = actors::VmPoolOptions{parts.run.system, nullptr}](caf::actor_system& system) {
        return actors::spawn_vm_pool(system, options);
      });
  if (!started) return started;
  parts.mesh.serve(Service::work, parts.node.component("work"));
  return {};
}

}  // namespace noodle::tools
