// Nodes that are looked at and steered: two of them in one actor system, without a network.
#pragma once

#include <doctest/doctest.h>

#include <caf/all.hpp>
#include <condition_variable>
#include <thread>

#include "actors/core/caf_error.hpp"
#include "actors/core/node.hpp"
#include "actors/core/node_actor.hpp"
#include "actors/operation/inspector.hpp"
#include "actors/operation/operation.hpp"
#include "actors/operation/session_client.hpp"
#include "tests/support/temporary_folder.hpp"

namespace noodle::test::operation {

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
  std::vector<registry::NameView> names(const std::string& prefix, std::size_t) const override {
    if (!std::string_view("desk").starts_with(prefix)) return {};
    return {{{"desk", registry::Scope::unique, 7, 0, 1, false, {}}, {2, 2}, false}};
  }
  caf::actor lease_keeper() override { return {}; }
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

inline bool has(const std::string& text, const std::string& part) {
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

inline std::string text_of(const Result<Msg<wire::SessionAnswer>>& answer) {
  if (!answer) return answer.error().to_string();
  return std::string((*answer)->getOutput().cStr()) + (*answer)->getText().cStr() + (*answer)->getProblem().cStr();
}

}  // namespace noodle::test::operation
