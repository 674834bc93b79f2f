// Remote actor: the handle of an actor of another node.
//
// It takes messages like a local actor and gives them to the distribution. Who monitors it or links to it makes the
// distribution watch the actor over there. It is dead once that has ended or its node is gone; then it tells those, and
// refuses what comes with the reason. Threads: any.
#pragma once

#include <atomic>
#include <caf/actor_proxy.hpp>
#include <caf/actor_system.hpp>
#include <memory>

#include "messages/error.hpp"
#include "messages/ids.hpp"

namespace noodle::actors {

class Distribution;

class RemoteActor final : public caf::actor_proxy {
 public:
  RemoteActor(caf::actor_config& config, std::shared_ptr<Distribution> distribution, NodeId node, std::uint64_t number)
      : caf::actor_proxy(config), distribution_(std::move(distribution)), node_(node), number_(number) {}

  using caf::abstract_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* host) override;
  void attach(caf::attachable_ptr attachable) override;
  bool add_backlink(caf::abstract_actor* local) override;
  void kill_proxy(caf::execution_unit* host, caf::error reason) override;
  const char* name() const override { return "remote"; }

  /// The actor over there has linked itself to one of here.
  void linked_from_there(caf::abstract_actor* local) { caf::actor_proxy::add_backlink(local); }
  bool is_dead() const { return dead_.load(std::memory_order_acquire); }
  const NodeId& node() const { return node_; }
  /// Of the actor on its node (distribution.hpp).
  std::uint64_t number() const { return number_; }
  /// What stands for it when it sends through this node to a third one; on the thread of the network.
  caf::actor_id alias() {
    if (alias_ == 0) alias_ = home_system().next_actor_id();
    return alias_;
  }

 private:
  const std::shared_ptr<Distribution> distribution_;
  const NodeId node_;
  const std::uint64_t number_;
  caf::actor_id alias_ = 0;
  std::atomic<bool> watched_{false}, dead_{false};
};

}  // namespace noodle::actors
