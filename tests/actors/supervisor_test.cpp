// Supervisors, seats and slots of a node's actors, in a real actor system.
#include "actors/core/supervisor.hpp"

#include <doctest/doctest.h>

#include <caf/all.hpp>
#include <condition_variable>

#include "actors/core/caf_error.hpp"
#include "actors/core/node.hpp"
#include "actors/core/node_actor.hpp"

namespace {

using namespace noodle;
using namespace noodle::actors;
using namespace std::chrono_literals;
using process::Restart;
using process::Strategy;

using Fail = caf::atom_constant<caf::atom("fail")>;
using Leave = caf::atom_constant<caf::atom("leave")>;
using Hang = caf::atom_constant<caf::atom("hang")>;
using Which = caf::atom_constant<caf::atom("which")>;

/// Lets actors that hang go on, at the end of a test.
struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  void wait() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return open; });
  }
  void release() {
    const std::lock_guard lock(mutex);
    open = true;
    changed.notify_all();
  }
};

class Clerk final : public NodeActor {
 public:
  Clerk(caf::actor_config& config, SeatPtr seat, Gate* gate, std::uint64_t number)
      : NodeActor(config, std::move(seat)), gate_(gate), number_(number) {}
  caf::behavior make_behavior() override {
    return {[this](Which) { return number_; },
            [this](Fail) { throw std::runtime_error("clerk " + std::to_string(number_) + " has had enough"); },
            [this](Leave) { quit(caf::exit_reason::normal); }, [this](Hang) { gate_->wait(); }};
  }

 private:
  Gate* const gate_;
  const std::uint64_t number_;  // of its incarnation
};

struct Office {
  Gate gate;
  Node node{{.scheduler_threads = 4}};
  std::shared_ptr<Roster> roster = std::make_shared<Roster>();
  SeatPtr top = std::make_shared<Seat>(node.system(), "node", 10);
  caf::scoped_actor self{node.system()};
  caf::actor supervisor;

  ~Office() {
    gate.release();
    if (supervisor) self->send_exit(supervisor, caf::exit_reason::kill);
  }

  ChildSpec clerk(std::string name, Restart restart = Restart::permanent) {
    ChildSpec spec;
    spec.name = std::move(name);
    spec.restart = restart;
    spec.spawn = [this](caf::actor_system& system, const SeatPtr& seat) {
      return system.spawn<Clerk>(seat, &gate, seat->incarnation() + 1);
    };
    return spec;
  }
  void open(SupervisorSpec spec) {
    supervisor = spawn_supervisor(node.system(), top, roster, std::move(spec));
    self->monitor(supervisor);
  }
  caf::actor slot(const std::string& path) {
    SeatPtr seat;
    while (!seat) seat = roster->find(path);  // the supervisor has just been spawned
    return seat->slot();
  }
  /// Number of the incarnation that answers.
  std::uint64_t ask(const caf::actor& slot) {
    std::uint64_t number = 0;
    self->request(slot, 20s, Which::value)
        .receive([&](std::uint64_t n) { number = n; }, [&](const caf::error& e) { last = from_caf(e); });
    return number;
  }
  /// Makes who sits there fail, and waits for the incarnation `next`. Asked at once: the answer is the next one's, or
  /// an error when the question reached the old one.
  void fail(const caf::actor& slot, std::uint64_t next) {
    self->send(slot, Fail::value);
    while (ask(slot) != next) {
    }
  }
  /// Waits for the end of the supervisor, and gives its reason.
  Error end_of_supervisor() {
    Error reason;
    self->receive([&](const caf::down_msg& down) {
      if (down.reason && down.reason != caf::exit_reason::normal) reason = from_caf(down.reason);
    });
    return reason;
  }
  Error last;
};

}  // namespace

TEST_CASE("a slot stays while its supervisor restarts who sits there, and messages sent meanwhile are not lost") {
  Office office;
  office.open({.options = {.intensity = 100}, .children = {office.clerk("a"), office.clerk("b")}});
  const caf::actor a = office.slot("node/a"), b = office.slot("node/b");
  CHECK(office.ask(a) == 1);
  for (std::uint64_t round = 2; round < 20; ++round) {
    office.fail(a, round);
  }
  CHECK(office.ask(b) == 1);
  const std::vector<DeathCertificate> deaths = office.roster->certificates("node/a");
  REQUIRE(deaths.size() == 18);
  CHECK(deaths[0].incarnation == 18);
  CHECK(deaths[0].reason.code == Code::host_failed);
  CHECK(deaths[0].reason.message == "a handler threw: clerk 18 has had enough");
  CHECK(deaths[0].decision == "restarted");
  CHECK(deaths[0].seen_by == "node");
  CHECK(office.roster->certificates("node/b").empty());
  const std::vector<Health> health = office.roster->health("node/a");
  REQUIRE(health.size() == 1);
  CHECK(health[0].restarts == 18);
  CHECK(health[0].state == SeatState::running);
  CHECK(health[0].last_error.find("has had enough") != std::string::npos);
}

TEST_CASE("with rest_for_one those after a failed child end and come back with it, and their certificates say why") {
  Office office;
  office.open({.options = {.strategy = Strategy::rest_for_one, .intensity = 100},
               .children = {office.clerk("a"), office.clerk("b"), office.clerk("c")}});
  const caf::actor a = office.slot("node/a"), b = office.slot("node/b"), c = office.slot("node/c");
  CHECK(office.ask(c) == 1);
  office.self->send(b, Fail::value);
  while (office.ask(c) != 2) {
  }
  CHECK(office.ask(a) == 1);
  CHECK(office.ask(b) == 2);
  const std::vector<DeathCertificate> deaths = office.roster->certificates();
  REQUIRE(deaths.size() == 2);
  CHECK(deaths[0].path == "node/c");
  CHECK(deaths[0].cause == "node/b ended");
  CHECK(deaths[1].path == "node/b");
  CHECK(deaths[1].cause.empty());
  CHECK(deaths[1].last_messages.size() == 1);
}

TEST_CASE("a supervisor whose child fails too often gives up with the last failure, and then its slots fire") {
  Office office;
  office.open({.options = {.intensity = 3, .period_ns = 1'000'000'000'000}, .children = {office.clerk("a")}});
  const caf::actor a = office.slot("node/a");
  office.self->monitor(a);
  for (std::uint64_t next = 2; next < 5; ++next) office.fail(a, next);
  office.self->send(a, Fail::value);
  int downs = 0;
  Error of_slot, of_supervisor;
  while (downs < 2) {
    office.self->receive([&](const caf::down_msg& down) {
      (down.source == a ? of_slot : of_supervisor) = from_caf(down.reason);
      ++downs;
    });
  }
  CHECK(of_supervisor.code == Code::actors_gave_up);
  CHECK(of_supervisor.message.find("more than 3 times") != std::string::npos);
  CHECK(of_supervisor.message.find("clerk 4 has had enough") != std::string::npos);
  CHECK(of_slot.code == Code::actor_down);
  CHECK(office.ask(a) == 0);
  CHECK(office.last.code == Code::actor_down);
  CHECK(office.roster->certificates().front().decision == "the supervisor gave up");
  CHECK(office.roster->health().empty());
}

TEST_CASE("a failing supervisor is a failure of its own supervisor's child") {
  Office office;
  ChildSpec inner =
      supervisor_child("inner", office.roster, {.options = {.intensity = 0}, .children = {office.clerk("a")}});
  office.open({.options = {.intensity = 1}, .children = {inner}});
  office.slot("node/inner/a");
  office.self->send(office.slot("node/inner/a"), Fail::value);
  while (office.roster->certificates("node/inner").size() < 2) std::this_thread::yield();
  CHECK(office.ask(office.slot("node/inner/a")) == 1);  // a new seat, the first to sit there
  office.self->send(office.slot("node/inner/a"), Fail::value);
  const Error reason = office.end_of_supervisor();
  CHECK(reason.code == Code::actors_gave_up);
  CHECK(reason.message.find("node/inner: error 6203") != std::string::npos);
}

TEST_CASE("a transient child that leaves stays away, a temporary one never comes back, a significant one ends all") {
  Office office;
  ChildSpec last = office.clerk("last", Restart::transient);
  last.significant = true;
  office.open({.options = {.intensity = 100},
               .children = {office.clerk("transient", Restart::transient),
                            office.clerk("temporary", Restart::temporary), last}});
  const caf::actor transient = office.slot("node/transient"), temporary = office.slot("node/temporary");
  office.self->monitor(transient);
  office.self->monitor(temporary);
  office.fail(transient, 2);
  office.self->send(transient, Leave::value);
  office.self->receive([&](const caf::down_msg& down) {
    CHECK(down.source == transient);
    CHECK(down.reason == caf::exit_reason::normal);
  });
  office.self->send(temporary, Fail::value);
  office.self->receive([&](const caf::down_msg& down) { CHECK(down.source == temporary); });
  CHECK(office.roster->certificates("node/temporary").front().decision == "not restarted");
  office.self->send(office.slot("node/last"), Leave::value);
  CHECK(office.end_of_supervisor().number() == 0);
}

TEST_CASE("a child that hangs is found by its probe, replaced, and its certificate names the message") {
  Office office;
  ChildSpec slow = office.clerk("slow");
  slow.probe = 50ms;
  office.open({.options = {.intensity = 100}, .children = {slow, office.clerk("other")}});
  const caf::actor clerk = office.slot("node/slow");
  CHECK(office.ask(clerk) == 1);
  office.self->send(clerk, Hang::value);
  while (office.roster->certificates("node/slow").empty()) std::this_thread::yield();
  CHECK(office.ask(clerk) == 2);
  CHECK(office.ask(office.slot("node/other")) == 1);
  const DeathCertificate death = office.roster->certificates("node/slow").front();
  CHECK(death.reason.code == Code::actor_hung);
  CHECK(death.reason.message.find("it has worked on one message for") == 0);
}

TEST_CASE("a child that fails too often rests in quarantine while the others work, then comes back") {
  Office office;
  office.open({.options = {.intensity = 1, .quarantine_ns = 200'000'000},
               .children = {office.clerk("bad"), office.clerk("good")}});
  const caf::actor bad = office.slot("node/bad");
  office.fail(bad, 2);
  office.self->send(bad, Fail::value);
  while (office.roster->certificates("node/bad").size() < 2) std::this_thread::yield();
  CHECK(office.roster->certificates("node/bad").front().decision == "in quarantine for 200 ms");
  CHECK(office.roster->health("node/bad").front().state == SeatState::resting);
  CHECK(office.ask(office.slot("node/good")) == 1);
  CHECK(office.ask(bad) == 3);  // the question is kept until then
}

TEST_CASE("children are added and removed while the supervisor works") {
  Office office;
  office.open({.options = {.intensity = 100}, .children = {}});
  caf::actor slot;
  office.self->request(office.supervisor, 20s, std::make_shared<ChildSpec>(office.clerk("x")))
      .receive([&](const caf::actor& made) { slot = made; }, [](const caf::error&) { CHECK(false); });
  CHECK(office.ask(slot) == 1);
  Error taken;
  office.self->request(office.supervisor, 20s, std::make_shared<ChildSpec>(office.clerk("x")))
      .receive([](const caf::actor&) { CHECK(false); }, [&](const caf::error& e) { taken = from_caf(e); });
  CHECK(taken.code == Code::name_taken);
  office.self->monitor(slot);
  for (const bool expected : {true, false}) {
    office.self->request(office.supervisor, 20s, RemoveChild::value, std::string("x"))
        .receive([&](bool removed) { CHECK(removed == expected); }, [](const caf::error&) { CHECK(false); });
    if (expected) office.self->receive([&](const caf::down_msg& down) { CHECK(down.source == slot); });
  }
  CHECK(office.roster->certificates("node/x").front().cause == "it was removed");
}

TEST_CASE("a supervisor ends its children in reverse order, and does not wait for ever for one that hangs") {
  Office office;
  std::vector<ChildSpec> clerks{office.clerk("a"), office.clerk("stuck"), office.clerk("c")};
  clerks[1].stop_deadline = 50ms;
  office.open({.options = {}, .children = clerks});
  office.self->send(office.slot("node/stuck"), Hang::value);
  office.self->send_exit(office.supervisor, caf::exit_reason::user_shutdown);
  office.end_of_supervisor();
  const std::vector<DeathCertificate> deaths = office.roster->certificates();
  REQUIRE(deaths.size() == 3);
  CHECK(deaths[2].path == "node/c");
  CHECK(deaths[1].path == "node/stuck");
  CHECK(deaths[1].reason.code == Code::actor_hung);
  CHECK(deaths[0].path == "node/a");
  CHECK(deaths[0].cause == "its supervisor ends");
}

TEST_CASE("a child that cannot be started fails its supervisor at first, and counts as a failure later") {
  Office office;
  ChildSpec broken = office.clerk("broken");
  broken.spawn = [](caf::actor_system&, const SeatPtr&) -> caf::actor { throw std::runtime_error("no desk left"); };
  office.open({.options = {}, .children = {office.clerk("a"), broken}});
  const Error reason = office.end_of_supervisor();
  CHECK(reason.code == Code::actors_gave_up);
  CHECK(reason.message.find("could not be started; the last was node/broken: no desk left") != std::string::npos);
}

TEST_CASE("a slot keeps so many messages while nobody sits there, refuses more, and counts them") {
  Office office;
  const auto seat = std::make_shared<Seat>(office.node.system(), "alone", 3);
  for (int k = 0; k < 5; ++k) office.self->send(seat->slot(), Which::value);
  CHECK(office.ask(seat->slot()) == 0);
  CHECK(office.last.code == Code::actor_down);
  CHECK(seat->health().held == 3);
  CHECK(seat->health().dead_letters == 3);
  Gate gate;
  seat->take(office.node.system().spawn<Clerk>(seat, &gate, std::uint64_t{7}));
  CHECK(office.ask(seat->slot()) == 7);
  CHECK(seat->health().held == 0);
  while (seat->health().handled < 4) std::this_thread::yield();
  CHECK(seat->health().waiting == 0);
  office.self->send_exit(seat->slot(), caf::exit_reason::kill);
}

TEST_CASE("ten thousand actors are inspected at once") {
  Office office;
  std::vector<SeatPtr> seats;
  for (int k = 0; k < 10'000; ++k) {
    seats.push_back(std::make_shared<Seat>(office.node.system(), "node/many/" + std::to_string(k), 10));
    office.roster->add(seats.back());
  }
  CHECK(office.roster->health().size() == 10'000);
  CHECK(office.roster->health("node/many/77").size() == 1);
  CHECK(office.roster->health("node/man").empty());
}

TEST_CASE("durations are told to a fifth") {
  DurationHistogram durations;
  CHECK(durations.quantile_ns(0.5) == 0);
  for (int k = 0; k < 99; ++k) durations.add(1000);
  durations.add(1'000'000);
  CHECK(durations.quantile_ns(0.5) >= 1000);
  CHECK(durations.quantile_ns(0.5) <= 1250);
  CHECK(durations.quantile_ns(0.99) <= 1250);
  CHECK(durations.quantile_ns(1.0) >= 1'000'000);
}
