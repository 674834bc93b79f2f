#include "cluster/registry/registry.hpp"

#include <doctest/doctest.h>

#include <deque>

#include "cluster/random.hpp"
#include "cluster/registry/message.hpp"
#include "tests/process/random_seed.hpp"
#include "tests/support/scale.hpp"

using namespace noodle;
using namespace noodle::registry;

namespace {

NodeId id(std::uint64_t n) {
  return {3, n + 1};
}

/// One exchange: `to` learns what it lacks from `from`.
void pull(Registry& to, const Registry& from, std::vector<LostName>& lost) {
  for (const auto& entries : from.missing(to.digest())) REQUIRE(to.accept(entries, lost).ok());
}

}  // namespace

TEST_CASE("a registered name is found by all nodes after an exchange, and gone after it was unregistered") {
  Registry a(id(0), 1, {}), b(id(1), 1, {});
  std::vector<LostName> lost;
  REQUIRE(a.register_name("workers/index", Scope::plain, 42, 100).ok());
  CHECK(b.find("workers/index").error().code == Code::name_not_found);
  pull(b, a, lost);
  const auto found = b.find("workers/index");
  REQUIRE(found.ok());
  CHECK(found->node == id(0));
  CHECK(found->actor == 42);
  CHECK(a.missing(b.digest()).empty());  // equal digests: nothing to send
  REQUIRE(a.unregister_name("workers/index").ok());
  pull(b, a, lost);
  CHECK(b.find("workers/index").error().code == Code::name_not_found);
  CHECK(a.unregister_name("workers/index").error().code == Code::name_not_found);
}

TEST_CASE("of two holders of a unique name the older registration stays, and the loser is told once") {
  Registry a(id(0), 1, {}), b(id(1), 1, {});
  std::vector<LostName> lost_a, lost_b;
  REQUIRE(a.register_name("leader", Scope::unique, 1, 200).ok());
  REQUIRE(b.register_name("leader", Scope::unique, 2, 100).ok());
  pull(a, b, lost_a);
  pull(b, a, lost_b);
  CHECK(lost_b.empty());
  REQUIRE(lost_a.size() == 1);
  CHECK(lost_a[0].actor == 1);
  CHECK(lost_a[0].winner == id(1));
  CHECK(a.find("leader")->node == id(1));
  CHECK(b.find("leader")->node == id(1));
  CHECK(a.register_name("leader", Scope::unique, 3, 50).error().code == Code::name_held);
  pull(a, b, lost_a);
  CHECK(lost_a.size() == 1);
}

TEST_CASE("names of dead nodes are hidden, come back with them, and are dropped in time") {
  Registry a(id(0), 1, {}), b(id(1), 1, {});
  std::vector<LostName> lost;
  REQUIRE(b.register_name("leader", Scope::unique, 2, 100).ok());
  pull(a, b, lost);
  a.node_died(id(1), 1, 0);
  CHECK(a.find("leader").error().code == Code::name_not_found);
  a.node_alive(id(1), 1, lost);
  CHECK(a.find("leader").ok());
  a.node_died(id(1), 1, 0);
  REQUIRE(a.register_name("leader", Scope::unique, 9, 500).ok());  // free to be taken
  a.node_alive(id(1), 1, lost);                                    // the older holder is back
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].actor == 9);
  a.node_died(id(1), 1, 0);
  a.forget(600'000'000'000);
  CHECK(a.known() == 1);  // the tombstone of its own
  a.node_alive(id(1), 2, lost);
  CHECK(a.find("leader").error().code == Code::name_not_found);
}

TEST_CASE("what others still tell of a node that is dead is hidden, and of one that has left not even kept") {
  Registry a(id(0), 1, {}), b(id(1), 1, {}), c(id(2), 1, {});
  std::vector<LostName> lost;
  REQUIRE(b.register_name("desk", Scope::plain, 2, 100).ok());
  pull(c, b, lost);
  a.node_died(id(1), 1, 0);
  pull(a, c, lost);
  CHECK(a.find("desk").error().code == Code::name_not_found);
  CHECK(a.list("", 10).at(0).hidden);
  a.node_alive(id(1), 1, lost);
  CHECK(a.find("desk").ok());
  a.node_left(id(1), 1, 0);
  pull(a, c, lost);
  CHECK(a.known() == 0);
  CHECK(a.wanted(c.digest()).empty());  // so nobody is asked for it again and again
  b.rejoined(2);
  pull(a, b, lost);  // it is back before membership says so
  CHECK(a.find("desk").ok());
}

TEST_CASE("compactions and rejoins of a writer are told apart, so nobody keeps what it has forgotten") {
  Registry::Settings settings;
  settings.max_gone = 2;
  Registry a(id(0), 1, {}), b(id(1), 5, settings);
  std::vector<LostName> lost;
  REQUIRE(b.register_name("stays", Scope::plain, 1, 0).ok());
  for (int k = 0; k < 9; ++k) {
    REQUIRE(b.register_name("goes", Scope::plain, 1, 0).ok());
    REQUIRE(b.register_name("more" + std::to_string(k), Scope::plain, 1, 0).ok());
    pull(a, b, lost);
    REQUIRE(b.unregister_name("goes").ok());
    REQUIRE(b.unregister_name("more" + std::to_string(k)).ok());
  }
  CHECK(b.incarnation() == 5);  // compactions are no incarnations
  b.rejoined(6);
  REQUIRE(b.register_name("new", Scope::plain, 3, 0).ok());
  pull(a, b, lost);
  CHECK(a.list("", 100).size() == 2);
  a.node_alive(id(1), 7, lost);  // restarted
  CHECK(a.list("", 100).empty());
}

TEST_CASE("what is missing goes over in parts, and arrives whole") {
  Registry a(id(0), 1, {}), b(id(1), 1, {}), c(id(2), 1, {});
  std::vector<LostName> lost;
  Process process{77, id(1), 9, 10};
  for (int k = 0; k < 1'000; ++k) {
    const std::string number = std::to_string(k);
    REQUIRE(b.register_name("b" + number, k % 2 ? Scope::unique : Scope::plain, 5, k, process).ok());
    REQUIRE(c.register_name("c" + number, Scope::plain, 6, k).ok());
  }
  pull(b, c, lost);
  int rounds = 0;
  for (; !b.missing(a.digest()).empty(); ++rounds) {
    for (const auto& message : write_entries(b.missing(a.digest(), 300), true)) {
      CHECK(message.frame()->bytes().size() < 64 * 1024);
      const auto read = read_entries(message.read());
      REQUIRE(read.ok());
      REQUIRE(a.accept(*read, lost).ok());
    }
  }
  CHECK(rounds == 7);
  CHECK(a.digest_of(id(1)) == b.digest_of(id(1)));
  CHECK(a.find("b999")->process == process);
  CHECK(a.find("c999")->actor == 6);
  CHECK(b.missing({a.digest_of(id(2))}, SIZE_MAX, true).empty());  // of no others than those listed
  const auto digest = read_digest(write_digest(DigestKind::WANT, a.digest()).read());
  REQUIRE(digest.ok());
  CHECK(*digest == a.digest());
}

TEST_CASE("limits and foreign writers are refused with their codes") {
  Registry::Settings settings;
  settings.max_own = 2;
  settings.max_known = 3;
  Registry a(id(0), 1, settings), b(id(1), 1, {});
  std::vector<LostName> lost;
  CHECK(a.register_name("", Scope::plain, 1, 0).error().code == Code::name_invalid);
  CHECK(a.register_name(std::string(256, 'x'), Scope::plain, 1, 0).error().code == Code::name_invalid);
  CHECK(a.register_name("a\nb", Scope::plain, 1, 0).error().code == Code::name_invalid);
  REQUIRE(a.register_name("x", Scope::plain, 1, 0).ok());
  REQUIRE(a.register_name("y", Scope::plain, 1, 0).ok());
  CHECK(a.register_name("z", Scope::plain, 1, 0).error().code == Code::registry_full);
  REQUIRE(a.register_name("x", Scope::plain, 2, 0).ok());  // again is no new one
  REQUIRE(b.register_name("p", Scope::plain, 1, 0).ok());
  REQUIRE(b.register_name("q", Scope::plain, 1, 0).ok());
  CHECK(a.accept(b.missing(a.digest()).at(0), lost).error().code == Code::registry_full);
  WriterEntries forged{id(0), 7, 0, 1, {Entry{"x", Scope::plain, 666, 0, 1, false}}};
  CHECK(a.accept(forged, lost).error().code == Code::registry_write_refused);
  WriterEntries disorder{id(2), 1, 0, 1, {Entry{"x", Scope::plain, 1, 0, 5, false}}};
  CHECK(a.accept(disorder, lost).error().code == Code::registry_write_refused);
  CHECK(a.find("x")->actor == 2);
}

TEST_CASE(
    "random registrations, exchanges, rejoins and compactions: all nodes agree in the end, unique names have one "
    "holder") {
  NOODLE_RANDOM(seeds);
  for (std::int64_t round = 0; round < test::scaled(40); ++round) {
    Random random(seeds());
    constexpr std::size_t kNodes = 5;
    Registry::Settings settings;
    settings.max_gone = 6;
    std::deque<Registry> nodes;
    for (std::size_t i = 0; i < kNodes; ++i) nodes.emplace_back(id(i), 1, settings);
    std::vector<std::uint64_t> incarnations(kNodes, 1);
    std::vector<LostName> lost;
    for (int step = 0; step < 300; ++step) {
      const std::size_t i = random.below(kNodes), j = random.below(kNodes);
      const std::string name = "name" + std::to_string(random.below(12));
      const Scope scope = name < "name5" ? Scope::unique : Scope::plain;
      switch (random.below(4)) {
        case 0:
          (void)nodes[i].register_name(name, scope, random.next(), step);
          break;
        case 1:
          (void)nodes[i].unregister_name(name);
          break;
        case 2:
          if (random.chance(0.1)) {
            for (const auto& digest : nodes[i].digest()) {
              if (digest.writer == id(i)) nodes[i].rejoined(digest.incarnation + 1);
            }
          }
          break;
        default:
          if (i != j) pull(nodes[i], nodes[j], lost);
      }
    }
    for (int sweep = 0; sweep < 6; ++sweep) {
      for (std::size_t i = 0; i < kNodes; ++i) {
        for (std::size_t j = 0; j < kNodes; ++j) {
          if (i != j) pull(nodes[i], nodes[j], lost);
        }
      }
    }
    for (int n = 0; n < 12; ++n) {
      const std::string name = "name" + std::to_string(n);
      const auto truth = nodes[0].find_all(name);
      if (name < "name5") CHECK(truth.size() <= 1);
      for (const Registry& node : nodes) {
        const auto seen = node.find_all(name);
        REQUIRE(seen.size() == truth.size());
        for (std::size_t k = 0; k < seen.size(); ++k) {
          CHECK(seen[k].node == truth[k].node);
          CHECK(seen[k].actor == truth[k].actor);
        }
      }
    }
  }
}
