// The root of a node: CAF's actor system with our settings, and a supervisor of the components.
//
//     Node node({});
//     node.start("work", [](caf::actor_system& system) { return spawn_vm_pool(system, {}); });
//     ...
//     node.stop();                       // in reverse order, each within its deadline
//
// A component that fails is started again; others hold its slot (seat.hpp), which stays.
// Threads: one thread owns a Node; actors are addressed from any. Owns: the actor system.
// Time: stop takes at most the sum of the components' deadlines and kKillGrace each, even if one hangs.
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

#include "actors/core/supervisor.hpp"

namespace noodle::actors {

struct NodeOptions {
  std::size_t scheduler_threads = 0;               // for event-based actors; 0: one per core, at least 2
  std::size_t scheduler_throughput = 300;          // messages an actor handles before another runs
  std::chrono::milliseconds stop_deadline{2000};   // of each component
  process::Supervision::Options supervision = {};  // of the components
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

  /// Starts a component after those started before. `spawn` is called again when it has failed.
  /// Errors: 1815, when there is one of that name; 6201, when the node's supervisor has given up.
  Result<void> start(std::string name, std::function<caf::actor(caf::actor_system&)> spawn);
  /// The same for a child that is more than an actor: a supervisor, or one that is probed or keeps its seat's vitals.
  Result<void> start(ChildSpec child);
  /// The slot of the component of that name; empty if there is none.
  caf::actor component(std::string_view name) const;
  /// All that is known of the components and what is below them: paths begin with "node".
  const Roster& roster() const { return *roster_; }
  const std::shared_ptr<Roster>& shared_roster() const { return roster_; }
  /// Ends all components in reverse order. False if one did not end within its deadline.
  bool stop();

 private:
  const NodeOptions options_;
  CafConfig config_;
  std::unique_ptr<caf::actor_system> system_;
  const std::shared_ptr<Roster> roster_ = std::make_shared<Roster>();
  SeatPtr seat_;     // of the supervisor
  caf::actor root_;  // the supervisor, once something was started
};

}  // namespace noodle::actors
