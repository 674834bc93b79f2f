#include "actors/core/node.hpp"

#include <algorithm>
#include <caf/all.hpp>
#include <thread>

namespace noodle::actors {

CafConfig::CafConfig(const NodeOptions& options) {
  const std::size_t cores = std::max(2u, std::thread::hardware_concurrency());
  set("scheduler.max-threads", options.scheduler_threads != 0 ? options.scheduler_threads : cores);
  set("scheduler.max-throughput", options.scheduler_throughput);
  // Measured against work stealing, whose idle workers sleep up to 10 ms before they look again.
  set("scheduler.policy", caf::atom("sharing"));
}

Node::Node(NodeOptions options)
    : options_(options), config_(options), system_(std::make_unique<caf::actor_system>(config_)) {}

Node::~Node() {
  stop();
}

void Node::start(std::string name, const std::function<caf::actor(caf::actor_system&)>& spawn) {
  components_.push_back({std::move(name), spawn(*system_)});
}

caf::actor Node::component(std::string_view name) const {
  for (const Component& component : components_) {
    if (component.name == name) return component.actor;
  }
  return {};
}

bool Node::stop() {
  bool all = true;
  caf::scoped_actor self(*system_);
  while (!components_.empty()) {
    const caf::actor actor = std::move(components_.back().actor);
    components_.pop_back();
    self->monitor(actor);
    self->send_exit(actor, caf::exit_reason::user_shutdown);
    bool ended = false;
    const auto deadline = std::chrono::steady_clock::now() + options_.stop_deadline;
    while (!ended && std::chrono::steady_clock::now() < deadline) {
      self->receive([&](const caf::down_msg& down) { ended = ended || down.source == actor; },
                    caf::after(std::chrono::milliseconds(20)) >> [] {});
    }
    if (!ended) {
      self->send_exit(actor, caf::exit_reason::kill);
      all = false;
    }
  }
  return all;
}

}  // namespace noodle::actors
