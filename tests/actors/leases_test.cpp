// Leases over real links: the node that keeps them has a store, the holders are actors of others.
#include "actors/mesh/leases.hpp"

#include <doctest/doctest.h>

#include "actors/mesh/lease_keeper.hpp"
#include "messages/lease.capnp.h"
#include "tests/actors/mesh_nodes.hpp"

using namespace noodle;
using namespace noodle::test::mesh;

namespace {

constexpr std::chrono::seconds kDuration{3};

/// The tokens that a holder has been told of, in order; 0: lost.
struct Told {
  std::mutex mutex;
  std::vector<std::uint64_t> tokens;

  caf::actor listener(TestNode& node) {
    return node.node.system().spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const Msg<wire::LeaseChanged>& changed) {
        const std::lock_guard lock(mutex);
        tokens.push_back(changed->getToken());
      }};
    });
  }
  std::vector<std::uint64_t> all() {
    const std::lock_guard lock(mutex);
    return tokens;
  }
};

struct LeaseNode : TestNode {
  LeaseNode(Cluster& cluster, const std::string& name, const std::string& keeper)
      : TestNode(cluster, name, 8, {}, keeper) {}
};

struct KeepingNode : LeaseNode {
  std::unique_ptr<storage::Store> store;

  KeepingNode(Cluster& cluster, const std::string& name)
      : LeaseNode(cluster, name, name),
        store(storage::Store::open(cluster.folder.path() + "/" + name + "-store").value()) {
    REQUIRE(node.start(lease_keeper_child(*mesh, *store, kDuration)).ok());
    mesh->serve(Service::leases, node.component("leases"));
  }
  ~KeepingNode() { mesh.reset(); }  // before the store
};

void end(caf::actor& actor) {
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  actor = nullptr;
}

}  // namespace

TEST_CASE("one holder has the lease; when it ends, the other one has it with a higher token") {
  Cluster cluster;
  KeepingNode keeper(cluster, "alpha");
  LeaseNode beta(cluster, "beta", "alpha"), gamma(cluster, "gamma", "alpha");
  Told first, second;
  caf::actor one = first.listener(beta), other = second.listener(gamma);
  CHECK(beta.mesh->leases().claim("bad\nname", one).error().code == Code::name_invalid);
  REQUIRE(beta.mesh->leases().claim("leader", one).ok());
  REQUIRE(comes_true([&] { return first.all() == std::vector<std::uint64_t>{1}; }));
  CHECK(*beta.mesh->leases().token("leader", one) == 1);
  REQUIRE(gamma.mesh->leases().claim("leader", other).ok());
  REQUIRE(gamma.mesh->leases().claim("leader", other).ok());  // again is no news
  CHECK_FALSE(gamma.mesh->leases().token("leader", other).has_value());
  // It outlives its duration, as long as it is renewed.
  const std::int64_t until = system_clock().monotonic_ns() + 2'000'000'000;
  CHECK(comes_true([&] { return system_clock().monotonic_ns() > until; }));
  CHECK(*beta.mesh->leases().token("leader", one) == 1);
  CHECK(second.all().empty());
  end(one);
  CHECK(comes_true([&] { return second.all() == std::vector<std::uint64_t>{2}; }));
  CHECK(gamma.mesh->leases().release("leader", other));
  CHECK_FALSE(gamma.mesh->leases().release("leader", other));
  CHECK_FALSE(gamma.mesh->leases().token("leader", other).has_value());
  end(other);
}

TEST_CASE("without the node that keeps leases a holder stops by its own clock, and goes on when that is back") {
  Cluster cluster;
  Told told;
  KeepingNode keeper(cluster, "alpha");
  LeaseNode beta(cluster, "beta", "alpha");
  caf::actor holder = told.listener(beta);
  REQUIRE(beta.mesh->leases().claim("leader", holder).ok());
  const auto holds = [&told] { return !told.all().empty() && told.all().back() != 0; };
  REQUIRE(comes_true(holds));
  keeper.mesh->serve(Service::leases, {});
  CHECK(comes_true([&] { return !holds(); }));
  CHECK_FALSE(beta.mesh->leases().token("leader", holder).has_value());
  keeper.mesh->serve(Service::leases, keeper.node.component("leases"));
  CHECK(comes_true(holds));  // the same token, when it had not run out there; never a lower one
  CHECK(told.all().back() >= told.all().front());
  end(holder);
}

TEST_CASE("who asks for a lease where no node keeps any is told so") {
  Cluster cluster;
  LeaseNode alpha(cluster, "alpha", "");
  Told told;
  caf::actor holder = told.listener(alpha);
  CHECK(alpha.mesh->leases().claim("leader", holder).error().code == Code::lease_node_absent);
  end(holder);
}
