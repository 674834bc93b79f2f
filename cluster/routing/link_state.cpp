#include "cluster/routing/link_state.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

namespace noodle::routing {

Cost link_cost(const LinkQuality& quality) {
  const double rtt = std::max<double>(quality.rtt_us, 1);
  const double kept = 1 - std::clamp(quality.loss, 0.0, 0.99);
  const double cost = rtt * (1 + std::clamp(quality.load, 0.0, 1.0)) / (kept * kept) + quality.expense;
  return static_cast<Cost>(std::clamp(std::lround(cost), 1L, static_cast<long>(kMaxCost)));
}

void Advertiser::measured(NodeId neighbour, const LinkQuality& quality) {
  const double cost = link_cost(quality);
  for (auto& [id, link] : links_) {
    if (id != neighbour) continue;
    link.cost += settings_.smoothing * (cost - link.cost);
    return;
  }
  if (links_.size() < kMaxLinks) links_.push_back({neighbour, {cost, kNoLink}});
}

void Advertiser::lost(NodeId neighbour) {
  const auto erased = std::erase_if(links_, [&](const auto& entry) { return entry.first == neighbour; });
  lost_ = lost_ || erased > 0;
}

std::optional<LinkStatement> Advertiser::due(std::int64_t now_ns) {
  const bool early = told_ && now_ns - told_ns_ < settings_.min_interval_ns;
  if (early) return std::nullopt;
  bool worth = lost_ || !told_ || now_ns - told_ns_ >= settings_.refresh_interval_ns;
  for (const auto& [id, link] : links_) {
    const double told = link.told;
    worth = worth || link.told == kNoLink || std::abs(link.cost - told) > settings_.threshold * told;
  }
  if (!worth) return std::nullopt;
  LinkStatement statement;
  statement.origin = self_;
  statement.incarnation = incarnation_;
  statement.sequence = ++sequence_;
  for (auto& [id, link] : links_) {
    link.told = static_cast<Cost>(std::max(1.0, std::round(link.cost)));
    statement.links.push_back({id, link.told});
  }
  told_ = true;
  told_ns_ = now_ns;
  lost_ = false;
  return statement;
}

Vertex LinkStateDatabase::vertex(NodeId node) {
  const auto [entry, added] = by_id_.try_emplace(node, static_cast<Vertex>(nodes_.size()));
  if (added) {
    nodes_.push_back(node);
    stated_.emplace_back();
    topology_.add_vertex();
  }
  return entry->second;
}

std::optional<Vertex> LinkStateDatabase::find(NodeId node) const {
  const auto found = by_id_.find(node);
  if (found == by_id_.end()) return std::nullopt;
  return found->second;
}

Cost LinkStateDatabase::stated(Vertex from, Vertex to) const {
  for (const Edge& edge : stated_[from].links) {
    if (edge.to == to) return edge.cost;
  }
  return kNoLink;
}

Result<LinkStateDatabase::Taken> LinkStateDatabase::take(const LinkStatement& statement) {
  const auto refuse = [&](const std::string& what) {
    return Error{Code::link_state_refused, "link state of node " + statement.origin.to_string() + " " + what, {}};
  };
  if (statement.links.size() > kMaxLinks) {
    return refuse("has " + std::to_string(statement.links.size()) + " links, at most " + std::to_string(kMaxLinks));
  }
  std::set<NodeId> seen;
  std::size_t strangers = by_id_.contains(statement.origin) ? 0 : 1;
  for (const auto& link : statement.links) {
    if (!link.to || link.to == statement.origin) return refuse("names a link to itself or to nobody");
    if (link.cost == 0 || link.cost > kMaxCost) return refuse("has a cost of " + std::to_string(link.cost));
    if (!seen.insert(link.to).second) return refuse("names a link twice");
    strangers += by_id_.contains(link.to) ? 0 : 1;
  }
  if (nodes_.size() + strangers > max_nodes_) {
    return refuse("names nodes over the limit of " + std::to_string(max_nodes_));
  }
  Taken taken;
  const Vertex from = vertex(statement.origin);
  if (std::pair(statement.incarnation, statement.sequence) <=
      std::pair(stated_[from].incarnation, stated_[from].sequence)) {
    return taken;
  }
  taken.fresh = true;
  std::vector<Edge> links;
  for (const auto& link : statement.links) links.push_back({vertex(link.to), link.cost});
  const std::vector<Edge> old = std::exchange(stated_[from].links, std::move(links));
  stated_[from].incarnation = statement.incarnation;
  stated_[from].sequence = statement.sequence;
  for (const Edge& edge : old) {
    if (stated(from, edge.to) != kNoLink) continue;
    taken.edges.push_back({from, edge.to, kNoLink});
    taken.edges.push_back({edge.to, from, kNoLink});
  }
  for (const Edge& edge : stated_[from].links) {
    const Cost back = stated(edge.to, from);
    if (back == kNoLink) continue;  // until the other end says so too
    taken.edges.push_back({from, edge.to, edge.cost});
    taken.edges.push_back({edge.to, from, back});
  }
  return taken;
}

}  // namespace noodle::routing
