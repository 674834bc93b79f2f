// What people see and do of the actors of nodes.
#include "tests/actors/operated_nodes.hpp"

using namespace noodle;
using namespace noodle::actors;
using namespace noodle::test::operation;

TEST_CASE("a newcomer finds the actor that crashes, its cause and its restarts, and stops it") {
  Cluster cluster;
  cluster.crash(3);
  auto session = cluster.open(cluster.token()).value();
  const std::string help = text_of(session->enter(":help"));
  for (const char* command : {":tree", ":inspect", ":deaths", ":kill", ":restart", ":nodes", ":drain"}) {
    CHECK(has(help, command));
  }
  CHECK(has(text_of(session->enter(":help kill")), "cluster.actor.kill"));
  const std::string tree = text_of(session->enter(":tree node"));
  CHECK(has(tree, "parser"));
  CHECK(has(tree, "line 7 makes no sense"));
  const std::string inspected = text_of(session->enter(":inspect node/jobs/parser"));
  CHECK(has(inspected, "restarts      3 (this is incarnation 4)"));
  CHECK(has(inspected, "error 1891: a handler threw: line 7 makes no sense"));
  CHECK(has(inspected, "supervisor    node/jobs"));
  const std::string deaths = text_of(session->enter(":deaths node/jobs/reader"));
  CHECK(has(deaths, "because node/jobs/parser ended"));
  CHECK(has(text_of(session->enter(":deaths")), "because node/jobs/parser ended: error 1891: a handler threw: line 7"));
  CHECK(has(text_of(session->enter(":kill node/jobs/parser it only fails")), "was ended for good"));
  CHECK(cluster.node.roster()->find("node/jobs/parser") == nullptr);
  const DeathCertificate death = cluster.node.roster()->certificates("node/jobs/parser").front();
  CHECK(death.reason.code == Code::exit_killed);
  CHECK(death.reason.message == "killed by alice: it only fails");
  CHECK(death.decision == "not restarted, as it was told");
  CHECK(cluster.heard.has_audit("cluster.actor.kill", "done"));
  CHECK(has(text_of(session->enter(":inspect node/jobs/parser")), "it has ended for good; :deaths"));
}

TEST_CASE(":restart ends an actor and lets its supervisor start it again, which is no failure") {
  Cluster cluster;
  auto session = cluster.open(cluster.token()).value();
  CHECK(has(text_of(session->enter(":restart node/jobs/reader stuck")), "is started again"));
  bool back = false;
  cluster.self->request(cluster.slot("node/jobs/reader"), 20s, 1)
      .receive([&](int) { back = true; }, [](const caf::error&) {});
  CHECK(back);
  const DeathCertificate death = cluster.node.roster()->certificates("node/jobs/reader").front();
  CHECK(death.reason.message == "restarted by alice: stuck");
  CHECK(death.decision == "restarted");
  const std::string own = std::string("node/operation/shells/") + session->opened()->getSession().cStr();
  CHECK(has(text_of(session->enter(":restart " + own)), "error 6304"));
  CHECK(has(text_of(session->enter(":restart node/jobs/raeder")), "did you mean `node/jobs/reader`?"));
  CHECK(has(text_of(session->enter(":kill")), "error 6304: write :kill ACTOR"));
}

TEST_CASE("other nodes are asked, and those that do not answer are shown so") {
  Cluster cluster;
  auto session = cluster.open(cluster.token()).value();
  const std::string tree = text_of(session->enter(":tree"));
  CHECK(has(tree, "node (alpha)"));
  CHECK(has(tree, "beta:node"));
  CHECK(has(tree, "pool"));
  CHECK(has(tree, "gamma did not answer within 300 ms"));
  CHECK(has(tree, "delta is dead"));
  CHECK(has(text_of(session->enter(":inspect beta:node/work/pool")), "beta:node/work/pool"));
  CHECK(has(text_of(session->enter(":inspect gamma:node/work/pool")), "error 6015"));
  CHECK(has(text_of(session->enter(":tree omega")), "error 6107"));
  CHECK(has(text_of(session->enter(":nodes")), "gamma  suspect"));
  CHECK(has(text_of(session->enter(":route beta")), "alpha -> beta"));
  CHECK(has(text_of(session->enter(":links")), "beta"));
  CHECK(has(text_of(session->enter(":drain alpha")), "alpha drains"));
  CHECK(has(text_of(session->enter(":nodes")), "draining"));
  CHECK(cluster.heard.has_audit("cluster.node.drain", "done"));
}

TEST_CASE("a node that was told to leave and is gone before its answer is here has left") {
  Cluster cluster;
  auto session = cluster.open(cluster.token()).value();
  CHECK(has(text_of(session->enter(":drain eta")), "error 6208"));
  CHECK(cluster.heard.has_audit("cluster.node.drain", "failed"));
  CHECK(has(text_of(session->enter(":leave eta")), "eta has left the cluster"));
  CHECK(cluster.heard.has_audit("cluster.node.leave", "done"));
  CHECK(has(text_of(session->enter(":leave eta")), "error 6207"));  // nobody is there
}

TEST_CASE("commands, actors and names are completed") {
  Cluster cluster;
  auto session = cluster.open(cluster.token()).value();
  const auto complete = [&session](const std::string& text) {
    const auto answer = session->complete(text);
    REQUIRE(answer.ok());
    std::vector<std::string> all;
    for (const capnp::Text::Reader name : (*answer)->getNames()) {
      all.push_back(text.substr(0, (*answer)->getStart()) + name.cStr());
    }
    return all;
  };
  using Names = std::vector<std::string>;
  CHECK(complete(":ins") == Names{":inspect"});
  CHECK(complete(":inspect node/jo") == Names{":inspect node/jobs"});
  CHECK(complete(":inspect node/jobs/p") == Names{":inspect node/jobs/parser"});
  CHECK(complete(":inspect beta:node/work/") == Names{":inspect beta:node/work/pool"});
  CHECK(complete(":inspect be") == Names{":inspect beta:"});
  CHECK(complete(":drain ga") == Names{":drain gamma"});
  REQUIRE(session->enter("let numbers = [1, 2]").ok());
  CHECK(complete("numb") == Names{"numbers"});
}

TEST_CASE("answers are JSON for programs") {
  Cluster cluster;
  cluster.crash(1);
  auto session = cluster.open(cluster.token({"cluster.inspect"}), true).value();
  CHECK(
      text_of(session->enter(":nodes"))
          .starts_with("{\"command\":\"nodes\",\"status\":\"done\",\"rows\":[{\"name\":\"alpha\",\"state\":\"alive\""));
  const std::string tree = text_of(session->enter(":tree"));
  CHECK(has(tree, "\"restarts\":1"));
  CHECK(has(tree, "\"unreachable\":[{\"node\":\"gamma\",\"code\":6015"));
  CHECK(
      has(text_of(session->enter(":deaths node/jobs/parser")), "\"code\":1891,\"message\":\"a handler threw: line 7"));
  CHECK(has(text_of(session->enter(":kill node/jobs/parser")), "{\"status\":\"refused\",\"code\":8031"));
  CHECK(has(text_of(session->enter("1 + 1")), "\"value\":\"2\""));
}

TEST_CASE("names of the cluster are shown with their nodes, to those who may inspect") {
  Cluster cluster;
  auto session = cluster.open(cluster.token()).value();
  CHECK(has(text_of(session->enter(":names d*")), "desk  unique  beta  actor"));
  CHECK(has(text_of(session->enter(":names x*")), "no name fits `x*`"));
  CHECK(has(text_of(session->enter(":leases")), "error 6152"));
  auto other = cluster.open(cluster.token({"log"})).value();
  CHECK(has(text_of(other->enter(":names")), "error 8031"));
}

TEST_CASE("ten thousand actors are answered, the busiest first") {
  Cluster cluster;
  std::vector<SeatPtr> seats;
  const auto roster = cluster.node.roster();
  for (int k = 0; k < 10'000; ++k) {
    seats.push_back(std::make_shared<Seat>(cluster.node.system(), "node/many/" + std::to_string(k), 10));
    roster->add(seats.back());
  }
  for (int k = 0; k < 5; ++k) cluster.self->send(seats[77]->slot(), 1);
  auto session = cluster.open(cluster.token()).value();
  const auto health = session->health(Msg<wire::HealthRequest>::build([](wire::HealthRequest::Builder wanted) {
    wanted.setPrefix("node/many");
    wanted.setOrder(wire::HealthOrder::BUSIEST);
  }));
  REQUIRE(health.ok());
  CHECK((*health)->getTotal() == 10'000);
  CHECK((*health)->getRows().size() == 10'000);
  CHECK((*health)->getRows()[0].getPath() == "node/many/77");
  CHECK((*health)->getRows()[0].getHeld() == 5);
  CHECK(has(text_of(session->enter(":actors node/many")), "... and 9,960 quieter ones"));
  CHECK(has(text_of(session->enter(":tree node/many")), "... and 9,960 more"));
}
