#include "cluster/routing/router.hpp"

#include <algorithm>
#include <bit>
#include <string>

#include "cluster/random.hpp"

namespace noodle::routing {
namespace {

/// The n-th set bit from below; n < popcount(bits).
unsigned nth_bit(std::uint64_t bits, unsigned n) {
  while (n-- > 0) bits &= bits - 1;
  return static_cast<unsigned>(std::countr_zero(bits));
}

}  // namespace

Result<bool> Router::accept(const LinkStatement& statement) {
  auto accepted = database_.accept(
      statement, [this](const EdgeChange& change) { paths_.changed(change.from, change.to, change.before); });
  if (accepted) {
    for (std::size_t bit = 0; bit < paths_.first_hop_count(); ++bit) {
      const auto found = load_of_.find(paths_.first_hop(bit));
      load_[bit] = found == load_of_.end() ? 0 : found->second;
    }
    paths_.reach_all();
  }
  return accepted;
}

void Router::set_load(NodeId neighbour, double load) {
  const auto vertex = database_.find(neighbour);
  if (!vertex) return;
  const auto level = static_cast<std::uint8_t>(std::clamp(load, 0.0, 1.0) * 255);
  load_of_[*vertex] = level;
  for (std::size_t bit = 0; bit < paths_.first_hop_count(); ++bit) {
    if (paths_.first_hop(bit) == *vertex) load_[bit] = level;
  }
}

Vertex Router::decide(const Travel& travel) const {
  std::uint64_t hops = paths_.first_hops(travel.to);
  if (travel.relayed) {
    if (travel.hops_left == 0) return kNowhere;
    for (std::size_t bit = 0; bit < paths_.first_hop_count(); ++bit) {
      if (paths_.first_hop(bit) == travel.came_from) hops &= ~(std::uint64_t{1} << bit);
    }
  }
  if (hops == 0) return kNowhere;
  const auto count = static_cast<unsigned>(std::popcount(hops));
  if (count == 1) return paths_.first_hop(static_cast<std::size_t>(std::countr_zero(hops)));
  const std::uint64_t hash = mix64(travel.flow);
  const unsigned one = nth_bit(hops, static_cast<unsigned>((hash & 0xffffffff) % count));
  const unsigned other = nth_bit(hops, static_cast<unsigned>((hash >> 32) % count));
  return paths_.first_hop(load_[other] < load_[one] ? other : one);
}

Result<Vertex> Router::next_hop(const Travel& travel) const {
  const Vertex next = decide(travel);
  if (next != kNowhere) return next;
  const std::string to = database_.node(travel.to).to_string();
  if (travel.relayed && (travel.hops_left == 0 || paths_.first_hops(travel.to) != 0)) {
    return Error{Code::route_loop, "message to node " + to + " was relayed too often or would turn back", {}};
  }
  return Error{Code::no_route, "no path to node " + to, {}};
}

std::vector<NodeId> Router::path(NodeId to) const {
  const auto target = database_.find(to);
  if (!target || paths_.distance(*target) == kUnreachable) return {};
  std::vector<NodeId> way{to};
  const Topology& topology = database_.topology();
  for (Vertex at = *target; at != root_;) {  // backwards: distances fall with every step, so it ends
    const auto& in = topology.in(at);
    const auto nearer = std::find_if(in.begin(), in.end(), [&](const Edge& edge) {
      return paths_.distance(edge.to) != kUnreachable && paths_.distance(edge.to) + edge.cost == paths_.distance(at);
    });
    at = nearer->to;
    way.push_back(database_.node(at));
  }
  std::reverse(way.begin(), way.end());
  return way;
}

}  // namespace noodle::routing
