// Names of actors across nodes, over real links.
#include "actors/mesh/names.hpp"

#include <doctest/doctest.h>

#include <future>

#include "tests/actors/mesh_nodes.hpp"

using namespace noodle;
using namespace noodle::test::mesh;
using registry::Scope;

namespace {

bool finds(TestNode& node, const std::string& name) {
  return node.mesh->names().find(name).ok();
}

void end(const caf::actor& actor) {
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}

}  // namespace

TEST_CASE("an actor with a name is found and asked from another node, until it ends") {
  Cluster cluster;
  TestNode alpha(cluster, "alpha"), beta(cluster, "beta");
  REQUIRE(comes_true([&] { return living(*alpha.mesh) == 2 && living(*beta.mesh) == 2; }));
  caf::actor clerk = beta.node.system().spawn(echo);
  REQUIRE(beta.mesh->names().add("clerk", Scope::plain, {clerk}).ok());
  REQUIRE(beta.mesh->names().add("clerk", Scope::plain, {clerk}).ok());  // again is no news
  REQUIRE(comes_true([&] { return finds(alpha, "clerk"); }));
  const auto place = alpha.mesh->names().find("clerk");
  CHECK(place->address.node == beta.mesh->self());
  {
    caf::scoped_actor self(alpha.node.system());
    CHECK(*ask(self, place->actor, 7) == 7);
  }
  CHECK(beta.mesh->names().find("clerk")->actor == clerk);
  const auto listed = alpha.mesh->names().list("cl", 10);
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].entry.name == "clerk");
  CHECK(alpha.mesh->names().list("x", 10).empty());

  end(clerk);
  clerk = nullptr;
  CHECK(comes_true([&] { return !finds(alpha, "clerk") && !finds(beta, "clerk"); }));
}

TEST_CASE("a name can be taken back by its holder only, and a node that leaves takes its names with it") {
  Cluster cluster;
  TestNode alpha(cluster, "alpha");
  caf::actor one, other;
  {
    TestNode beta(cluster, "beta");
    one = beta.node.system().spawn(echo);
    other = beta.node.system().spawn(echo);
    REQUIRE(beta.mesh->names().add("desk", Scope::unique, {one}).ok());
    CHECK(beta.mesh->names().add("desk", Scope::unique, {other}).error().code == Code::name_held);
    CHECK(beta.mesh->names().remove("desk", other).error().code == Code::name_not_found);
    REQUIRE(comes_true([&] { return finds(alpha, "desk"); }));
    REQUIRE(beta.mesh->names().remove("desk", one).ok());
    REQUIRE(comes_true([&] { return !finds(alpha, "desk"); }));
    REQUIRE(beta.mesh->names().add("desk", Scope::unique, {other}).ok());
    REQUIRE(comes_true([&] { return finds(alpha, "desk"); }));
    CHECK(alpha.mesh->names().add("bad\nname", Scope::plain, {one}).error().code == Code::name_invalid);
    end(one);
    end(other);
    one = other = nullptr;
    REQUIRE(beta.mesh->leave(kLong));
  }
  CHECK(comes_true([&] { return !finds(alpha, "desk"); }));
}

TEST_CASE(
    "of two holders of a unique name that did not know of each other, the younger one is told to end, with 6132") {
  Cluster cluster;
  TestNode alpha(cluster, "alpha");
  cluster.seeds.clear();
  TestNode beta(cluster, "beta");  // alone as well
  caf::actor older = alpha.node.system().spawn(echo), younger = beta.node.system().spawn(echo);
  REQUIRE(alpha.mesh->names().add("leader", Scope::unique, {older}).ok());
  REQUIRE(beta.mesh->names().add("leader", Scope::unique, {younger}).ok());
  std::promise<caf::error> ended;
  younger->attach_functor([&ended](const caf::error& reason) { ended.set_value(reason); });
  {
    cluster.seeds = {"127.0.0.1:" + std::to_string(alpha.mesh->port()),
                     "127.0.0.1:" + std::to_string(beta.mesh->port())};
    TestNode gamma(cluster, "gamma");  // brings them together
    auto reason = ended.get_future();
    REQUIRE(reason.wait_for(kLong) == std::future_status::ready);
    CHECK(from_caf(reason.get()).code == Code::name_held);
    CHECK(comes_true([&] {
      const auto found = gamma.mesh->names().find("leader");
      return found && found->address.node == alpha.mesh->self();
    }));
    CHECK(beta.mesh->names().statistics().lost == 1);
    CHECK(beta.mesh->names().statistics().own == 0);
  }
  end(older);
  older = younger = nullptr;
}

TEST_CASE("thousands of names come over to a node that joins later") {
  Cluster cluster;
  TestNode alpha(cluster, "alpha");
  caf::actor clerk = alpha.node.system().spawn(echo);
  constexpr int kMany = 10'000;  // more than go in answer to one digest
  for (int k = 0; k < kMany; ++k) {
    REQUIRE(alpha.mesh->names().add("clerk/" + std::to_string(k), Scope::plain, {clerk}).ok());
  }
  TestNode beta(cluster, "beta");
  CHECK(comes_true([&] { return beta.mesh->names().statistics().known == kMany; }));
  end(clerk);
  clerk = nullptr;
  CHECK(comes_true([&] { return !finds(beta, "clerk/9999"); }));
}
