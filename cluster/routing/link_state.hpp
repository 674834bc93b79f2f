// Link state: what each node measures of its own links, and the database of what all nodes said.
//
// A statement replaces older ones of its node by (incarnation, sequence). Statements are flooded: what was new goes on
// to all neighbours but the one it came from, so that each passes every link at most twice. An edge counts only when
// both ends state it (as in OSPF, RFC 2328, 16.1 (2b)): a link that works one way is no link. Threads: none of its own.
// Limits: kMaxLinks in a statement, the given number of nodes. Errors: 6122. Time: monotonic ns of the caller.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "cluster/routing/topology.hpp"
#include "messages/error.hpp"
#include "messages/ids.hpp"

namespace noodle::routing {

/// What one end measures of a link.
struct LinkQuality {
  std::uint32_t rtt_us = 0;
  double loss = 0;            // share of packets, 0-1
  double load = 0;            // share of its capacity in use, 0-1
  std::uint32_t expense = 0;  // configured: what a link over a paid or slow line costs on top
};

/// Cost of a link: its round trip in us, doubled at full load, times the transmissions that its loss makes needed
/// squared (a lost packet costs a timeout, which is longer than a round trip), plus its expense.
Cost link_cost(const LinkQuality& quality);

struct LinkStatement {
  NodeId origin;
  std::uint64_t incarnation = 0;
  std::uint64_t sequence = 0;
  struct Link {
    NodeId to;
    Cost cost = 0;
    friend bool operator==(const Link&, const Link&) = default;
  };
  std::vector<Link> links;
};

/// When the node's own measurements are worth telling: damping against links whose quality flutters.
class Advertiser {
 public:
  struct Settings {
    std::int64_t min_interval_ns = 200'000'000;         // between two statements of better or slightly worse links
    std::int64_t refresh_interval_ns = 30'000'000'000;  // told again, so that lost statements heal
    double threshold = 0.25;                            // relative change of a cost that is worth telling
    double smoothing = 0.2;                             // weight of a new measurement
  };

  Advertiser(NodeId self, std::uint64_t incarnation, const Settings& settings)
      : self_(self), incarnation_(incarnation), settings_(settings) {}

  /// A measurement; the first of a link counts in full.
  void measured(NodeId neighbour, const LinkQuality& quality);
  void lost(NodeId neighbour);
  /// The statement to flood now, if one is due. A lost or new link is told at once, at most as often as min_interval
  /// allows when it comes and goes.
  std::optional<LinkStatement> due(std::int64_t now_ns);

 private:
  struct Measured {
    double cost = 0;
    Cost told = kNoLink;
  };
  NodeId self_;
  std::uint64_t incarnation_;
  Settings settings_;
  std::vector<std::pair<NodeId, Measured>> links_;  // in the order of their coming
  std::uint64_t sequence_ = 0;
  std::int64_t told_ns_ = 0;
  bool told_ = false;
  bool lost_ = false;
};

/// A change of the topology that came out of a statement.
struct EdgeChange {
  Vertex from = 0;
  Vertex to = 0;
  Cost before = kNoLink;
};

class LinkStateDatabase {
 public:
  explicit LinkStateDatabase(std::size_t max_nodes = 20'000) : max_nodes_(max_nodes) {}

  /// True when the statement was new and has to be flooded on. Changes of edges are appended, each one made by itself:
  /// call `apply` for one after another. Error 6122.
  template <class Apply>
  Result<bool> accept(const LinkStatement& statement, Apply&& apply) {
    auto links = take(statement);
    if (!links) return links.error();
    if (!links->fresh) return false;
    for (const auto& [from, to, cost] : links->edges) {
      const Cost before = topology_.set(from, to, cost);
      if (before != cost) apply(EdgeChange{from, to, before});
    }
    return true;
  }

  Vertex vertex(NodeId node);
  std::optional<Vertex> find(NodeId node) const;
  NodeId node(Vertex vertex) const { return nodes_[vertex]; }
  const Topology& topology() const { return topology_; }

 private:
  struct Desired {
    Vertex from = 0;
    Vertex to = 0;
    Cost cost = 0;
  };
  struct Taken {
    bool fresh = false;
    std::vector<Desired> edges;
  };
  struct Stated {
    std::uint64_t incarnation = 0;
    std::uint64_t sequence = 0;
    std::vector<Edge> links;
  };
  Result<Taken> take(const LinkStatement& statement);
  Cost stated(Vertex from, Vertex to) const;

  std::size_t max_nodes_;
  std::unordered_map<NodeId, Vertex> by_id_;
  std::vector<NodeId> nodes_;
  std::vector<Stated> stated_;
  Topology topology_;
};

}  // namespace noodle::routing
