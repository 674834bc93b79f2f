// Shortest paths from one root: distances, and for every vertex the set of first hops that lie on a shortest path.
//
// compute() is Dijkstra's algorithm. changed() repairs the result after one edge changed, touching only what it
// affects: Ramalingam and Reps, "An incremental algorithm for a generalization of the shortest-path problem" (J.
// Algorithms 1996). Sets of first hops are bit sets over the root's first kMaxFirstHops links, so equal-cost paths cost
// one word a vertex. Threads: none of its own.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "cluster/routing/topology.hpp"

namespace noodle::routing {

using Distance = std::uint64_t;
inline constexpr Distance kUnreachable = ~Distance{0};
inline constexpr std::size_t kMaxFirstHops = 64;

class ShortestPaths {
 public:
  ShortestPaths(const Topology& topology, Vertex root) : topology_(topology), root_(root) {}

  void compute();
  /// After topology.set(from, to, ...) answered `before`; vertices may have been added since the last call.
  void changed(Vertex from, Vertex to, Cost before);

  /// After vertices were added without an edge: they are unreachable.
  void reach_all() { grow(); }

  Distance distance(Vertex vertex) const { return distance_[vertex]; }
  /// Bit i: first_hop(i) lies on a shortest path. 0 for the root and for what cannot be reached.
  std::uint64_t first_hops(Vertex vertex) const { return hops_[vertex]; }
  Vertex first_hop(std::size_t bit) const { return hop_[bit]; }
  std::size_t first_hop_count() const { return hop_.size(); }
  Vertex root() const { return root_; }
  /// Vertices that the last call looked at: what incremental work costs.
  std::size_t touched() const { return touched_; }

 private:
  using Entry = std::pair<Distance, Vertex>;
  void grow();
  bool number_first_hops();
  void push(std::vector<Entry>& heap, Distance distance, Vertex vertex);
  Entry pop(std::vector<Entry>& heap);
  void relax(std::vector<Entry>& heap);
  void raise(Vertex to);
  bool has_tight_edge(Vertex to) const;
  std::uint64_t hops_by_edges(Vertex vertex) const;
  void repair_hops();
  void all_hops();
  void mark(Vertex vertex);

  const Topology& topology_;
  Vertex root_;
  std::vector<Distance> distance_;
  std::vector<std::uint64_t> hops_;
  std::vector<Vertex> hop_;        // the root's links, by bit
  std::vector<std::uint8_t> bit_;  // of a vertex among hop_; kNoBit
  std::vector<bool> affected_;
  std::vector<Vertex> marked_;  // their hops have to be looked at again
  std::vector<bool> is_marked_;
  std::vector<Entry> heap_;
  std::size_t touched_ = 0;
};

}  // namespace noodle::routing
