// Topology: the directed graph of links that routes are computed on. Nodes are dense numbers here.
//
// cluster/routing is a link-state protocol: each node floods what its own links cost, everybody computes shortest
// paths. Read: topology, shortest_paths, link_state, router, neighbours. Threads: none of its own. Limits: kMaxLinks
// from one node.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace noodle::routing {

using Vertex = std::uint32_t;
using Cost = std::uint32_t;
inline constexpr Cost kNoLink = 0xffffffffu;
inline constexpr Cost kMaxCost = 1'000'000'000;
inline constexpr std::size_t kMaxLinks = 256;  // from one node

struct Edge {
  Vertex to = 0;
  Cost cost = 0;
  friend bool operator==(const Edge&, const Edge&) = default;
};

class Topology {
 public:
  Vertex add_vertex();
  std::size_t size() const { return out_.size(); }

  /// Sets or, with kNoLink, removes the edge; returns the cost it had. `cost` is at least 1.
  Cost set(Vertex from, Vertex to, Cost cost);
  Cost cost(Vertex from, Vertex to) const;
  const std::vector<Edge>& out(Vertex from) const { return out_[from]; }
  /// Edges into `to`; their `to` field names where they come from.
  const std::vector<Edge>& in(Vertex to) const { return in_[to]; }

 private:
  std::vector<std::vector<Edge>> out_, in_;
};

}  // namespace noodle::routing
