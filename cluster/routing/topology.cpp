#include "cluster/routing/topology.hpp"

#include <algorithm>

namespace noodle::routing {
namespace {

Cost put(std::vector<Edge>& edges, Vertex to, Cost cost) {
  const auto found = std::find_if(edges.begin(), edges.end(), [to](const Edge& edge) { return edge.to == to; });
  if (found == edges.end()) {
    if (cost != kNoLink) edges.push_back({to, cost});
    return kNoLink;
  }
  const Cost before = found->cost;
  if (cost == kNoLink) {
    *found = edges.back();
    edges.pop_back();
  } else {
    found->cost = cost;
  }
  return before;
}

}  // namespace

Vertex Topology::add_vertex() {
  out_.emplace_back();
  in_.emplace_back();
  return static_cast<Vertex>(out_.size() - 1);
}

Cost Topology::set(Vertex from, Vertex to, Cost cost) {
  if (cost != kNoLink) cost = std::clamp<Cost>(cost, 1, kMaxCost);
  put(in_[to], from, cost);
  return put(out_[from], to, cost);
}

Cost Topology::cost(Vertex from, Vertex to) const {
  for (const Edge& edge : out_[from]) {
    if (edge.to == to) return edge.cost;
  }
  return kNoLink;
}

}  // namespace noodle::routing
