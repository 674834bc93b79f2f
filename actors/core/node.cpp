#include "actors/core/node.hpp"

#include <algorithm>
#include <caf/all.hpp>
#include <thread>

#include "actors/core/caf_error.hpp"

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

Result<void> Node::start(std::string name, std::function<caf::actor(caf::actor_system&)> spawn) {
  ChildSpec child;
  child.name = std::move(name);
  child.spawn = [spawn = std::move(spawn)](caf::actor_system& system, const SeatPtr&) { return spawn(system); };
  child.stop_deadline = options_.stop_deadline;
  return start(std::move(child));
}

Result<void> Node::start(ChildSpec spec) {
  if (!root_) {
    seat_ = std::make_shared<Seat>(*system_, "node", 0);
    root_ = spawn_supervisor(*system_, seat_, roster_, {options_.supervision, {}});
    seat_->take(root_);
  }
  const auto child = std::make_shared<ChildSpec>(std::move(spec));
  caf::scoped_actor self(*system_);
  Result<void> started;
  self->request(root_, caf::infinite, child)
      .receive([](const caf::actor&) {},
               [&started](const caf::error& error) {
                 const Error ours = from_caf(error);
                 started = ours.code == Code::host_failed
                               ? Error{Code::actor_down, "the node's supervisor has given up", ours.message}
                               : ours;
               });
  return started;
}

caf::actor Node::component(std::string_view name) const {
  const SeatPtr seat = roster_->find("node/" + std::string(name));
  return seat ? seat->slot() : caf::actor{};
}

bool Node::stop() {
  if (!root_) return true;
  const std::uint64_t before = roster_->deaths();
  caf::scoped_actor self(*system_);
  self->monitor(root_);
  self->send_exit(root_, caf::exit_reason::user_shutdown);
  root_ = {};
  self->receive([](const caf::down_msg&) {});
  seat_.reset();
  std::vector<DeathCertificate> ended = roster_->certificates("node");  // newest first
  ended.resize(std::min<std::size_t>(ended.size(), roster_->deaths() - before));
  return std::all_of(ended.begin(), ended.end(), [](const DeathCertificate& death) { return death.in_time; });
}

}  // namespace noodle::actors
