// Sessions: who may open one, what it does, how it ends.
#include "tests/actors/operated_nodes.hpp"

using namespace noodle;
using namespace noodle::actors;
using namespace noodle::test::operation;

TEST_CASE("tokens that do not count open no session, and every login is audited") {
  Cluster cluster;
  CHECK(cluster.open("nonsense").error().code == Code::token_malformed);
  CHECK(cluster.heard.has_audit("session.open", "denied", "unknown"));
  std::string forged = cluster.token();
  forged[forged.size() - 10] = forged[forged.size() - 10] == 'A' ? 'B' : 'A';
  CHECK(cluster.open(forged).error().code == Code::token_forged);
  CHECK(cluster.heard.has_audit("session.open", "denied", "unverified alice"));
  const std::string good = cluster.token();
  CHECK(cluster.open(good).ok());
  CHECK(cluster.heard.has_audit("session.open", "allowed"));
  cluster.clock.advance_ns(3 * 3'600'000'000'000);
  CHECK(cluster.open(good).error().code == Code::token_expired);
}

TEST_CASE("a session ends when its token is revoked or has expired") {
  Cluster cluster;
  const std::string text = cluster.token();
  auto session = cluster.open(text).value();
  CHECK(text_of(session->enter("1 + 1")) == "2 : int\n");
  {
    auto revoked = std::make_shared<security::Trust>(*cluster.trust);
    const auto claims = security::read_token(text);
    REQUIRE(revoked->revocations.revoke_token(claims->back().id, {"lost", claims->back().expires_s}).ok());
    const std::lock_guard lock(cluster.heard.mutex);
    cluster.trust = revoked;
  }
  CHECK(has(text_of(session->enter("1 + 1")), "error 8023"));
  CHECK(has(text_of(session->enter("1 + 1")), "error 8023"));  // it is over
  auto other = cluster.open(cluster.token()).value();
  cluster.clock.advance_ns(3 * 3'600'000'000'000);
  CHECK(has(text_of(other->enter("1 + 1")), "error 8022"));
}

TEST_CASE("what a token does not cover is refused, and audited") {
  Cluster cluster;
  auto session = cluster.open(cluster.token({"cluster.inspect", "fs.read:/nowhere"}, "bob")).value();
  CHECK(has(text_of(session->enter(":tree node")), "jobs"));
  CHECK(has(text_of(session->enter(":kill node/jobs/parser")),
            "error 8031: bob may not cluster.actor.kill alpha:node/jobs/parser"));
  CHECK(cluster.node.roster()->find("node/jobs/parser") != nullptr);
  CHECK(has(text_of(session->enter(":drain beta")), "error 8031"));
  CHECK(cluster.heard.has_audit("cluster.actor.kill", "denied", "bob"));
  CHECK(has(text_of(session->enter("fs.read(\"/etc/hostname\")")), "8001"));
  CHECK(has(text_of(session->enter(":load /etc/hostname")), "no such command"));
  auto nobody = cluster.open(cluster.token({}, "carol")).value();
  CHECK(has(text_of(nobody->enter(":tree node")), "error 8031"));
  CHECK(text_of(nobody->enter("2 * 21")) == "42 : int\n");
}

TEST_CASE("a session evaluates, prints, is interrupted, and goes on") {
  Cluster cluster;
  auto session = cluster.open(cluster.token({}), false, 80).value();
  CHECK(text_of(session->enter("let x = 20")) == "x : int = 20\n");
  CHECK(has(text_of(session->enter("x + 1 +")), "error"));
  int polls = 0;
  const auto endless = session->enter("print(\"begun\")\nwhile (true) { }", {}, [&] { return ++polls == 3; });
  CHECK(has(text_of(endless), "killed"));
  CHECK(cluster.heard.wait_for("begun"));
  polls = 0;
  const auto flood = session->enter("while (true) { print(\"again and again\") }", {}, [&] { return ++polls == 3; });
  CHECK(has(text_of(flood), "killed"));
  CHECK(has(text_of(session->enter("x + 22")), "42"));
  CHECK(has(text_of(session->enter("func f(): int { return g(); }", "f.nc")), "f.nc:1:"));
  CHECK((*session->enter(":quit"))->getQuit());
}

TEST_CASE("a session ends with its client, and there are only so many of one person") {
  Cluster cluster;
  const std::string text = cluster.token({});
  std::vector<std::unique_ptr<SessionClient>> sessions;
  for (int k = 0; k < 3; ++k) sessions.push_back(cluster.open(text).value());
  CHECK(cluster.open(text).error().code == Code::sessions_full);
  const caf::actor first =
      cluster.slot(std::string("node/operation/shells/") + sessions[0]->opened()->getSession().cStr());
  cluster.self->monitor(first);
  sessions.erase(sessions.begin());
  cluster.self->receive([&](const caf::down_msg& down) { CHECK(down.source == first); });
  // Whoever counts the sessions hears of it at its own time.
  auto another = cluster.open(text);
  while (!another && another.error().code == Code::sessions_full) another = cluster.open(text);
  CHECK(another.ok());
}

TEST_CASE("a session that is killed tells its client, and nobody else can use it") {
  Cluster cluster;
  auto session = cluster.open(cluster.token()).value();
  const std::string path = std::string("node/operation/shells/") + session->opened()->getSession().cStr();
  Error stranger;
  cluster.self
      ->request(cluster.slot(path), 20s,
                Msg<wire::SessionInput>::build([](wire::SessionInput::Builder in) { in.setText("1"); }))
      .receive([](const Msg<wire::SessionAnswer>&) {},
               [&](const caf::error& problem) { stranger = noodle::actors::detail::session_error(problem); });
  CHECK(stranger.code == Code::access_denied);
  auto other = cluster.open(cluster.token({"*"}, "root")).value();
  CHECK(has(text_of(other->enter(":kill " + path + " go home")), "was ended for good"));
  CHECK(has(text_of(session->enter("1")), "killed by root: go home"));
  CHECK(session->ended().has_value());
}

TEST_CASE("a session tells what nodes count, to those who may inspect them") {
  Cluster cluster;
  cluster.crash(2);
  auto session = cluster.open(cluster.token({"cluster.inspect"})).value();
  CHECK(cluster.open("nonsense").error().code == Code::token_malformed);
  const std::string text = (*session->metrics("alpha"))->getText().cStr();
  CHECK(has(text, "\nnoodle_sessions_open 1\n"));
  CHECK(has(text, "\nnoodle_sessions_refused_total{reason=\"token\"} 1\n"));
  CHECK(has(text, "\nnoodle_actors_restarts_total 4\n"));  // the parser, and the reader after it
  CHECK((*session->metrics("beta"))->getNode() == "beta");
  CHECK(session->metrics("gamma").error().code == Code::link_timeout);
  auto nobody = cluster.open(cluster.token({}, "carol")).value();
  CHECK(nobody->metrics("beta").error().code == Code::access_denied);
  CHECK(cluster.heard.has_audit("cluster.inspect", "denied", "carol"));
}

TEST_CASE("a node that stops ends its sessions in time, also one that computes, and tells their clients") {
  Cluster cluster;
  auto session = cluster.open(cluster.token()).value();
  std::string answer;  // of the interrupted input, or of the session that has ended before it
  std::thread computes([&] { answer = text_of(session->enter("print(\"begun\")\nwhile (true) { }")); });
  CHECK(cluster.heard.wait_for("begun"));
  CHECK(cluster.node.stop());
  computes.join();
  CHECK((answer.find("killed") != std::string::npos || answer.find("error 6301") != std::string::npos));
  CHECK(has(text_of(session->enter("1")), "error 6301"));
}
