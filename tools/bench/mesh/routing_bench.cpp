// What routes cost: 1000 nodes with 8 links each, as the router of one of them sees them.
//
//     noodle_routing_bench NODES DEGREE SEED
//
// Prints one JSON object: all paths computed anew, a changed cost repaired, and where a message goes next. Every path
// is checked against a plain Dijkstra first.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <queue>
#include <string>
#include <vector>

#include "cluster/random.hpp"
#include "cluster/routing/router.hpp"

using namespace noodle;
using namespace noodle::routing;

namespace {

using Links = std::vector<std::map<std::uint64_t, Cost>>;

double now_us() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::micro>(now).count();
}

NodeId id_of(std::uint64_t n) {
  return {7, n + 1};
}

/// A ring, so that it is connected, and chords up to the degree.
Links make_links(std::uint64_t nodes, std::uint64_t degree, Random& random) {
  Links links(nodes);
  const auto join = [&](std::uint64_t a, std::uint64_t b) {
    const Cost cost = 100 + static_cast<Cost>(random.below(10'000));
    links[a][b] = links[b][a] = cost;
  };
  for (std::uint64_t n = 0; n < nodes; ++n) join(n, (n + 1) % nodes);
  for (std::uint64_t n = 0; n < nodes; ++n) {
    for (int attempt = 0; links[n].size() < degree && attempt < 1000; ++attempt) {
      const std::uint64_t other = random.below(nodes);
      if (other != n && links[other].size() < degree) join(n, other);
    }
  }
  return links;
}

LinkStatement statement_of(const Links& links, std::uint64_t node, std::uint64_t sequence) {
  LinkStatement made;
  made.origin = id_of(node);
  made.incarnation = 1;
  made.sequence = sequence;
  for (const auto& [to, cost] : links[node]) made.links.push_back({id_of(to), cost});
  return made;
}

std::vector<Distance> dijkstra(const Links& links) {
  std::vector<Distance> distance(links.size(), kUnreachable);
  std::priority_queue<std::pair<Distance, std::uint64_t>, std::vector<std::pair<Distance, std::uint64_t>>,
                      std::greater<>>
      queue;
  distance[0] = 0;
  queue.push({0, 0});
  while (!queue.empty()) {
    const auto [at, node] = queue.top();
    queue.pop();
    if (at != distance[node]) continue;
    for (const auto& [to, cost] : links[node]) {
      if (at + cost >= distance[to]) continue;
      distance[to] = at + cost;
      queue.push({distance[to], to});
    }
  }
  return distance;
}

void check(const Router& router, const Links& links) {
  const std::vector<Distance> wanted = dijkstra(links);
  for (std::uint64_t n = 0; n < links.size(); ++n) {
    if (router.distance(*router.find(id_of(n))) == wanted[n]) continue;
    std::fprintf(stderr, "the way to node %llu has another length\n", static_cast<unsigned long long>(n));
    std::exit(1);
  }
}

double quantile(std::vector<double>& values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::uint64_t nodes = std::stoull(argv[1]), degree = std::stoull(argv[2]);
  Random random(std::stoull(argv[3]));
  Links links = make_links(nodes, degree, random);
  Router router(id_of(0));
  for (std::uint64_t n = 0; n < nodes; ++n) (void)router.accept(statement_of(links, n, 1)).ok();
  check(router, links);

  std::vector<double> full, incremental;
  const Topology& topology = router.database().topology();
  for (int round = 0; round < 51; ++round) {
    ShortestPaths paths(topology, *router.find(id_of(0)));
    const double begun = now_us();
    paths.compute();
    full.push_back(now_us() - begun);
    for (Vertex v = 0; v < nodes; ++v) {
      if (paths.distance(v) != router.distance(v)) return 1;
    }
  }
  // One end of a link tells another cost: one edge changes.
  for (std::uint64_t change = 0; change < 2000; ++change) {
    const std::uint64_t node = random.below(nodes);
    auto link = links[node].begin();
    std::advance(link, static_cast<long>(random.below(links[node].size())));
    link->second = 100 + static_cast<Cost>(random.below(10'000));
    const LinkStatement told = statement_of(links, node, 2 + change);
    const double begun = now_us();
    (void)router.accept(told).ok();
    incremental.push_back(now_us() - begun);
    if (change % 20 == 0) check(router, links);
  }
  check(router, links);

  constexpr std::uint64_t kDecisions = 2'000'000;
  std::uint64_t sum = 0;
  const double begun = now_us();
  for (std::uint64_t k = 0; k < kDecisions; ++k) {
    sum += router.decide({static_cast<Vertex>(1 + k * 7919 % (nodes - 1)), k, 0, false, kMaxHops});
  }
  const double decision_ns = (now_us() - begun) * 1000 / kDecisions;
  std::printf(
      "{\"full_us\": %.1f, \"incremental_us\": %.2f, \"incremental_p99_us\": %.2f, \"decision_ns\": %.2f, "
      "\"sum\": %llu}\n",
      quantile(full, 0.5), quantile(incremental, 0.5), quantile(incremental, 0.99), decision_ns,
      static_cast<unsigned long long>(sum));
  return 0;
}
