#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <vector>

#include "cluster/random.hpp"
#include "cluster/routing/neighbours.hpp"
#include "cluster/routing/router.hpp"
#include "tests/process/random_seed.hpp"
#include "tests/support/scale.hpp"

using namespace noodle;
using namespace noodle::routing;

namespace {

NodeId id(std::uint64_t n) {
  return {7, n + 1};
}

/// Floyd-Warshall over the topology.
std::vector<std::vector<Distance>> all_pairs(const Topology& topology) {
  const std::size_t n = topology.size();
  std::vector<std::vector<Distance>> d(n, std::vector<Distance>(n, kUnreachable));
  for (Vertex i = 0; i < n; ++i) {
    d[i][i] = 0;
    for (const Edge& edge : topology.out(i)) d[i][edge.to] = std::min<Distance>(d[i][edge.to], edge.cost);
  }
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        if (d[i][k] != kUnreachable && d[k][j] != kUnreachable) d[i][j] = std::min(d[i][j], d[i][k] + d[k][j]);
      }
    }
  }
  return d;
}

LinkStatement statement(std::uint64_t origin, std::uint64_t sequence,
                        const std::vector<std::pair<std::uint64_t, Cost>>& links) {
  LinkStatement made;
  made.origin = id(origin);
  made.incarnation = 1;
  made.sequence = sequence;
  for (const auto& [to, cost] : links) made.links.push_back({id(to), cost});
  return made;
}

}  // namespace

TEST_CASE("incremental paths, full paths and Floyd-Warshall agree after every change of random graphs") {
  NOODLE_RANDOM(seeds);
  for (std::int64_t round = 0; round < test::scaled(60); ++round) {
    Random random(seeds());
    Topology topology;
    const auto n = static_cast<Vertex>(2 + random.below(24));
    for (Vertex i = 0; i < n; ++i) topology.add_vertex();
    ShortestPaths incremental(topology, 0);
    incremental.compute();
    for (int change = 0; change < 60; ++change) {
      const auto from = static_cast<Vertex>(random.below(n));
      const auto to = static_cast<Vertex>(random.below(n));
      if (from == to) continue;
      // Few different costs, so that equal paths are frequent.
      const Cost cost = random.chance(0.3) ? kNoLink : static_cast<Cost>(1 + random.below(5));
      const Cost before = topology.set(from, to, cost);
      incremental.changed(from, to, before);
      ShortestPaths full(topology, 0);
      full.compute();
      const auto truth = all_pairs(topology);
      for (Vertex v = 0; v < n; ++v) {
        REQUIRE(full.distance(v) == truth[0][v]);
        REQUIRE(incremental.distance(v) == truth[0][v]);
        // First hops: exactly the neighbours that lie on a shortest path.
        std::set<Vertex> wanted, found;
        for (const Edge& edge : topology.out(0)) {
          const bool on_path = truth[edge.to][v] != kUnreachable && edge.cost + truth[edge.to][v] == truth[0][v];
          if (v != 0 && on_path) wanted.insert(edge.to);
        }
        for (std::size_t bit = 0; bit < incremental.first_hop_count(); ++bit) {
          if (incremental.first_hops(v) >> bit & 1) found.insert(incremental.first_hop(bit));
        }
        REQUIRE(found == wanted);
        REQUIRE(incremental.first_hops(v) == full.first_hops(v));
      }
    }
  }
}

TEST_CASE("messages arrive without loops in every random mesh, whatever paths the flows take") {
  NOODLE_RANDOM(seeds);
  for (std::int64_t round = 0; round < test::scaled(20); ++round) {
    Random random(seeds());
    const std::uint64_t n = 3 + random.below(20);
    std::vector<std::map<std::uint64_t, Cost>> links(n);
    for (std::uint64_t i = 0; i < n; ++i) {
      for (std::uint64_t k = 0; k < 3; ++k) {
        const std::uint64_t j = k == 0 ? (i + 1) % n : random.below(n);
        if (i == j) continue;
        links[i][j] = links[j][i] = static_cast<Cost>(1 + random.below(3));
      }
    }
    std::deque<Router> routers;
    for (std::uint64_t i = 0; i < n; ++i) {
      routers.emplace_back(id(i));
    }
    for (auto& router : routers) {
      for (std::uint64_t i = 0; i < n; ++i) {
        REQUIRE(*router.accept(statement(i, 1, {links[i].begin(), links[i].end()})));
      }
    }
    for (std::uint64_t from = 0; from < n; ++from) {
      for (std::uint64_t to = 0; to < n; ++to) {
        if (from == to) continue;
        std::uint64_t at = from;
        Travel travel;
        travel.flow = random.next();
        for (int hop = 0; at != to; ++hop) {
          REQUIRE(hop < static_cast<int>(n));
          travel.to = *routers[at].find(id(to));
          const auto next = routers[at].next_hop(travel);
          REQUIRE_MESSAGE(next.ok(), next.error().to_string());
          const NodeId next_id = routers[at].node(*next);
          travel.hops_left = kMaxHops;  // long rings are fine here; the path must shrink by itself
          travel.relayed = true;
          const std::uint64_t previous = at;
          at = next_id.low - 1;
          travel.came_from = *routers[at].find(id(previous));
        }
      }
    }
  }
}

TEST_CASE("a link counts only when both ends state it") {
  Router router(id(0));
  CHECK(*router.accept(statement(0, 1, {{1, 10}})));
  CHECK(router.path(id(1)).empty());
  CHECK(*router.accept(statement(1, 1, {{0, 10}})));
  CHECK(router.path(id(1)) == std::vector{id(0), id(1)});
  CHECK(*router.accept(statement(1, 2, {})));  // one end lost it
  CHECK(router.path(id(1)).empty());
}

TEST_CASE("when the direct link breaks, the way leads around, and back when it is there again") {
  Router router(id(0));
  REQUIRE(router.accept(statement(0, 1, {{1, 10}, {2, 10}})));
  REQUIRE(router.accept(statement(1, 1, {{0, 10}, {2, 10}})));
  REQUIRE(router.accept(statement(2, 1, {{0, 10}, {1, 10}})));
  CHECK(router.path(id(1)) == std::vector{id(0), id(1)});
  REQUIRE(router.accept(statement(0, 2, {{2, 10}})));
  CHECK(router.path(id(1)) == std::vector{id(0), id(2), id(1)});
  REQUIRE(router.accept(statement(0, 3, {{1, 10}, {2, 10}})));
  CHECK(router.path(id(1)) == std::vector{id(0), id(1)});
}

TEST_CASE("old and repeated statements are neither taken nor flooded, a new incarnation starts anew") {
  Router router(id(0));
  CHECK(*router.accept(statement(1, 5, {{2, 10}})));
  CHECK_FALSE(*router.accept(statement(1, 5, {{2, 10}})));
  CHECK_FALSE(*router.accept(statement(1, 4, {})));
  auto restarted = statement(1, 1, {});
  restarted.incarnation = 2;
  CHECK(*router.accept(restarted));
}

TEST_CASE("impossible statements are refused with 6122") {
  Router router(id(0), 4);
  const auto code = [&](const LinkStatement& s) {
    const auto result = router.accept(s);
    REQUIRE_FALSE(result.ok());
    return result.error().code;
  };
  CHECK(code(statement(1, 1, {{1, 10}})) == Code::link_state_refused);
  CHECK(code(statement(1, 1, {{2, 0}})) == Code::link_state_refused);
  CHECK(code(statement(1, 1, {{2, 1}, {2, 1}})) == Code::link_state_refused);
  CHECK(code(statement(1, 1, {{2, 1}, {3, 1}, {4, 1}, {5, 1}})) == Code::link_state_refused);
  std::vector<std::pair<std::uint64_t, Cost>> many;
  for (std::uint64_t i = 2; i < 2 + kMaxLinks + 1; ++i) many.push_back({i, 1});
  CHECK(code(statement(1, 1, many)) == Code::link_state_refused);
}

TEST_CASE("no route is 6120; a message that turns back or was relayed too often is 6121") {
  Router router(id(0));
  REQUIRE(router.accept(statement(0, 1, {{1, 10}})));
  REQUIRE(router.accept(statement(1, 1, {{0, 10}, {2, 10}})));
  REQUIRE(router.accept(statement(2, 1, {{1, 10}})));
  REQUIRE(router.accept(statement(3, 1, {})));
  Travel travel;
  travel.to = *router.find(id(3));
  CHECK(router.next_hop(travel).error().code == Code::no_route);
  travel.to = *router.find(id(2));
  CHECK(router.node(*router.next_hop(travel)) == id(1));
  travel.relayed = true;
  travel.came_from = *router.find(id(1));
  CHECK(router.next_hop(travel).error().code == Code::route_loop);
  travel.came_from = *router.find(id(3));
  CHECK(router.next_hop(travel).ok());
  travel.hops_left = 0;
  CHECK(router.next_hop(travel).error().code == Code::route_loop);
}

TEST_CASE("equal paths share the flows, and more flows take the less loaded one") {
  Router router(id(0));
  REQUIRE(router.accept(statement(0, 1, {{1, 10}, {2, 10}})));
  REQUIRE(router.accept(statement(1, 1, {{0, 10}, {3, 10}})));
  REQUIRE(router.accept(statement(2, 1, {{0, 10}, {3, 10}})));
  REQUIRE(router.accept(statement(3, 1, {{1, 10}, {2, 10}})));
  const auto share_of_1 = [&] {
    int hits = 0;
    for (std::uint64_t flow = 0; flow < 1000; ++flow) {
      Travel travel;
      travel.to = *router.find(id(3));
      travel.flow = flow;
      const Vertex next = *router.next_hop(travel);
      CHECK(next == *router.next_hop(travel));  // a flow keeps its path
      hits += router.node(next) == id(1);
    }
    return hits;
  };
  const int even = share_of_1();
  CHECK(even > 400);
  CHECK(even < 600);
  router.set_load(id(1), 0.9);
  CHECK(share_of_1() < 350);  // only flows with no choice
}

TEST_CASE("link cost grows with round trip, load, loss and expense") {
  const LinkQuality plain{1000, 0, 0, 0};
  CHECK(link_cost(plain) == 1000);
  CHECK(link_cost({1000, 0, 1, 0}) == 2000);
  CHECK(link_cost({1000, 0.5, 0, 0}) == 4000);
  CHECK(link_cost({1000, 0, 0, 500}) == 1500);
  CHECK(link_cost({0, 0, 0, 0}) == 1);
  CHECK(link_cost({4'000'000'000u, 1, 1, 0}) == kMaxCost);
}

TEST_CASE("fluttering measurements are not told, lasting changes and lost links are") {
  Advertiser advertiser(id(0), 1, {});
  constexpr std::int64_t kMs = 1'000'000;
  advertiser.measured(id(1), {1000, 0, 0, 0});
  const auto first = advertiser.due(0);
  REQUIRE(first);
  CHECK(first->sequence == 1);
  CHECK(first->links.size() == 1);
  for (int i = 1; i < 100; ++i) {
    advertiser.measured(id(1), {i % 2 == 0 ? 800u : 1200u, 0, 0, 0});
    CHECK_FALSE(advertiser.due(i * 250 * kMs));
  }
  std::int64_t now = 25'000 * kMs;
  int told = 0;
  for (int i = 0; i < 20; ++i) {
    advertiser.measured(id(1), {5000, 0, 0, 0});
    told += advertiser.due(now += 20 * kMs).has_value();
  }
  CHECK(told >= 1);
  CHECK(told <= 3);  // 400 ms: at most one per 200 ms
  advertiser.lost(id(1));
  const auto gone = advertiser.due(now + 200 * kMs);
  REQUIRE(gone);
  CHECK(gone->links.empty());
  CHECK_FALSE(advertiser.due(now + 500 * kMs));
  CHECK(advertiser.due(now + 31'000 * kMs));  // refreshed
}

TEST_CASE("partial meshes are connected, of bounded degree, near and diverse") {
  NOODLE_RANDOM(seeds);
  Random random(seeds());
  constexpr std::uint64_t kNodes = 200;
  constexpr std::size_t kDegree = 6;
  std::vector<std::set<std::uint64_t>> mesh(kNodes);
  for (std::uint64_t i = 0; i < kNodes; ++i) {
    std::vector<Candidate> candidates;
    for (std::uint64_t j = 0; j < kNodes; ++j) {
      const std::uint64_t apart = std::min((i + kNodes - j) % kNodes, (j + kNodes - i) % kNodes);
      if (i != j)
        candidates.push_back({id(j), static_cast<std::uint32_t>(100 * apart), "zone" + std::to_string(j / 50)});
    }
    const auto chosen = choose_neighbours(id(i), candidates, kDegree, random);
    CHECK(chosen.size() == kDegree);
    std::set<std::uint64_t> zones;
    bool near = false;
    for (const NodeId node : chosen) {
      const std::uint64_t j = node.low - 1;
      near = near || (i + kNodes - j) % kNodes == 1 || (j + kNodes - i) % kNodes == 1;
      zones.insert(j / 50);
      mesh[i].insert(j);
      mesh[j].insert(i);
    }
    CHECK(near);
    CHECK(zones.size() >= 3);
  }
  std::set<std::uint64_t> reached{0};
  std::vector<std::uint64_t> todo{0};
  while (!todo.empty()) {
    const std::uint64_t at = todo.back();
    todo.pop_back();
    for (const std::uint64_t next : mesh[at]) {
      if (reached.insert(next).second) todo.push_back(next);
    }
  }
  CHECK(reached.size() == kNodes);
}
