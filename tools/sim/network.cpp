#include "tools/sim/network.hpp"

#include <algorithm>

namespace noodle::sim {
namespace {

std::vector<bool> members(const std::vector<std::uint32_t>& nodes, std::uint32_t count, bool all_when_empty) {
  std::vector<bool> in(count, all_when_empty && nodes.empty());
  for (const std::uint32_t node : nodes) in[node] = true;
  return in;
}

}  // namespace

bool Network::open(std::uint32_t from, std::uint32_t to) const {
  for (const Rule& rule : rules_) {
    switch (rule.kind) {
      case FaultKind::partition:
        if (rule.group[from] != rule.group[to]) return false;
        break;
      case FaultKind::isolate:  // `from`: the isolated, `to`: whom they may reach
        if ((rule.from[from] && !rule.to[to]) || (rule.from[to] && !rule.to[from])) return false;
        break;
      case FaultKind::cut:
        if ((rule.from[from] && rule.to[to]) || (rule.from[to] && rule.to[from])) return false;
        break;
      case FaultKind::one_way:
        if (rule.from[from] && rule.to[to]) return false;
        break;
      default:
        break;
    }
  }
  return true;
}

bool Network::loses(std::uint32_t from, std::uint32_t to, Random& random) const {
  if (random.chance(settings_.loss)) return true;
  for (const Rule& rule : rules_) {
    if (rule.kind == FaultKind::loss && (rule.from[from] || rule.from[to]) && random.chance(rule.rate)) return true;
  }
  return false;
}

std::int64_t Network::delay_ns(std::uint32_t from, std::uint32_t to, Random& random) const {
  std::int64_t delay = settings_.latency_ns;
  if (settings_.jitter_ns > 0) {
    delay += static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(settings_.jitter_ns)));
  }
  if (random.chance(settings_.reorder)) {
    delay += static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(10 * settings_.latency_ns)));
  }
  for (const Rule& rule : rules_) {
    if (rule.kind == FaultKind::latency && (rule.from[from] || rule.from[to])) delay += rule.by_ns;
  }
  return delay;
}

std::int64_t Network::link_delay_ns(std::uint32_t from, std::uint32_t to, Random& random) const {
  constexpr int kMostRetransmissions = 6;
  constexpr std::int64_t kRetransmissionNs = 200'000'000;  // TCP's least retransmission timeout on Linux
  std::int64_t delay = delay_ns(from, to, random);
  std::int64_t wait = kRetransmissionNs;
  for (int i = 0; i < kMostRetransmissions && loses(from, to, random); ++i, wait *= 2) delay += wait;
  return delay;
}

void Network::begin(std::uint32_t id, const Fault& fault, const std::vector<std::uint32_t>& nodes) {
  Rule rule;
  rule.id = id;
  rule.kind = fault.kind;
  rule.rate = fault.rate;
  rule.by_ns = fault.by_ns;
  switch (fault.kind) {
    case FaultKind::partition:
      rule.group.assign(nodes_, 0);
      for (std::uint32_t g = 0; g < fault.groups.size(); ++g) {
        for (const std::uint32_t node : fault.groups[g]) rule.group[node] = g + 1;
      }
      break;
    case FaultKind::isolate:
      rule.from = members(nodes, nodes_, false);
      rule.to = members(fault.except, nodes_, false);
      break;
    case FaultKind::cut:
    case FaultKind::one_way:
      rule.from = members(fault.from, nodes_, false);
      rule.to = members(fault.to, nodes_, false);
      break;
    case FaultKind::loss:
    case FaultKind::latency:
      rule.from = members(nodes, nodes_, true);
      break;
    default:
      return;
  }
  rules_.push_back(std::move(rule));
}

void Network::end(std::uint32_t id) {
  std::erase_if(rules_, [id](const Rule& rule) { return rule.id == id; });
}

}  // namespace noodle::sim
