// What happens to nodes and paths while a scenario runs.
#include <algorithm>
#include <limits>
#include <utility>

#include "tools/sim/world.hpp"

namespace noodle::sim {
namespace {

constexpr std::int64_t kLinkSilentNs = 600'000'000;               // three heartbeats of a link
constexpr std::uint64_t kFirstIncarnationMs = 1'700'000'000'000;  // wall clock at the start
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max() / 4;

bool on_path(FaultKind kind) {
  switch (kind) {
    case FaultKind::partition:
    case FaultKind::isolate:
    case FaultKind::cut:
    case FaultKind::one_way:
    case FaultKind::loss:
    case FaultKind::latency:
      return true;
    default:
      return false;
  }
}

}  // namespace

void World::plan_faults() {
  for (std::uint32_t i = 0; i < scenario_.faults.size(); ++i) {
    push(scenario_.faults[i].at_ns, 0, BeginFault{i, 0});
  }
}

std::vector<std::uint32_t> World::targets(const Fault& fault) {
  if (fault.pick == 0) return fault.nodes;
  std::vector<std::uint32_t> pool;
  const bool wants_down = fault.kind == FaultKind::join;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    const bool named = fault.nodes.empty() || std::find(fault.nodes.begin(), fault.nodes.end(), i) != fault.nodes.end();
    const bool spared = std::find(fault.except.begin(), fault.except.end(), i) != fault.except.end();
    if (named && !spared && truth_[i].running != wants_down && !truth_[i].stopped) pool.push_back(i);
  }
  random_.shuffle(pool);
  if (pool.size() > fault.pick) pool.resize(fault.pick);
  return pool;
}

void World::begin_fault(std::uint32_t index, std::uint32_t round) {
  const Fault& fault = scenario_.faults[index];
  const auto nodes = targets(fault);
  EndFault end{index, 0, nodes};
  if (on_path(fault.kind)) {
    end.rule = next_rule_++;
    network_.begin(end.rule, fault, nodes);
    watch_links();
  }
  auto touched = nodes;
  if (fault.disturbs) {
    if (fault.kind == FaultKind::partition) {
      for (std::uint32_t i = 0; i < nodes_.size(); ++i) touched.push_back(i);
    }
    touched.insert(touched.end(), fault.from.begin(), fault.from.end());
    touched.insert(touched.end(), fault.to.begin(), fault.to.end());
    const bool lasts = fault.for_ns == 0 && on_path(fault.kind);
    for (const std::uint32_t node : touched) {
      const std::int64_t until = lasts ? kNever : now_ns_ + fault.for_ns + scenario_.settle_ns;
      truth_[node].disturbed_until_ns = std::max(truth_[node].disturbed_until_ns, until);
    }
  }
  for (const std::uint32_t node : nodes) {
    Node& target = nodes_[node];
    switch (fault.kind) {
      case FaultKind::pause:
        pause_node(node);
        break;
      case FaultKind::crash:
        stop_node(node, false);
        break;
      case FaultKind::power_off:
        stop_node(node, true);
        break;
      case FaultKind::restart:
        stop_node(node, false);
        start_node(node, false);
        break;
      case FaultKind::join:
        start_node(node, false);
        break;
      case FaultKind::slow:
        target.duty = fault.duty;
        truth_[node].slow = true;
        target.period_ns = fault.period_ns;
        target.phase_ns = static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(fault.period_ns)));
        break;
      case FaultKind::clog:
        clog(node, true);
        break;
      case FaultKind::clock_step:
        target.wall_offset_ns += fault.by_ns;
        break;
      case FaultKind::leave:
      case FaultKind::drain:
        if (!target.core) break;
        effects_.clear();
        if (fault.kind == FaultKind::leave) {
          truth_[node].left = true;
          target.core->leave(local_ns(target), effects_);
        } else {
          target.core->set_service(membership::Service::draining, local_ns(target), effects_);
        }
        apply(node, effects_);
        push_wake(node);
        break;
      default:
        break;
    }
  }
  if (fault.kind == FaultKind::swizzle) swizzle(nodes, fault.for_ns);
  if (fault.for_ns > 0 && fault.kind != FaultKind::swizzle) push(now_ns_ + fault.for_ns, 0, std::move(end));
  if (round + 1 < fault.times) push(now_ns_ + fault.every_ns, 0, BeginFault{index, round + 1});
}

void World::end_fault(const EndFault& end) {
  const Fault& fault = scenario_.faults[end.fault];
  if (end.rule != 0) network_.end(end.rule);
  for (const std::uint32_t node : end.nodes) {
    switch (fault.kind) {
      case FaultKind::pause:
        resume_node(node);
        break;
      case FaultKind::crash:
      case FaultKind::power_off:
      case FaultKind::leave:
        start_node(node, false);
        break;
      case FaultKind::slow:
        nodes_[node].duty = 1;
        truth_[node].slow = false;
        break;
      case FaultKind::clog:
        clog(node, false);
        break;
      case FaultKind::clock_step:
        nodes_[node].wall_offset_ns -= fault.by_ns;
        break;
      default:
        break;
    }
  }
}

void World::start_node(std::uint32_t index, bool formed) {
  Node& node = nodes_[index];
  if (node.core) return;
  membership::Profile profile;
  profile.name = "node" + std::to_string(index);
  profile.host =
      "10." + std::to_string(index >> 16) + "." + std::to_string(index >> 8 & 255) + "." + std::to_string(index & 255);
  profile.port = 7700;
  for (std::uint32_t i = 0; i < scenario_.labels; ++i) {
    profile.labels.push_back({"label" + std::to_string(i), std::string(32, static_cast<char>('a' + i))});
  }
  const std::int64_t wall_ms = (now_ns_ + node.wall_offset_ns) / 1'000'000;
  const std::uint64_t incarnation = kFirstIncarnationMs + static_cast<std::uint64_t>(wall_ms);
  std::vector<std::string> seeds;  // the first two nodes, as an operator would write them into every configuration
  for (std::uint32_t seed = 0; seed < 2 && seed < nodes_.size(); ++seed) {
    if (seed != index) seeds.push_back(std::to_string(seed));
  }
  auto made = membership::Membership::make(node_id(index), profile, settings_, incarnation, seeds, random_.next());
  node.core = std::make_unique<membership::Membership>(std::move(*made));
  ++node.life;
  node.powered = true;
  node.wake_ns = kNever;
  node.inbox.clear();
  Truth& truth = truth_[index];
  truth.running = true;
  truth.stopped = truth.recovering = truth.left = false;
  truth.incarnation = incarnation;
  truth.dead_in_views = 0;
  if (scenario_.leases) start_leases(index);
  effects_.clear();
  node.core->start(local_ns(node), effects_);
  apply(index, effects_);
  if (formed) {  // everybody knows everybody
    membership::MemberState all;
    all.kind = membership::StateKind::push;
    for (std::uint32_t other = 0; other < index; ++other) {
      const auto view = nodes_[other].core->member(node_id(other));
      all.members.push_back({node_id(other), view->version, view->state, view->service, 0, {}, view->profile});
    }
    all.from = node_id(index == 0 ? 1 % scenario_.nodes : 0);
    all.from_incarnation = ~std::uint64_t{0};
    effects_.clear();
    node.core->receive_state(all, local_ns(node), effects_);
    const auto own = node.core->member(node_id(index));
    membership::MemberState newcomer;
    newcomer.kind = membership::StateKind::push;
    newcomer.from_incarnation = ~std::uint64_t{0};
    newcomer.members.push_back({node_id(index), own->version, own->state, own->service, 0, {}, own->profile});
    for (std::uint32_t other = 0; other < index; ++other) {
      newcomer.from = node_id(other == 0 ? index - 1 : 0);
      if (newcomer.from == node_id(index)) newcomer.from = node_id(nodes_.size() > 2 ? 2 : 0);
      effects_.clear();
      nodes_[other].core->receive_state(newcomer, local_ns(nodes_[other]), effects_);
    }
  }
  push_wake(index);
}

void World::stop_node(std::uint32_t index, bool power) {
  Node& node = nodes_[index];
  if (!node.core) return;
  node.core.reset();
  node.powered = !power;
  node.inbox.clear();
  truth_[index].running = truth_[index].stopped = false;
  truth_[index].dead_in_views = 0;
  invariants_.went_down(index, now_ns_);
  if (scenario_.detect_within_ns > 0) {
    push(now_ns_ + scenario_.detect_within_ns, index, CheckDetected{now_ns_});
  }
  if (power) return watch_links();
  for (const std::uint32_t other : node.neighbours) {  // the machine resets the connections
    if (!nodes_[other].core || !network_.open(index, other)) continue;
    push(now_ns_ + network_.delay_ns(index, other, random_), other, LinkChanged{index, membership::LinkEvent::reset},
         nodes_[other].life);
  }
}

void World::pause_node(std::uint32_t index) {
  if (!nodes_[index].core || truth_[index].stopped) return;
  truth_[index].stopped = true;
  watch_links();
}

void World::resume_node(std::uint32_t index) {
  Node& node = nodes_[index];
  if (!node.core || !truth_[index].stopped) return;
  truth_[index].stopped = false;
  truth_[index].recovering = truth_[index].dead_in_views > 0;
  std::deque<Payload> waiting;
  waiting.swap(node.inbox);
  // Whichever comes first when a process runs again: its timers or what the socket held.
  if (random_.chance(0.5)) run_node(index, Wake{});
  for (Payload& payload : waiting) {
    if (node.core) run_node(index, std::move(payload));
  }
  if (node.core) {
    node.wake_ns = kNever;
    push_wake(index);
  }
}

void World::clog(std::uint32_t index, bool hold) {
  Node& node = nodes_[index];
  if (hold) {
    ++node.clogs;
    return;
  }
  if (node.clogs > 0) --node.clogs;
  std::vector<Held> still;
  for (Held& held : held_) {
    if (nodes_[held.from].clogs > 0 || nodes_[held.to].clogs > 0) {
      still.push_back(std::move(held));
    } else {
      push(now_ns_ + network_.delay_ns(held.from, held.to, random_), held.to, std::move(held.payload));
    }
  }
  held_ = std::move(still);
}

void World::swizzle(const std::vector<std::uint32_t>& nodes, std::int64_t for_ns) {
  const auto moment = [&](std::int64_t begin, std::int64_t length) {
    return begin +
           static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(std::max<std::int64_t>(length, 1))));
  };
  for (const std::uint32_t node : nodes) {
    push(moment(now_ns_, for_ns / 2), node, Release{true});
    push(moment(now_ns_ + for_ns / 2, for_ns / 2), node, Release{false});
  }
}

void World::watch_links() {
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i].core) continue;
    for (const std::uint32_t other : nodes_[i].neighbours) {
      const bool alive = network_.open(other, i) && truth_[other].running && !truth_[other].stopped;
      if (!alive) push(now_ns_ + kLinkSilentNs, i, CheckLink{other}, nodes_[i].life);
    }
  }
}

}  // namespace noodle::sim
