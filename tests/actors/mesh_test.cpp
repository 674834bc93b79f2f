// Nodes of one cluster over real TLS and UDP on the loopback: actors of one as seen from another.
#include "actors/mesh/mesh.hpp"

#include <doctest/doctest.h>

#include <caf/all.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <thread>

#include "actors/core/caf_error.hpp"
#include "actors/core/caf_messages.hpp"
#include "actors/mesh/distribution.hpp"
#include "actors/mesh/message_types.hpp"
#include "actors/operation/operation.hpp"
#include "cluster/security/authority.hpp"
#include "cluster/security/key_file.hpp"
#include "messages/operation.capnp.h"
#include "messages/value.capnp.h"
#include "messages/work.capnp.h"
#include "runtime/base/clock.hpp"
#include "runtime/base/metrics/metrics_text.hpp"
#include "tests/actors/mesh_nodes.hpp"

using namespace noodle;
using namespace noodle::test::mesh;

TEST_CASE("nodes find each other through a seed, and one asks an actor of the other") {
  Cluster cluster;
  TestNode alpha(cluster, "alpha"), beta(cluster, "beta");
  REQUIRE(comes_true([&] { return living(*alpha.mesh) == 2 && living(*beta.mesh) == 2; }));
  CHECK(*alpha.mesh->find_node("beta") == beta.mesh->self());
  CHECK(alpha.mesh->find_node("betta").error().message.find("did you mean `beta`") != std::string::npos);

  const caf::actor served = beta.node.system().spawn(echo);
  beta.mesh->serve(Service::work, served);
  caf::scoped_actor self(alpha.node.system());
  // Measured, though nothing is said over the link.
  CHECK(comes_true([&] {
    const auto links = alpha.mesh->links();
    return links.size() == 1 && links.front().round_trip_ns > 0 && links.front().round_trip_ns < 5'000'000'000;
  }));
  const caf::actor remote = alpha.mesh->service(beta.mesh->self(), Service::work);
  for (std::uint32_t number = 1; number < 200; ++number) {
    const auto answer = ask(self, remote, number);
    REQUIRE_MESSAGE(answer.ok(), answer.error().to_string());
    CHECK(*answer == number);
  }
  caf::anon_send_exit(served, caf::exit_reason::user_shutdown);
}

TEST_CASE("a monitor of an actor on another node gets one DOWN with the true reason") {
  Cluster cluster;
  TestNode alpha(cluster, "alpha"), beta(cluster, "beta");
  REQUIRE(comes_true([&] { return living(*alpha.mesh) == 2; }));
  const caf::actor served = beta.node.system().spawn(echo);
  beta.mesh->serve(Service::work, served);
  const caf::actor remote = alpha.mesh->service(beta.mesh->self(), Service::work);
  caf::scoped_actor self(alpha.node.system());
  REQUIRE(ask(self, remote, 1).ok());
  self->monitor(remote);
  self->monitor(remote);
  fail(served);
  int downs = 0;
  Error reason;
  self->receive([&](const caf::down_msg& down) {
    ++downs;
    reason = from_caf(down.reason);
  });
  CHECK(reason.code == Code::file_not_found);
  CHECK(reason.message == "it lost its book");
  CHECK(ask(self, remote, 2).error().code == Code::file_not_found);
}

TEST_CASE("an actor that ends before anybody watches it is reported as well, and one that never was") {
  Cluster cluster;
  TestNode alpha(cluster, "alpha"), beta(cluster, "beta");
  REQUIRE(comes_true([&] { return living(*alpha.mesh) == 2; }));
  caf::scoped_actor self(alpha.node.system());
  const caf::actor nobody = alpha.mesh->service(beta.mesh->self(), Service::inspector);
  self->monitor(nobody);
  Error reason;
  self->receive([&](const caf::down_msg& down) { reason = from_caf(down.reason); });
  CHECK(reason.code == Code::actor_unknown);
}

TEST_CASE("actors on two nodes that are linked end together") {
  Cluster cluster;
  TestNode alpha(cluster, "alpha"), beta(cluster, "beta");
  REQUIRE(comes_true([&] { return living(*alpha.mesh) == 2; }));
  for (const bool from_here : {true, false}) {
    const caf::actor served = beta.node.system().spawn(echo);
    beta.mesh->serve(Service::work, served);
    caf::scoped_actor self(alpha.node.system()), there(beta.node.system());
    const caf::actor remote = alpha.mesh->service(beta.mesh->self(), Service::work);
    REQUIRE(ask(self, remote, 1).ok());
    const caf::actor local = alpha.node.system().spawn([remote](caf::event_based_actor* actor) -> caf::behavior {
      actor->link_to(remote);
      return {[](const Question&) { return Answer::build([](auto) {}); }};
    });
    REQUIRE(ask(self, local, 1).ok());   // it has linked itself,
    REQUIRE(ask(self, remote, 1).ok());  // and the other node knows
    self->monitor(local);
    there->monitor(served);
    fail(from_here ? local : served);
    Error here_ended, there_ended;
    self->receive([&](const caf::down_msg& down) { here_ended = from_caf(down.reason); });
    there->receive([&](const caf::down_msg& down) { there_ended = from_caf(down.reason); });
    CHECK(here_ended.code == Code::file_not_found);
    CHECK(there_ended.code == Code::file_not_found);
    CHECK(comes_true([&] { return !ask(self, remote, 1).ok(); }));
  }
}

TEST_CASE("how other nodes are reached is shown as soon as they have answered") {
  Cluster cluster;
  TestNode alpha(cluster, "alpha"), beta(cluster, "beta");
  CHECK(comes_true([&] {
    const auto members = alpha.mesh->members();
    return members.size() == 2 && members.back().reach == membership::Reach::direct;
  }));
}

TEST_CASE("a node that was told to leave says when it has left, once") {
  Cluster cluster;
  std::atomic<int> told{0};
  TestNode alpha(cluster, "alpha"), beta(cluster, "beta", 8, [&told] { ++told; });
  REQUIRE(comes_true([&] { return living(*alpha.mesh) == 2 && living(*beta.mesh) == 2; }));
  CHECK(beta.mesh->leave(kLong));
  CHECK(beta.mesh->leave(kLong));
  CHECK(comes_true([&] { return told == 1; }));
  CHECK(comes_true([&] { return alpha.mesh->members().back().state == membership::State::left; }));
  beta.mesh.reset();
  CHECK(told == 1);
}

TEST_CASE("a node that is gone ends its actors' handles: monitors hear of it and requests fail") {
  Cluster cluster;
  TestNode alpha(cluster, "alpha");
  TestNode beta(cluster, "beta"), gamma(cluster, "gamma");
  REQUIRE(comes_true([&] { return living(*alpha.mesh) == 3 && living(*gamma.mesh) == 3; }));
  // It never answers.
  const caf::actor silent = beta.node.system().spawn([](caf::event_based_actor* actor) -> caf::behavior {
    return {[actor](const Question&) { return actor->make_response_promise(); }};
  });
  beta.mesh->serve(Service::work, silent);
  const caf::actor remote = alpha.mesh->service(beta.mesh->self(), Service::work);
  caf::scoped_actor self(alpha.node.system());
  self->monitor(remote);
  auto asked = self->request(remote, kLong, question(1));
  caf::scoped_actor other(alpha.node.system());
  REQUIRE(comes_true([&] { return alpha.mesh->links().size() == 2; }));
  beta.mesh.reset();  // no goodbye
  Error failed, down_reason;
  asked.receive([](const Answer&) {}, [&](const caf::error& error) { failed = from_caf(error); });
  CHECK((failed.code == Code::answer_lost || failed.code == Code::node_lost));
  self->receive([&](const caf::down_msg& down) { down_reason = from_caf(down.reason); });
  CHECK(down_reason.code == Code::node_lost);
  CHECK(ask(self, remote, 1).error().code == Code::node_lost);
  caf::anon_send_exit(silent, caf::exit_reason::kill);
}

TEST_CASE("a client speaks with sessions and whom they introduce, and with nobody else") {
  Cluster cluster;
  TestNode alpha(cluster, "alpha");
  const caf::actor friendly = alpha.node.system().spawn(echo), hidden = alpha.node.system().spawn(echo);
  alpha.mesh->serve(Service::sessions, friendly);
  alpha.mesh->serve(Service::inspector, hidden);
  Node person({});
  auto client = MeshClient::connect(
      person.system(), {cluster.identity(security::CertificateUse::client, "alice"), cluster.seeds, kLong});
  REQUIRE_MESSAGE(client.ok(), client.error().to_string());
  CHECK((*client)->node().name == "alpha");
  caf::scoped_actor self(person.system());
  CHECK(*ask(self, (*client)->service(Service::sessions), 7) == 7);
  CHECK(ask(self, (*client)->service(Service::inspector), 7).error().code == Code::access_denied);
  caf::anon_send_exit(friendly, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(hidden, caf::exit_reason::user_shutdown);
}

TEST_CASE("a client that shows a node's certificate is refused before it calls, and that node keeps its link") {
  Cluster cluster;
  TestNode alpha(cluster, "alpha"), beta(cluster, "beta");
  const auto linked = [&] { return alpha.mesh->links().size() == 1 && living(*beta.mesh) == 2; };
  REQUIRE(comes_true(linked));
  const std::int64_t since_ns = alpha.mesh->links().front().since_ns;
  Node person({});
  const auto client = MeshClient::connect(person.system(), {beta.options.identity, cluster.seeds, kLong});
  REQUIRE_FALSE(client.ok());
  CHECK(client.error().code == Code::certificate_wrong_use);
  CHECK(client.error().message == "the certificate of beta is for a node, a client is wanted");
  REQUIRE(linked());
  CHECK(alpha.mesh->links().front().since_ns == since_ns);
}

TEST_CASE("one person is linked many times at once, and each of the links may end at any time") {
  Cluster cluster;
  TestNode alpha(cluster, "alpha");
  const caf::actor sessions = alpha.node.system().spawn(echo);
  alpha.mesh->serve(Service::sessions, sessions);
  const ClientOptions options{cluster.identity(security::CertificateUse::client, "alice"), cluster.seeds, kLong};
  Node person({});
  caf::scoped_actor self(person.system());
  const auto first = MeshClient::connect(person.system(), options).value();
  const caf::actor of_first = first->service(Service::sessions);
  for (int round = 0; round < 50; ++round) {
    // Its asker ends while the link is taken down.
    auto other = MeshClient::connect(person.system(), options).value();
    const caf::actor remote = other->service(Service::sessions);
    person.system().spawn([remote](caf::event_based_actor* asker) {
      asker->request(remote, kLong, question(1)).then([](const Answer&) {}, [](const caf::error&) {});
    });
    CHECK(*ask(self, remote, static_cast<std::uint32_t>(round)) == static_cast<std::uint64_t>(round));
    other.reset();
    CHECK(ask(self, remote, 1).error().code == Code::link_closed);
    CHECK(*ask(self, of_first, 7) == 7);
  }
  caf::anon_send_exit(sessions, caf::exit_reason::user_shutdown);
}

TEST_CASE("nodes without a link reach each other through those between them") {
  Cluster cluster;
  std::vector<std::unique_ptr<TestNode>> nodes;
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    if (cluster.seeds.size() > 1) cluster.seeds.erase(cluster.seeds.begin());  // in a row, so that few are linked
    nodes.push_back(std::make_unique<TestNode>(cluster, name, 1));
  }
  for (const auto& node : nodes) REQUIRE(comes_true([&] { return living(*node->mesh) == nodes.size(); }));
  const auto linked = [](const TestNode& from, const TestNode& to) {
    const auto links = from.mesh->links();
    return std::any_of(links.begin(), links.end(), [&](const LinkView& link) { return link.peer == to.mesh->self(); });
  };
  std::size_t relayed = 0;
  for (const auto& from : nodes) {
    for (const auto& to : nodes) {
      if (from == to || linked(*from, *to)) continue;
      REQUIRE(comes_true([&] { return !from->mesh->route(to->mesh->self()).empty(); }));
      const caf::actor served = to->node.system().spawn(echo);
      to->mesh->serve(Service::work, served);
      const caf::actor remote = from->mesh->service(to->mesh->self(), Service::work);
      caf::scoped_actor self(from->node.system());
      const auto answer = ask(self, remote, 7);
      REQUIRE_MESSAGE(answer.ok(), answer.error().to_string());
      self->monitor(remote);
      fail(served);
      Error reason;
      self->receive([&](const caf::down_msg& down) { reason = from_caf(down.reason); });
      CHECK(reason.code == Code::file_not_found);
      relayed += linked(*from, *to) ? 0 : 1;
    }
  }
  CHECK(relayed > 0);
}

TEST_CASE("messages of one actor to another keep their order, large ones among small ones") {
  Cluster cluster;
  add_message_type(message_type_of<wire::Value>());
  TestNode alpha(cluster, "alpha"), beta(cluster, "beta");
  REQUIRE(comes_true([&] { return living(*alpha.mesh) == 2; }));
  using Value = Msg<wire::Value>;
  constexpr std::uint64_t kMessages = 400;
  std::promise<std::vector<std::uint64_t>> done;
  auto seen = std::make_shared<std::vector<std::uint64_t>>();
  const caf::actor served = beta.node.system().spawn([&done, seen](caf::event_based_actor* actor) -> caf::behavior {
    return {[&done, seen, actor](const Value& value) {
      seen->push_back(value->getScalars()[0]);
      if (seen->size() < kMessages) return;
      done.set_value(*seen);
      actor->quit();
    }};
  });
  beta.mesh->serve(Service::work, served);
  caf::scoped_actor self(alpha.node.system());
  const caf::actor remote = alpha.mesh->service(beta.mesh->self(), Service::work);
  for (std::uint64_t number = 0; number < kMessages; ++number) {
    self->send(remote, Value::build([number](wire::Value::Builder value) {
                 value.initScalars(1).set(0, number);
                 if (number % 37 == 5) value.initImage(300'000);
               }));
  }
  auto received = done.get_future();
  REQUIRE(received.wait_for(kLong) == std::future_status::ready);
  const std::vector<std::uint64_t> order = received.get();
  CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("a flood to a slow actor is refused beyond a bound, and others are served all the while") {
  Cluster cluster;
  TestNode alpha(cluster, "alpha"), beta(cluster, "beta");
  REQUIRE(comes_true([&] { return living(*alpha.mesh) == 2; }));
  std::promise<void> gate;
  std::atomic<std::uint64_t> handled{0};
  const caf::actor slow =
      beta.node.system().spawn<caf::detached>([&handled, go = std::make_shared<std::future<void>>(gate.get_future())](
                                                  caf::event_based_actor*) -> caf::behavior {
        return {[&handled, go](const Question& asked) {
          if (go->valid()) go->get();
          ++handled;
          return Answer::build([&asked](wire::StatsAnswer::Builder answer) { answer.setLive(asked->getLimit()); });
        }};
      });
  const caf::actor quick = beta.node.system().spawn(echo);
  beta.mesh->serve(Service::work, slow);
  beta.mesh->serve(Service::sessions, quick);
  caf::scoped_actor self(alpha.node.system());
  const caf::actor remote = alpha.mesh->service(beta.mesh->self(), Service::work);
  const caf::actor other = alpha.mesh->service(beta.mesh->self(), Service::sessions);
  for (std::uint32_t number = 0; number < 30'000; ++number) self->send(remote, question(number));
  CHECK(*ask(self, other, 7) == 7);
  CHECK(ask(self, remote, 7).error().code == Code::receiver_full);
  gate.set_value();
  CHECK(comes_true([&] {
    const auto answer = ask(self, remote, 8);
    return answer.ok() && *answer == 8;
  }));
  CHECK(handled >= Distribution::kMostWaiting);
  CHECK(handled < 2 * Distribution::kMostWaiting);
  for (const caf::actor& one : {slow, quick}) caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
}

TEST_CASE("a node takes new trust while it runs: links of a revoked certificate are closed and not made again") {
  Cluster cluster;
  TestNode alpha(cluster, "alpha");
  alpha.mesh->serve(Service::sessions, alpha.node.system().spawn(echo));
  Node person({});
  ClientOptions options{cluster.identity(security::CertificateUse::client, "alice"), cluster.seeds, kLong};
  const auto client = MeshClient::connect(person.system(), options);
  REQUIRE(client.ok());
  caf::scoped_actor self(person.system());
  const caf::actor sessions = (*client)->service(Service::sessions);
  CHECK(ask(self, sessions, 1).ok());
  self->monitor(sessions);
  const auto info = security::read_certificate(options.identity.certificate);
  REQUIRE(cluster.authority.revoke_certificate(info->serial, "lost", Cluster::now_s()).ok());
  MeshOptions now = cluster.options("other");
  const auto other = alpha.mesh->replace_identity(now.identity, now.gossip_keys);
  CHECK(other.error().code == Code::link_identity);  // that is another key
  now.identity.certificate = alpha.options.identity.certificate;
  now.identity.key = alpha.options.identity.key;
  REQUIRE(alpha.mesh->replace_identity(now.identity, now.gossip_keys).ok());
  Error reason;
  self->receive([&](const caf::down_msg& down) { reason = from_caf(down.reason); });
  CHECK(reason.code == Code::node_lost);
  CHECK_FALSE(MeshClient::connect(person.system(), options).ok());
}

TEST_CASE("a node asks another what it counts, and the counts grow with what goes on") {
  Cluster cluster;
  TestNode alpha(cluster, "alpha"), beta(cluster, "beta");
  REQUIRE(comes_true([&] { return living(*alpha.mesh) == 2 && living(*beta.mesh) == 2; }));
  OperationOptions options;
  options.view = view_of(*beta.mesh);
  options.collect = [&beta](Samples& out) { beta.mesh->collect(out); };
  REQUIRE(beta.node.start(operation_child(beta.node.roster(), options)).ok());
  beta.mesh->serve(Service::inspector, beta.node.component("operation/inspector"));
  caf::scoped_actor self(alpha.node.system());
  const caf::actor inspector = alpha.mesh->service(beta.mesh->self(), Service::inspector);
  const auto read = [&] {
    std::map<std::string, double> series;
    self->request(inspector, kLong, Msg<wire::MetricsRequest>::build([](wire::MetricsRequest::Builder) {}))
        .receive(
            [&](const Msg<wire::MetricsAnswer>& answer) {
              for (const MetricFamily& family : read_metrics(answer->getText().cStr())) {
                for (const MetricSample& one : family.samples) {
                  series[one.name + metric_labels_text(one.labels)] = std::stod(one.value);
                }
              }
            },
            [](const caf::error& problem) { FAIL(from_caf(problem).to_string()); });
    return series;
  };
  auto before = read();
  auto after = read();
  CHECK(after["noodle_membership_members{state=\"alive\"}"] == 2);
  CHECK(after["noodle_transport_links{peer=\"node\"}"] == 1);
  CHECK(after["noodle_distribution_exported_actors"] > 0);
  CHECK(comes_true([&] { return read().contains("noodle_link_round_trip_seconds{peer=\"alpha\"}"); }));
  for (const char* name :
       {"noodle_distribution_messages_received_total", "noodle_transport_frames_received_total{lane=\"user\"}",
        "noodle_transport_frames_sent_total{lane=\"user\"}", "noodle_transport_sent_bytes_total",
        "noodle_transport_received_bytes_total", "noodle_actors_messages_handled_total"}) {
    CAPTURE(name);
    CHECK(after[name] > before[name]);
  }
  CHECK(
      comes_true([&] { return read()["noodle_membership_probes_total"] > before["noodle_membership_probes_total"]; }));

  // What a link has counted stays when it ends.
  const double sent = read()["noodle_transport_sent_bytes_total"];
  alpha.mesh.reset();
  alpha.node.stop();
  Metrics own;
  const auto bytes = [&] {
    for (const MetricFamily& family : read_metrics(own.expose(options.collect))) {
      if (family.name == "noodle_transport_sent_bytes_total") return std::stod(family.samples[0].value);
    }
    return 0.0;
  };
  CHECK(comes_true([&] { return beta.mesh->links().empty(); }));
  CHECK(bytes() >= sent);
}
