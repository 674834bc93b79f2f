// Neighbours: with whom a node of a partial mesh keeps links.
//
// Its next ones on a ring of all ids, so that the graph is connected however the rest is chosen; then the nearest by
// round trip; then nodes of zones that are not represented yet; then any. Every node decides alone; a link exists when
// one of its ends wants it, so degrees stay below about twice the wanted one. Threads: pure. Limits: `degree` at most
// kMaxFirstHops.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cluster/random.hpp"
#include "messages/ids.hpp"

namespace noodle::routing {

struct Candidate {
  NodeId node;
  std::uint32_t rtt_us = 0;  // 0: not measured
  std::string zone;          // label of the node; empty: none
};

/// At most `degree` of `candidates` (living nodes other than `self`), in order of id.
std::vector<NodeId> choose_neighbours(NodeId self, std::vector<Candidate> candidates, std::size_t degree,
                                      Random& random);

}  // namespace noodle::routing
