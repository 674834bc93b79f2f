#include "tools/sim/world.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace noodle::sim {
namespace {

constexpr std::uint32_t kWake = std::numeric_limits<std::uint32_t>::max();
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max() / 4;

/// What a message says, in one number, for the trace.
std::uint64_t summary(const membership::Datagram& datagram) {
  return mix64(datagram.from.low << 8 | static_cast<std::uint8_t>(datagram.kind)) ^ datagram.sequence ^
         (datagram.rumours.size() << 40);
}

}  // namespace

Result<std::unique_ptr<World>> World::make(const Scenario& scenario, std::uint64_t seed) {
  const auto settings = membership::settings_of_profile(scenario.profile);
  if (!settings) return settings.error();
  std::unique_ptr<World> world(new World(scenario, *settings, seed));
  world->plan_faults();
  return world;
}

World::World(const Scenario& scenario, const membership::Settings& settings, std::uint64_t seed)
    : scenario_(scenario),
      settings_(settings),
      random_(seed),
      network_(scenario_.network, scenario_.nodes),
      truth_(scenario_.nodes),
      invariants_(scenario_, truth_),
      nodes_(scenario_.nodes) {
  const std::uint32_t started = scenario_.started == 0 ? scenario_.nodes : scenario_.started;
  for (std::uint32_t i = 0; i < scenario_.nodes; ++i) {
    Node& node = nodes_[i];
    node.clock_offset_ns = static_cast<std::int64_t>(random_.below(1'000'000'000'000));
    node.wall_offset_ns = static_cast<std::int64_t>(random_.below(100'000'000));
    // Links: to the next ones of a ring, and to three anywhere.
    for (std::uint32_t step = 1; step <= 2 && step < scenario_.nodes; ++step) {
      node.neighbours.push_back((i + step) % scenario_.nodes);
      node.neighbours.push_back((i + scenario_.nodes - step) % scenario_.nodes);
    }
    for (int k = 0; k < 3; ++k) {
      node.neighbours.push_back(static_cast<std::uint32_t>(random_.below(scenario_.nodes)));
    }
    std::sort(node.neighbours.begin(), node.neighbours.end());
    node.neighbours.erase(std::unique(node.neighbours.begin(), node.neighbours.end()), node.neighbours.end());
    std::erase(node.neighbours, i);
  }
  for (std::uint32_t i = 0; i < started; ++i) start_node(i, scenario_.formed);
}

void World::push(std::int64_t at_ns, std::uint32_t node, Payload payload, std::uint32_t life) {
  std::uint32_t index = static_cast<std::uint32_t>(payloads_.size());
  if (free_payloads_.empty()) {
    payloads_.push_back(std::move(payload));
  } else {
    index = free_payloads_.back();
    free_payloads_.pop_back();
    payloads_[index] = std::move(payload);
  }
  queue_.push({at_ns, ++order_, node, life, index});
}

void World::push_wake(std::uint32_t index) {
  Node& node = nodes_[index];
  const std::int64_t wake = std::min(node.core->next_wake_ns() - node.clock_offset_ns, kNever);
  if (wake >= node.wake_ns || wake >= kNever) return;
  node.wake_ns = wake;
  queue_.push({std::max(wake, now_ns_), ++order_, index, node.life, kWake});
}

void World::run(bool stop_at_violation) {
  while (!queue_.empty() && queue_.top().at_ns <= scenario_.duration_ns) {
    const Event event = queue_.top();
    queue_.pop();
    now_ns_ = event.at_ns;
    dispatch(event);
    if (stop_at_violation && !invariants_.violations().empty()) break;
  }
  finish();
}

void World::dispatch(const Event& event) {
  ++invariants_.figures().events;
  Payload payload = Wake{};
  if (event.payload != kWake) {
    payload = std::move(payloads_[event.payload]);
    payloads_[event.payload] = Wake{};
    free_payloads_.push_back(event.payload);
  }
  trace_ = mix64(trace_ ^ static_cast<std::uint64_t>(event.at_ns)) ^ (std::uint64_t{event.node} << 8 | payload.index());
  if (const auto* begin = std::get_if<BeginFault>(&payload)) return begin_fault(begin->fault, begin->round);
  if (const auto* end = std::get_if<EndFault>(&payload)) return end_fault(*end);
  if (const auto* release = std::get_if<Release>(&payload)) return clog(event.node, release->hold);
  if (const auto* check = std::get_if<CheckDetected>(&payload)) {
    if (truth_[event.node].running || truth_[event.node].down_since_ns != check->down_since_ns) return;
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
      if (!nodes_[i].core || !invariants_.undisturbed(i, now_ns_)) continue;
      const auto view = nodes_[i].core->member(node_id(event.node));
      const bool living =
          view && (view->state == membership::State::alive || view->state == membership::State::suspect);
      if (living) invariants_.undetected(i, event.node, now_ns_);
    }
    return;
  }
  const Node& node = nodes_[event.node];
  if (!node.core || (event.life != 0 && event.life != node.life)) return;
  if (event.payload == kWake && node.wake_ns > event.at_ns) return;
  deliver(event.node, std::move(payload));
}

std::int64_t World::runs_again_ns(const Node& node) const {
  if (node.duty >= 1) return now_ns_;
  const std::int64_t into = (now_ns_ + node.phase_ns) % node.period_ns;
  const auto window = static_cast<std::int64_t>(node.duty * static_cast<double>(node.period_ns));
  return into < window ? now_ns_ : now_ns_ + node.period_ns - into;
}

void World::deliver(std::uint32_t index, Payload&& payload) {
  Node& node = nodes_[index];
  if (truth_[index].stopped) {
    if (!std::holds_alternative<Wake>(payload) && node.inbox.size() < kMaxInbox)
      node.inbox.push_back(std::move(payload));
    return;
  }
  const std::int64_t again = runs_again_ns(node);
  if (again > now_ns_) {
    if (std::holds_alternative<Wake>(payload)) {
      queue_.push({again, ++order_, index, node.life, kWake});
      node.wake_ns = again;
    } else {
      push(again, index, std::move(payload), node.life);
    }
    return;
  }
  run_node(index, std::move(payload));
}

void World::run_node(std::uint32_t index, Payload&& payload) {
  Node& node = nodes_[index];
  const std::int64_t now = local_ns(node);
  auto& core = *node.core;
  invariants_.commit(index, core.may_commit(now), now_ns_);  // every turn would commit something
  if (scenario_.leases) act(index);
  effects_.clear();
  if (std::holds_alternative<Wake>(payload)) {
    node.wake_ns = kNever;
    core.tick(now, effects_);
  } else if (const auto* datagram = std::get_if<membership::Datagram>(&payload)) {
    trace_ ^= summary(*datagram);
    core.receive(*datagram, now, effects_);
  } else if (const auto* state = std::get_if<membership::MemberState>(&payload)) {
    trace_ ^= mix64(state->digest + state->members.size());
    core.receive_state(*state, now, effects_);
  } else if (const auto* probed = std::get_if<LinkProbed>(&payload)) {
    core.link_probed(probed->sequence, probed->result, now, effects_);
  } else if (const auto* changed = std::get_if<LinkChanged>(&payload)) {
    core.link_event(node_id(changed->other), changed->event, now, effects_);
  } else if (const auto* check = std::get_if<CheckLink>(&payload)) {
    const bool alive =
        network_.open(check->other, index) && truth_[check->other].running && !truth_[check->other].stopped;
    if (!alive) core.link_event(node_id(check->other), membership::LinkEvent::silent, now, effects_);
  } else if (const auto* lease = std::get_if<LeaseMessage>(&payload)) {
    lease_message(index, *lease);
  }
  if (scenario_.leases) want_lease(index);
  apply(index, effects_);
  if (nodes_[index].core && nodes_[index].core->left()) {  // the process ends when the news is out
    truth_[index].running = false;
    nodes_[index].core.reset();
    return;
  }
  push_wake(index);
}

void World::apply(std::uint32_t index, membership::Effects& effects) {
  for (auto& effect : effects) {
    if (listener_) tell(index, effect);
    if (auto* datagram = std::get_if<membership::SendDatagram>(&effect)) {
      send(index, std::move(datagram->datagram));
    } else if (auto* state = std::get_if<membership::SendState>(&effect)) {
      send_state(index, std::move(*state));
    } else if (const auto* probe = std::get_if<membership::ProbeLink>(&effect)) {
      probe_link(index, *probe);
    } else if (const auto* change = std::get_if<membership::MemberChanged>(&effect)) {
      invariants_.changed(index, *change, static_cast<std::uint32_t>(change->member.id.low - 1), now_ns_);
    } else if (const auto* resumed = std::get_if<membership::Resumed>(&effect)) {
      invariants_.resumed(index, *resumed);
    }
  }
}

void World::tell(std::uint32_t index, const membership::Effect& effect) {
  const std::string who = "node " + std::to_string(index);
  if (const auto* change = std::get_if<membership::MemberChanged>(&effect)) {
    const auto& member = change->member;
    std::string what = who + ": node " + std::to_string(member.id.low - 1) + " is " +
                       std::string(membership::to_string(member.state)) + " (incarnation " +
                       std::to_string(member.version.incarnation) + "." + std::to_string(member.version.refutation) +
                       ")";
    for (const NodeId accuser : change->accusers) what += ", accused by " + std::to_string(accuser.low - 1);
    listener_(now_ns_, what);
  } else if (const auto* reach = std::get_if<membership::ReachChanged>(&effect)) {
    if (reach->before == membership::Reach::unknown) return;  // everybody's first probe of everybody
    listener_(now_ns_, who + ": node " + std::to_string(reach->node.low - 1) + " is reached " +
                           std::string(membership::to_string(reach->after)));
  } else if (std::holds_alternative<membership::StandDown>(effect)) {
    listener_(now_ns_, who + " stands down");
  } else if (const auto* resumed = std::get_if<membership::Resumed>(&effect)) {
    listener_(now_ns_, who + " resumes as incarnation " + std::to_string(resumed->incarnation) +
                           (resumed->declared_dead ? ", having been declared dead" : ""));
  }
}

bool World::held(std::uint32_t from, std::uint32_t to, Payload& payload) {
  if (nodes_[from].clogs == 0 && nodes_[to].clogs == 0) return false;
  if (held_.size() < kMaxInbox * 4) held_.push_back({from, to, std::move(payload)});
  return true;
}

void World::send(std::uint32_t from, membership::Datagram&& datagram) {
  const auto to = static_cast<std::uint32_t>(datagram.to.low - 1);
  const auto& core = *nodes_[from].core;
  if (scenario_.wire) {
    const auto bytes = membership::encode(datagram);
    invariants_.sent(from, bytes ? bytes->size() : membership::kMaxDatagramBytes + 1, core.rumours_waiting(),
                     core.known_members(), now_ns_);
    if (!bytes) return;
    auto read = membership::decode_datagram(*bytes);
    if (!read) return;
    datagram = std::move(*read);
  } else {
    invariants_.sent(from, datagram.wire_bytes(), core.rumours_waiting(), core.known_members(), now_ns_);
  }
  if (!network_.open(from, to) || network_.loses(from, to, random_)) return;
  if (network_.duplicates(random_)) {
    push(now_ns_ + network_.delay_ns(from, to, random_), to, Payload(datagram));
  }
  Payload payload(std::move(datagram));
  if (held(from, to, payload)) return;
  push(now_ns_ + network_.delay_ns(from, to, random_), to, std::move(payload));
}

void World::send_state(std::uint32_t from, membership::SendState&& effect) {
  ++invariants_.figures().states;
  const auto to =
      effect.to ? static_cast<std::uint32_t>(effect.to.low - 1) : static_cast<std::uint32_t>(std::stoul(effect.seed));
  if (scenario_.wire) {
    const auto bytes = membership::encode(effect.state);
    if (!bytes) {
      invariants_.sent(from, membership::kMaxStateBytes, 0, 1, now_ns_);
      return;
    }
    auto read = membership::decode_member_state(*bytes);
    if (!read) return;
    effect.state = std::move(*read);
  }
  if (to == from || !network_.open(from, to) || !network_.open(to, from)) return;
  Payload payload(std::move(effect.state));
  if (held(from, to, payload)) return;
  push(now_ns_ + 2 * network_.link_delay_ns(from, to, random_), to, std::move(payload));
}

void World::probe_link(std::uint32_t from, const membership::ProbeLink& probe) {
  using membership::LinkProbe;
  const auto to = static_cast<std::uint32_t>(probe.node.low - 1);
  const Node& other = nodes_[to];
  std::int64_t after = network_.link_delay_ns(from, to, random_) + network_.link_delay_ns(to, from, random_);
  LinkProbe result = LinkProbe::answered;
  const bool open = network_.open(from, to) && network_.open(to, from);
  if (!open || !other.powered || other.clogs > 0 || nodes_[from].clogs > 0 || truth_[to].stopped) {
    result = LinkProbe::silent;
  } else if (!other.core) {
    result = LinkProbe::refused;
  } else {
    after += runs_again_ns(other) - now_ns_;
  }
  if (after > probe.timeout_ns) result = LinkProbe::silent;
  push(now_ns_ + std::min(after, probe.timeout_ns), from, LinkProbed{probe.sequence, result}, nodes_[from].life);
}

void World::finish() {
  now_ns_ = std::min(now_ns_, scenario_.duration_ns);
  const bool compare =
      std::find(scenario_.invariants.begin(), scenario_.invariants.end(), "views_agree") != scenario_.invariants.end();
  for (std::uint32_t i = 0; compare && i < nodes_.size(); ++i) {
    if (!nodes_[i].core || truth_[i].stopped) continue;
    for (std::uint32_t j = 0; j < nodes_.size(); ++j) {
      const auto view = nodes_[i].core->member(node_id(j));
      invariants_.end_view(i, j, view && view->state == membership::State::alive, now_ns_);
    }
  }
  invariants_.end(now_ns_);
}

}  // namespace noodle::sim
