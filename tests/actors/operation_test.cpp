// Sessions and inspectors in one process, without a network: two nodes share an actor system.
#include "actors/operation/operation.hpp"

#include <doctest/doctest.h>

#include <caf/all.hpp>
#include <condition_variable>
#include <thread>

#include "actors/core/caf_error.hpp"
#include "actors/core/node.hpp"
#include "actors/core/node_actor.hpp"
#include "actors/operation/inspector.hpp"
#include "actors/operation/session_client.hpp"
#include "tests/support/temporary_folder.hpp"

namespace {

using namespace noodle;
using namespace noodle::actors;
using namespace std::chrono_literals;

using Fail = caf::atom_constant<caf::atom("fail")>;

/// A node that knows two others: one that answers, and one that never does.
class FakeView final : public NodeView {
 public:
  struct Other {
    std::string name;
    NodeId id;
    membership::State state = membership::State::alive;
    caf::actor inspector;
  };

  FakeView(std::string name, std::vector<Other> others) : name_(std::move(name)), others_(std::move(others)) {}

  NodeId self() const override { return {1, 1}; }
  std::string name() const override { return name_; }
  std::vector<membership::MemberView> members() const override {
    std::vector<membership::MemberView> members{member(name_, self(), membership::State::alive)};
    for (const Other& other : others_) members.push_back(member(other.name, other.id, other.state));
    members.front().service = service_.load();
    for (membership::MemberView& one : members) {
      if (one.id.low == left.load()) one.state = membership::State::left;
    }
    return members;
  }
  std::vector<LinkView> links() const override {
    LinkView link;
    link.peer = {2, 2};
    link.name = "beta";
    return {link};
  }
  std::vector<NodeId> route(const NodeId& to) const override { return {self(), to}; }
  Result<NodeId> find_node(std::string_view name) const override {
    if (name == name_) return self();
    for (const Other& other : others_) {
      if (other.name == name) return other.id;
    }
    return Error{Code::node_unknown, "no node `" + std::string(name) + "`", {}};
  }
  caf::actor inspector(const NodeId& node) override {
    if (node == self()) return own;
    for (const Other& other : others_) {
      if (other.id == node) return other.inspector;
    }
    return {};
  }
  void set_service(membership::Service service) override { service_.store(service); }
  Result<void> leave(std::chrono::milliseconds) override { return {}; }

  caf::actor own;
  std::atomic<std::uint64_t> left{0};  // id of the one that has

 private:
  static membership::MemberView member(const std::string& name, const NodeId& id, membership::State state) {
    auto profile = std::make_shared<membership::Profile>();
    profile->name = name;
    profile->host = "127.0.0.1";
    profile->port = 7700;
    membership::MemberView view;
    view.id = id;
    view.profile = profile;
    view.state = state;
    return view;
  }
  const std::string name_;
  const std::vector<Other> others_;
  std::atomic<membership::Service> service_{membership::Service::ready};
};

class Parser final : public NodeActor {
 public:
  using NodeActor::NodeActor;
  caf::behavior make_behavior() override {
    return {[](Fail) { throw std::runtime_error("line 7 makes no sense"); }, [](int n) { return n; }};
  }
};

/// What clients are told, and what the audit log would hold.
struct Heard {
  std::mutex mutex;
  std::condition_variable changed;
  std::string text;
  std::vector<storage::AuditEvent> audited;

  void add(std::string_view more) {
    const std::lock_guard lock(mutex);
    text += more;
    changed.notify_all();
  }
  bool wait_for(const std::string& part) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, 20s, [&] { return text.find(part) != std::string::npos; });
  }
  bool has_audit(const std::string& action, const std::string& outcome, const std::string& subject = "alice") {
    const std::lock_guard lock(mutex);
    return std::any_of(audited.begin(), audited.end(), [&](const storage::AuditEvent& one) {
      return one.action == action && one.outcome == outcome && one.subject == subject;
    });
  }
};

bool has(const std::string& text, const std::string& part) {
  const bool found = text.find(part) != std::string::npos;
  if (!found) MESSAGE("`" << part << "` is not in:\n" << text);
  return found;
}

/// Node alpha with a crashing actor below `jobs`; beta, which answers too; gamma, which never answers; delta is dead.
struct Cluster {
  test::TemporaryFolder folder;
  Heard heard;
  security::Authority authority = *security::Authority::create(folder.path() + "/ca", "test", now_s());
  std::shared_ptr<security::Trust> trust = std::make_shared<security::Trust>(authority.trust());
  ManualClock clock{0, system_clock().wall_ns()};
  std::shared_ptr<Roster> beta_roster = std::make_shared<Roster>();
  Node node{{.scheduler_threads = 4}};
  caf::scoped_actor self{node.system()};
  caf::actor silent = node.system().spawn([](caf::event_based_actor* actor) -> caf::behavior {
    actor->set_default_handler(caf::skip);
    return {[](int) {}};
  });
  SeatPtr beta_seat = std::make_shared<Seat>(node.system(), "node/operation/inspector", 10);
  SeatPtr beta_pool = std::make_shared<Seat>(node.system(), "node/work/pool", 10);
  caf::actor beta, leaver;
  std::shared_ptr<FakeView> view;
  std::shared_ptr<const security::Policy> policy;

  static std::int64_t now_s() { return system_clock().wall_ns() / 1'000'000'000; }

  Cluster() {
    beta_roster->add(beta_pool);
    beta = node.system().spawn<Inspector>(beta_seat, beta_roster,
                                          std::make_shared<FakeView>("beta", std::vector<FakeView::Other>{}), nullptr);
    leaver = node.system().spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const Msg<wire::ServiceCommand>& wanted) -> caf::result<Msg<wire::Nothing>> {
        if (wanted->getWhat() == wire::ServiceCommand::What::LEAVE) view->left = 5;
        return to_caf({Code::answer_lost, "the link broke", {}});
      }};
    });
    view = std::make_shared<FakeView>(
        "alpha", std::vector<FakeView::Other>{{"beta", {2, 2}, membership::State::alive, beta},
                                              {"gamma", {3, 3}, membership::State::suspect, silent},
                                              {"delta", {4, 4}, membership::State::dead, {}},
                                              {"eta", {5, 5}, membership::State::alive, leaver}});
    OperationOptions options;
    options.view = view;
    options.trust = [this] {
      const std::lock_guard lock(heard.mutex);
      return std::shared_ptr<const security::Trust>(trust);
    };
    options.policy = [this] { return policy; };
    options.audit = [this](const storage::AuditEvent& event) {
      const std::lock_guard lock(heard.mutex);
      heard.audited.push_back(event);
    };
    options.most_sessions_of_one = 3;
    options.patience = 300ms;
    options.clock = &clock;
    REQUIRE(node.start(operation_child(node.roster(), options)).ok());
    ChildSpec parser;
    parser.name = "parser";
    parser.spawn = [](caf::actor_system& system, const SeatPtr& seat) { return system.spawn<Parser>(seat); };
    ChildSpec reader = parser;
    reader.name = "reader";
    SupervisorSpec jobs;
    jobs.options.strategy = process::Strategy::rest_for_one;
    jobs.options.intensity = 1'000'000;
    jobs.children = {parser, reader};
    REQUIRE(node.start(supervisor_child("jobs", node.roster(), jobs)).ok());
    view->own = slot("node/operation/inspector");
  }
  ~Cluster() {
    node.stop();
    for (const caf::actor& one : {silent, beta, leaver}) self->send_exit(one, caf::exit_reason::kill);
    view->own = nullptr;
    beta = silent = leaver = nullptr;
  }

  caf::actor slot(const std::string& path) {
    SeatPtr seat;
    while (!seat) seat = node.roster()->find(path);
    return seat->slot();
  }
  std::string token(std::vector<std::string> capabilities = {"*"}, std::string subject = "alice") {
    security::Claims claims;
    claims.subject = std::move(subject);
    claims.audience = "test";
    for (const std::string& one : capabilities) claims.capabilities.push_back(*security::Capability::parse(one));
    auto issued = security::issue_token(claims, authority.token_key(), false, now_s());
    return issued->text.reveal();
  }
  Result<std::unique_ptr<SessionClient>> open(const std::string& token, bool json = false, std::uint16_t width = 0) {
    SessionClient::Options options;
    options.token = Secret(token);
    options.json = json;
    options.width = width;
    options.on_output = [this](std::string_view text, std::string_view aside) {
      heard.add(text);
      heard.add(aside);
    };
    return SessionClient::open(node.system(), slot("node/operation/sessions"), std::move(options));
  }
  /// Lets the parser die, and waits until it is back.
  void crash(int times) {
    const caf::actor parser = slot("node/jobs/parser");
    while (node.roster()->find("node/jobs/parser")->incarnation() == 0) std::this_thread::yield();
    for (int k = 0; k < times; ++k) {
      const std::uint64_t before = node.roster()->find("node/jobs/parser")->incarnation();
      self->send(parser, Fail::value);
      while (node.roster()->find("node/jobs/parser")->incarnation() == before) std::this_thread::yield();
    }
    bool back = false;
    while (!back) {
      self->request(slot("node/jobs/reader"), 20s, 1).receive([&](int) { back = true; }, [](const caf::error&) {});
    }
  }
};

std::string text_of(const Result<Msg<wire::SessionAnswer>>& answer) {
  if (!answer) return answer.error().to_string();
  return std::string((*answer)->getOutput().cStr()) + (*answer)->getText().cStr() + (*answer)->getProblem().cStr();
}

}  // namespace

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
