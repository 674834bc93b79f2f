// Router: where a message goes next. Statements of link state in, decisions out.
//
// Decisions are precomputed: a shortest-path tree is kept from this node, repaired when an edge changes. Equal-cost
// paths are shared: each flow (a pair of actors) has two candidates by its hash and takes the one whose link is less
// loaded, so that the order of a flow is kept as long as loads are not told anew (power of two choices, Mitzenmacher
// 2001). Threads: one writer; decide() is const and may run in several threads while nobody writes. Limits: kMaxHops
// relays of one message. Errors: 6120 no route, 6121 relayed too often, 6122 bad link state.
#pragma once

#include <cstdint>
#include <vector>

#include "cluster/routing/link_state.hpp"
#include "cluster/routing/shortest_paths.hpp"
#include "messages/error.hpp"
#include "messages/ids.hpp"

namespace noodle::routing {

inline constexpr std::uint8_t kMaxHops = 16;

/// What a decision needs to know of a message.
struct Travel {
  Vertex to = 0;
  std::uint64_t flow = 0;  // the same for all messages whose order matters
  Vertex came_from = 0;    // the neighbour that relayed it
  bool relayed = false;    // `came_from` is set
  std::uint8_t hops_left = kMaxHops;
};

class Router {
 public:
  explicit Router(NodeId self, std::size_t max_nodes = 20'000)
      : database_(max_nodes), root_(database_.vertex(self)), paths_(database_.topology(), root_) {
    paths_.compute();
  }
  Router(const Router&) = delete;  // paths_ refers to database_
  Router& operator=(const Router&) = delete;

  /// A statement of this node or another one; true: new, flood it on. Error 6122.
  Result<bool> accept(const LinkStatement& statement);
  /// Share of a neighbour's link in use; moves flows among equal paths.
  void set_load(NodeId neighbour, double load);

  std::optional<Vertex> find(NodeId node) const { return database_.find(node); }
  NodeId node(Vertex vertex) const { return database_.node(vertex); }
  /// kUnreachable when there is no path.
  Distance distance(Vertex vertex) const { return paths_.distance(vertex); }

  /// The neighbour to send to. Never the one it came from: a message that would turn back met changing routes, and is
  /// refused (6121) rather than sent in circles.
  Result<Vertex> next_hop(const Travel& travel) const;
  /// The same without words, for the path that every message takes: kNowhere instead of an error.
  static constexpr Vertex kNowhere = 0xffffffffu;
  Vertex decide(const Travel& travel) const;

  /// The whole way as this node sees it, itself first; empty when there is none.
  std::vector<NodeId> path(NodeId to) const;
  const LinkStateDatabase& database() const { return database_; }

 private:
  LinkStateDatabase database_;
  Vertex root_;
  ShortestPaths paths_;
  std::uint8_t load_[kMaxFirstHops] = {};  // by bit of the first hop, in 1/255
  std::unordered_map<Vertex, std::uint8_t> load_of_;
};

}  // namespace noodle::routing
