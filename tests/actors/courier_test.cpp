// The courier between the processes of two nodes, when what it sends or what it waits for is lost on the way.
#include "actors/work/courier.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <caf/all.hpp>
#include <chrono>
#include <functional>
#include <mutex>
#include <thread>

#include "actors/core/caf_error.hpp"
#include "actors/core/caf_messages.hpp"
#include "actors/core/node.hpp"
#include "actors/mesh/frame_fields.hpp"
#include "cluster/security/authority.hpp"
#include "cluster/security/key_file.hpp"
#include "messages/process.capnp.h"
#include "tests/support/temporary_folder.hpp"

using namespace noodle;
using namespace noodle::actors;

namespace {

/// Two nodes of one cluster on the loopback.
struct TwoNodes {
  test::TemporaryFolder folder;
  std::int64_t now_s = system_clock().wall_ns() / 1'000'000'000;
  security::Authority authority = *security::Authority::create(folder.path() + "/ca", "production", now_s);
  Node alpha_node{{}}, beta_node{{}};
  std::unique_ptr<Mesh> alpha = start(alpha_node, "alpha", {});
  std::unique_ptr<Mesh> beta = start(beta_node, "beta", {"127.0.0.1:" + std::to_string(alpha->port())});

  std::unique_ptr<Mesh> start(Node& node, const std::string& name, std::vector<std::string> seeds) {
    const auto issued = authority.issue(security::CertificateUse::node, name, {"127.0.0.1"}, 30,
                                        folder.path() + "/" + name, false, now_s);
    REQUIRE_MESSAGE(issued.ok(), issued.error().to_string());
    MeshOptions options;
    options.name = name;
    options.identity = {*security::read_public_file(issued->certificate_path),
                        *security::read_secret_file(issued->key_path), authority.trust()};
    options.gossip_keys = *security::read_secret_file(folder.path() + "/ca/gossip.key");
    options.listen = {"127.0.0.1", 0};
    options.seeds = std::move(seeds);
    options.incarnation = 1;
    options.membership = membership::local_settings();
    auto mesh = Mesh::start(node, options);
    REQUIRE_MESSAGE(mesh.ok(), mesh.error().to_string());
    return std::move(*mesh);
  }
};

bool comes_true(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

using Answer = caf::result<Msg<wire::BatchTaken>>;

/// The courier of alpha's processes, and an actor of beta in place of a courier.
struct Couriers {
  struct Seen {
    std::uint64_t life = 0, sequence = 0;
  };

  TwoNodes nodes;
  std::mutex mutex;
  std::vector<Seen> batches;
  caf::actor other, courier;
  std::shared_ptr<Post> post = std::make_shared<Post>(*nodes.alpha);
  process::System system{options(*post)};

  /// `answer`: to the n-th batch, from 1.
  explicit Couriers(std::function<Answer(caf::event_based_actor& self, std::size_t n)> answer) {
    other = nodes.beta_node.system().spawn([this, answer](caf::event_based_actor* self) -> caf::behavior {
      return {[this, self, answer](const Msg<wire::ParcelBatch>& batch) -> Answer {
        const std::lock_guard lock(mutex);
        batches.push_back({batch->getLife(), batch->getSequence()});
        return answer(*self, batches.size());
      }};
    });
    nodes.beta->serve(Service::courier, other);
    REQUIRE(comes_true([&] { return nodes.alpha->find_node("beta").ok(); }));
    courier = spawn_courier(nodes.alpha_node.system(), post, system, service_number(Service::courier));
  }
  ~Couriers() {
    caf::scoped_actor self(nodes.alpha_node.system());
    for (const caf::actor& one : {courier, other}) {
      self->send_exit(one, caf::exit_reason::user_shutdown);
      self->wait_for(one);
    }
  }
  static process::SystemOptions options(Post& post) {
    process::SystemOptions made;
    made.carrier = &post;
    return made;
  }
  static Msg<wire::BatchTaken> taken() {
    return Msg<wire::BatchTaken>::build([](wire::BatchTaken::Builder out) { out.setLife(7); });
  }
  void send() {
    const auto beta = post->system_of("beta");
    REQUIRE(beta.ok());
    process::Parcel parcel;
    parcel.kind = process::ParcelKind::stop;
    post->send(*beta, parcel);
  }
  std::vector<Seen> seen() {
    const std::lock_guard lock(mutex);
    return batches;
  }
};

}  // namespace

TEST_CASE("a batch whose answer never comes goes again, the same, and the next one follows when it was answered") {
  // As if a relay had lost the answer to the first one.
  Couriers couriers([](caf::event_based_actor& self, std::size_t n) -> Answer {
    if (n == 1) return self.make_response_promise<Msg<wire::BatchTaken>>();
    return Couriers::taken();
  });
  couriers.send();
  CHECK(comes_true([&] { return couriers.seen().size() >= 2; }));
  couriers.send();
  REQUIRE(comes_true([&] { return couriers.seen().size() >= 3; }));
  const auto seen = couriers.seen();
  CHECK(seen[0].sequence == 1);
  CHECK(seen[1].sequence == 1);
  CHECK(seen[2].sequence == 2);
  CHECK(seen[1].life == seen[0].life);
  CHECK(seen[2].life == seen[0].life);
}

TEST_CASE("who has lost another system begins another life with it, so that its first batch is no known one") {
  Couriers couriers([](caf::event_based_actor&, std::size_t n) -> Answer {
    if (n == 2) return to_caf({Code::node_lost, "it was declared dead meanwhile", {}});
    return Couriers::taken();
  });
  couriers.send();
  CHECK(comes_true([&] { return couriers.seen().size() == 1; }));
  const auto before = couriers.post->system_of("beta");
  couriers.send();
  CHECK(comes_true([&] { return couriers.post->system_of("beta") && *couriers.post->system_of("beta") != *before; }));
  couriers.send();
  REQUIRE(comes_true([&] { return couriers.seen().size() == 3; }));
  const auto seen = couriers.seen();
  CHECK(seen[1].sequence == 2);
  CHECK(seen[2].sequence == 1);
  CHECK(seen[2].life != seen[1].life);
}
