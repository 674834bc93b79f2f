#include "tools/noodle/cluster/node_components.hpp"

#include "actors/agents/agents.hpp"
#include "actors/mesh/lease_keeper.hpp"
#include "actors/operation/audit_writer.hpp"
#include "actors/operation/operation.hpp"
#include "actors/work/vm_pool.hpp"
#include "runtime/base/metrics/process_samples.hpp"

namespace noodle::tools {

Result<void> start_components(const NodeParts& parts) {
  using actors::Service;
  auto agents = actors::load_plugins(parts.plugins);  // what cannot be loaded leaves nothing begun
  if (!agents) return agents.error();
  if (auto audit = parts.node.start(actors::audit_child(parts.audit)); !audit) return audit;
  if (parts.lease_node == parts.mesh.name()) {
    auto leases = parts.node.start(actors::lease_keeper_child(parts.mesh, parts.store, parts.lease_duration));
    if (!leases) return leases;
    parts.mesh.serve(Service::leases, parts.node.component("leases"));
  }
  const auto census = std::make_shared<actors::VmCensus>();
  const actors::VmPoolOptions pool{parts.run.system, &parts.mesh, nullptr, census};
  const auto started =
      parts.node.start("work", [pool](caf::actor_system& system) { return actors::spawn_vm_pool(system, pool); });
  if (!started) return started;
  parts.mesh.serve(Service::work, parts.node.component("work"));

  actors::OperationOptions operation;
  operation.view = actors::view_of(parts.mesh);
  operation.trust = parts.trust;
  operation.audit = actors::audit_sink(parts.node.component("audit"));
  // All of these outlive the components.
  operation.collect = [census, &mesh = parts.mesh, &audit = parts.audit, &store = parts.store](Samples& out) {
    collect_process(out);
    census->collect(out);
    mesh.collect(out);
    audit.collect(out);
    store.collect(out);
  };
  operation.census = census;
  operation.system = parts.run.system;
  operation.system.workers = 1;
  operation.limits = parts.run.limits;
  operation.mesh = &parts.mesh;
  for (const std::string& label : parts.labels) {
    const std::size_t equals = std::min(label.find('='), label.size());
    operation.labels[label.substr(0, equals)] = label.substr(std::min(equals + 1, label.size()));
  }
  auto opened = parts.node.start(actors::operation_child(parts.node.roster(), std::move(operation)));
  if (!opened) return opened;
  parts.mesh.serve(Service::inspector, parts.node.component("operation/inspector"));
  parts.mesh.serve(Service::sessions, parts.node.component("operation/sessions"));
  return actors::start_agents(parts.node, parts.mesh, std::move(agents).value());
}

}  // namespace noodle::tools
