#include "cluster/routing/neighbours.hpp"

#include <algorithm>
#include <set>

#include "cluster/routing/shortest_paths.hpp"

namespace noodle::routing {

std::vector<NodeId> choose_neighbours(NodeId self, std::vector<Candidate> candidates, std::size_t degree,
                                      Random& random) {
  degree = std::min(degree, kMaxFirstHops);
  std::vector<NodeId> chosen;
  std::set<std::string> zones;
  std::erase_if(candidates, [self](const Candidate& c) { return c.node == self || !c.node; });
  const auto take = [&](std::size_t index) {
    chosen.push_back(candidates[index].node);
    zones.insert(candidates[index].zone);
    candidates.erase(candidates.begin() + static_cast<std::ptrdiff_t>(index));
  };
  // The ring goes by scattered ids: neighbours on it are not neighbours in a rack.
  const auto place = [](NodeId id) { return mix64(id.high ^ mix64(id.low)); };
  const std::uint64_t own = place(self);
  const std::size_t on_ring = std::min<std::size_t>(2, degree);
  for (std::size_t k = 0; k < on_ring && !candidates.empty(); ++k) {
    std::size_t best = 0;
    const auto gap = [&](std::size_t i) {  // one after, one before
      return k % 2 == 0 ? place(candidates[i].node) - own : own - place(candidates[i].node);
    };
    for (std::size_t i = 1; i < candidates.size(); ++i) best = gap(i) < gap(best) ? i : best;
    take(best);
  }
  const std::size_t near_until = on_ring + (degree - on_ring) / 2;
  while (chosen.size() < near_until && !candidates.empty()) {
    const auto distance = [&](std::size_t i) { return candidates[i].rtt_us == 0 ? ~0u : candidates[i].rtt_us; };
    std::size_t best = 0;
    for (std::size_t i = 1; i < candidates.size(); ++i) {
      const bool nearer = distance(i) < distance(best);
      const bool tie = distance(i) == distance(best) && candidates[i].node < candidates[best].node;
      if (nearer || tie) best = i;
    }
    if (candidates[best].rtt_us == 0) break;  // nothing is measured
    take(best);
  }
  random.shuffle(candidates);
  for (std::size_t i = 0; i < candidates.size() && chosen.size() < degree;) {
    if (zones.contains(candidates[i].zone)) {
      ++i;
    } else {
      take(i);
    }
  }
  while (chosen.size() < degree && !candidates.empty()) take(candidates.size() - 1);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace noodle::routing
