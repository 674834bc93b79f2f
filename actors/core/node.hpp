// The root of a node: CAF's actor system with our settings, and the components in the order of their start.
//
//     Node node({});
//     node.start("work", [](caf::actor_system& system) { return spawn_vm_pool(system, {}); });
//     ...
//     node.stop();                       // in reverse order, each within its deadline
//
// Threads: one thread owns a Node; actors are addressed from any. Owns: the actor system.
// Time: stop takes at most the sum of the components' deadlines, even if one hangs.
#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace noodle::actors {

struct NodeOptions {
  std::size_t scheduler_threads = 0;              // for event-based actors; 0: one per core, at least 2
  std::size_t scheduler_throughput = 300;         // messages an actor handles before another runs
  std::chrono::milliseconds stop_deadline{2000};  // of each component
};

/// CAF's configuration with bounds in place of its defaults.
class CafConfig : public caf::actor_system_config {
 public:
  explicit CafConfig(const NodeOptions& options);
};

class Node {
 public:
  explicit Node(NodeOptions options);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  caf::actor_system& system() { return *system_; }

  /// Starts a component after those started before.
  void start(std::string name, const std::function<caf::actor(caf::actor_system&)>& spawn);
  /// The component of that name; empty if there is none.
  caf::actor component(std::string_view name) const;
  /// Ends all components in reverse order. False if one did not end within its deadline.
  bool stop();

 private:
  struct Component {
    std::string name;
    caf::actor actor;
  };

  const NodeOptions options_;
  CafConfig config_;
  std::unique_ptr<caf::actor_system> system_;
  std::vector<Component> components_;
};

}  // namespace noodle::actors
