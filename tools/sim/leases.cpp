// One lease that all nodes but the first want, and what they do with it.
#include "tools/sim/world.hpp"

namespace noodle::sim {
namespace {

const std::string kLease = "singleton";
constexpr std::uint32_t kKeeper = 0;

}  // namespace

void World::start_leases(std::uint32_t index) {
  Node& node = nodes_[index];
  node.claim = {};
  node.holder = random_.next() | 1;
  if (index != kKeeper) return;
  std::vector<lease::Stored> stored;
  if (stored_lease_) stored.push_back(*stored_lease_);
  node.leases =
      std::make_unique<lease::LeaseTable>(lease::LeaseTable::Settings{}, stored_token_, stored, local_ns(node));
}

/// What only one may do, at the beginning of every turn: after a pause, too, before it has heard anything.
void World::act(std::uint32_t index) {
  const auto token = nodes_[index].claim.token(local_ns(nodes_[index]));
  if (!token) return;
  std::uint32_t others = 0;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    const bool may_act = i != index && nodes_[i].core && !truth_[i].stopped;
    if (may_act && nodes_[i].claim.token(local_ns(nodes_[i]))) ++others;
  }
  invariants_.acts(index, *token, others, now_ns_);
}

void World::want_lease(std::uint32_t index) {
  Node& node = nodes_[index];
  if (index == kKeeper) return;
  if (const auto ask = node.claim.tick(local_ns(node)))
    send_lease(index, kKeeper, {index, node.holder, *ask, false, false, {}});
}

void World::lease_message(std::uint32_t index, const LeaseMessage& message) {
  Node& node = nodes_[index];
  const std::int64_t now = local_ns(node);
  if (!message.answer) {
    if (!node.leases) return;
    LeaseMessage answer{index, message.holder, message.ask, true, false, {}};
    const lease::Holder holder{node_id(message.from), message.holder};
    const auto granted = node.leases->ask(kLease, holder, message.ask.token, now);
    if (granted) {
      answer.grant = *granted;
      stored_token_ = node.leases->last_token();
      if (granted->fresh) stored_lease_ = node.leases->leases().at(kLease).stored;
    } else {
      answer.lost = granted.error().code == Code::lease_lost;
    }
    return send_lease(index, message.from, answer);
  }
  if (message.grant) {
    node.claim.granted(message.ask.attempt, message.grant->token, message.grant->duration_ns, now);
  } else {
    node.claim.refused(message.ask.attempt, message.lost, now);
  }
}

void World::send_lease(std::uint32_t from, std::uint32_t to, const LeaseMessage& message) {
  if (!network_.open(from, to) || !network_.open(to, from)) return;
  Payload payload(message);
  if (held(from, to, payload)) return;
  push(now_ns_ + network_.link_delay_ns(from, to, random_), to, std::move(payload), nodes_[to].life);
}

}  // namespace noodle::sim
