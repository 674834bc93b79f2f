#include "cluster/membership/membership.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace noodle;
using namespace noodle::membership;

namespace {

constexpr std::int64_t kMs = 1'000'000;

NodeId id(std::uint64_t n) {
  return {9, n};
}

Rumour alive(std::uint64_t n, std::uint64_t incarnation = 1, std::uint32_t refutation = 0) {
  Rumour rumour;
  rumour.subject = id(n);
  rumour.version = {incarnation, refutation};
  Profile profile;
  profile.name = "n" + std::to_string(n);
  rumour.profile = std::make_shared<const Profile>(profile);
  return rumour;
}

Rumour accused(std::uint64_t n, State state, std::vector<NodeId> by, std::uint32_t refutation = 0) {
  Rumour rumour;
  rumour.subject = id(n);
  rumour.version = {1, refutation};
  rumour.state = state;
  rumour.accusers = std::move(by);
  return rumour;
}

/// Node 1 of a cluster of `members`; the others are played by the test.
struct Fixture {
  Membership core;
  std::int64_t now = 0;
  Effects effects;

  explicit Fixture(std::uint64_t members, Settings settings = lan_settings())
      : core([&] {
          Profile profile;
          profile.name = "n1";
          return Membership::make(id(1), profile, settings, 1, {}, 42).value();
        }()) {
    core.start(now, effects);
    for (std::uint64_t n = 2; n <= members; ++n) hear({alive(n)}, n);
    effects.clear();
  }
  void hear(std::vector<Rumour> rumours, std::uint64_t from = 2, std::uint64_t incarnation = 1) {
    Datagram gossip;
    gossip.kind = DatagramKind::gossip;
    gossip.from = id(from);
    gossip.from_incarnation = incarnation;
    gossip.to = id(1);
    gossip.rumours = std::move(rumours);
    core.receive(gossip, now, effects);
  }
  /// Lets time pass; every ping is answered by those in `answering`.
  void run(std::int64_t ms, const std::vector<std::uint64_t>& answering = {}) {
    const std::int64_t until = now + ms * kMs;
    std::size_t seen = effects.size();
    while (core.next_wake_ns() <= until) {
      now = std::max(now, core.next_wake_ns());
      core.tick(now, effects);
      for (; seen < effects.size(); ++seen) {
        const auto* sent = std::get_if<SendDatagram>(&effects[seen]);
        if (sent == nullptr || sent->datagram.kind != DatagramKind::ping) continue;
        const Datagram ping = sent->datagram;
        if (std::find(answering.begin(), answering.end(), ping.to.low) == answering.end()) continue;
        Datagram ack;
        ack.kind = DatagramKind::ack;
        ack.sequence = ping.sequence;
        ack.from = ping.to;
        ack.from_incarnation = core.member(ping.to)->version.incarnation;
        ack.to = id(1);
        core.receive(ack, now, effects);
      }
    }
    now = until;
  }
  State state(std::uint64_t n) const { return core.member(id(n))->state; }
  template <class T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const Effect& effect : effects) {
      if (const auto* one = std::get_if<T>(&effect)) found.push_back(*one);
    }
    return found;
  }
};

}  // namespace

TEST_CASE("a member that answers stays alive, one that does not is suspected and then dead") {
  Fixture f(3);
  f.run(900, {2});
  CHECK(f.state(2) == State::alive);
  CHECK(f.state(3) == State::suspect);
  f.run(6000, {2});
  CHECK(f.state(2) == State::alive);
  CHECK(f.state(3) == State::dead);
  const auto changes = f.all<MemberChanged>();
  REQUIRE(changes.size() == 2);
  CHECK(changes[1].before == State::suspect);
  CHECK(changes[1].accusers == std::vector{id(1)});
}

TEST_CASE("how a member is reached is told from its first probe on, and once") {
  Fixture f(3);
  CHECK(f.core.member(id(2))->reach == Reach::unknown);
  f.run(900, {2});
  const auto changes = f.all<ReachChanged>();
  REQUIRE(changes.size() == 2);
  for (const ReachChanged& change : changes) {
    CHECK(change.before == Reach::unknown);
    CHECK(change.after == (change.node == id(2) ? Reach::direct : Reach::none));
    CHECK(f.core.member(change.node)->reach == change.after);
  }
}

TEST_CASE("a probe that fails directly goes through others and over the link, and an answer there keeps the member") {
  Fixture f(5);
  bool asked = false;
  for (int i = 0; i < 40 && !asked; ++i) {
    f.run(20, {2, 3, 4});
    const auto links = f.all<ProbeLink>();
    if (links.empty()) continue;
    asked = true;
    std::size_t requests = 0;
    for (const auto& sent : f.all<SendDatagram>()) {
      requests += sent.datagram.kind == DatagramKind::ping_request && sent.datagram.target == links[0].node;
    }
    CHECK(requests == 3);
    CHECK(links[0].node == id(5));
    f.core.link_probed(links[0].sequence, LinkProbe::answered, f.now, f.effects);
    f.run(99, {2, 3, 4});
    CHECK(f.state(5) == State::alive);
  }
  CHECK(asked);
}

TEST_CASE("one accuser makes a suspect, not a death; a second one in agreement does") {
  Fixture f(10);
  f.hear({accused(5, State::dead, {id(2)})});
  CHECK(f.state(5) == State::suspect);
  f.hear({accused(5, State::dead, {id(2), id(3)})}, 3);
  CHECK(f.state(5) == State::dead);
}

TEST_CASE("a suspect that refutes is alive again, and the old accusation does not count any more") {
  Fixture f(10);
  f.hear({accused(5, State::suspect, {id(2)})});
  CHECK(f.state(5) == State::suspect);
  f.hear({alive(5, 1, 1)}, 5);
  CHECK(f.state(5) == State::alive);
  f.hear({accused(5, State::suspect, {id(3)})}, 3);
  CHECK(f.state(5) == State::alive);
}

TEST_CASE("a node that hears that it is suspected refutes; declared dead, it becomes a new incarnation and says so") {
  Fixture f(10);
  f.hear({accused(1, State::suspect, {id(2)})});
  CHECK(f.core.member(id(1))->version == Version{1, 1});
  CHECK(f.core.local_health() == 1);
  f.hear({accused(1, State::dead, {id(2)}, 1)});  // not corroborated
  CHECK(f.core.member(id(1))->version == Version{1, 2});
  f.effects.clear();
  f.hear({accused(1, State::dead, {id(2), id(3)}, 1)});
  CHECK(f.core.incarnation() == 2);
  CHECK(f.all<StandDown>().size() == 1);
  const auto resumed = f.all<Resumed>();
  REQUIRE(resumed.size() == 1);
  CHECK(resumed[0].declared_dead);
  CHECK(resumed[0].incarnation == 2);
}

TEST_CASE("an accuser whose budget is spent is not believed alone") {
  Settings settings = lan_settings();
  settings.accusation_budget = 3;
  Fixture f(20, settings);
  for (std::uint64_t n = 5; n < 12; ++n) f.hear({accused(n, State::suspect, {id(2)})});
  int suspects = 0;
  for (std::uint64_t n = 5; n < 12; ++n) suspects += f.state(n) == State::suspect;
  CHECK(suspects == 3);
  CHECK(f.core.counters().accusations_ignored == 4);
  f.hear({accused(11, State::suspect, {id(3)})}, 3);  // somebody else
  CHECK(f.state(11) == State::suspect);
}

TEST_CASE("nodes that leave, drain, are unknown or dead cannot accuse, and nobody can accuse itself") {
  Fixture f(10);
  Rumour draining = alive(2, 1, 1);
  draining.service = Service::draining;
  f.hear({draining});
  f.hear({accused(5, State::suspect, {id(2)})});
  Rumour left = accused(3, State::left, {});
  f.hear({left}, 3);
  f.hear({accused(5, State::suspect, {id(3), id(77), id(5)})}, 4);
  CHECK(f.state(5) == State::alive);
  CHECK(f.core.counters().accusations_ignored == 3);
}

TEST_CASE("messages of and for an older incarnation are refused, and the sender of a ping learns the new one") {
  Fixture f(4);
  f.hear({alive(3, 2)}, 3, 2);
  const auto changes = f.all<MemberChanged>();
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].restarted);
  f.hear({accused(4, State::left, {})}, 3, 1);  // a delayed message of the old run
  CHECK(f.state(4) == State::alive);
  CHECK(f.core.counters().refused_incarnation == 1);
  f.effects.clear();
  Datagram ping;
  ping.from = id(2);
  ping.from_incarnation = 1;
  ping.to = id(1);
  ping.to_incarnation = 99;
  f.core.receive(ping, f.now, f.effects);
  const auto sent = f.all<SendDatagram>();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].datagram.rumours.at(0).subject == id(1));
  CHECK(f.core.counters().refused_incarnation == 2);
}

TEST_CASE("a connection refused to two nodes is accepted within the grace, and silence is not") {
  Fixture refused(8);
  Rumour rumour = accused(5, State::suspect, {id(2), id(3)});
  rumour.refusals = 2;
  refused.hear({rumour});
  refused.run(320, {2, 3, 4, 6, 7, 8});
  CHECK(refused.state(5) == State::dead);
  Fixture silent(8);
  silent.hear({accused(5, State::suspect, {id(2), id(3)})});
  silent.run(1000, {2, 3, 4, 6, 7, 8});
  CHECK(silent.state(5) == State::suspect);
}

TEST_CASE("a node that stood still commits nothing until two others have answered") {
  Fixture f(5);
  f.run(1000, {2, 3, 4, 5});
  CHECK(f.core.may_commit(f.now));
  f.now += 10'000 * kMs;
  CHECK_FALSE(f.core.may_commit(f.now));  // before anything else ran
  f.effects.clear();
  f.core.tick(f.now, f.effects);
  CHECK(f.all<StandDown>().size() == 1);
  CHECK_FALSE(f.core.may_commit(f.now));
  CHECK(f.all<MemberChanged>().empty());  // and declares nobody dead on waking up
  const auto asked = f.all<SendState>();
  REQUIRE(asked.size() >= 2);
  std::size_t answers = 0;
  for (const auto& question : asked) {
    MemberState answer;
    answer.kind = StateKind::answer;
    answer.from = question.to;
    answer.from_incarnation = 1;
    answer.sequence = question.state.sequence;
    answer.digest = f.core.digest();
    f.core.receive_state(answer, f.now, f.effects);
    if (++answers == 1) CHECK_FALSE(f.core.may_commit(f.now));
  }
  CHECK(f.core.may_commit(f.now));
  const auto resumed = f.all<Resumed>();
  REQUIRE(resumed.size() == 1);
  CHECK_FALSE(resumed[0].declared_dead);
}

TEST_CASE("equal views are compared by a digest only, different ones are exchanged in parts") {
  Fixture f(300);
  MemberState question;
  question.from = id(2);
  question.from_incarnation = 1;
  question.digest = f.core.digest();
  f.effects.clear();
  f.core.receive_state(question, f.now, f.effects);
  REQUIRE(f.all<SendState>().size() == 1);
  CHECK(f.all<SendState>()[0].state.members.empty());
  question.digest ^= 1;
  f.effects.clear();
  f.core.receive_state(question, f.now, f.effects);
  const auto parts = f.all<SendState>();
  CHECK(parts.size() == 3);
  std::size_t members = 0;
  for (const auto& part : parts) {
    members += part.state.members.size();
    CHECK(encode(part.state).ok());
  }
  CHECK(members == 300);
  CHECK(parts.back().state.last);
  CHECK_FALSE(parts.front().state.last);
}

TEST_CASE("a node calls its seeds until one answers, though others have found it before") {
  Effects effects;
  Profile profile;
  profile.name = "n1";
  Membership core = Membership::make(id(1), profile, lan_settings(), 1, {"seed:1", "seed:2"}, 42).value();
  const auto calls = [&effects] {
    std::vector<SendState> made;
    for (const Effect& effect : effects) {
      const auto* const sent = std::get_if<SendState>(&effect);
      if (sent != nullptr && !sent->seed.empty()) made.push_back(*sent);
    }
    effects.clear();
    return made;
  };
  std::int64_t now = 0;
  core.start(now, effects);
  CHECK(calls().size() == 2);
  MemberState joining;
  joining.from = id(2);
  joining.from_incarnation = 1;
  joining.members = {alive(2)};
  core.receive_state(joining, now, effects);
  effects.clear();
  const auto pass = [&](std::int64_t ns) {
    for (const std::int64_t until = now + ns; core.next_wake_ns() <= until;) {
      now = std::max(now, core.next_wake_ns());
      core.tick(now, effects);
    }
  };
  pass(lan_settings().reconnect_interval_ns);
  const auto again = calls();
  REQUIRE(again.size() == 2);
  MemberState answer;
  answer.kind = StateKind::answer;
  answer.from = id(3);
  answer.from_incarnation = 1;
  answer.sequence = again[0].state.sequence;
  answer.members = {alive(3)};
  core.receive_state(answer, now, effects);
  effects.clear();
  pass(3 * lan_settings().reconnect_interval_ns / 2);
  CHECK(calls().empty());
}

TEST_CASE("leaving is told to the others and ends") {
  Fixture f(4);
  f.core.leave(f.now, f.effects);
  CHECK_FALSE(f.core.left());
  f.run(2000);
  CHECK(f.core.left());
  bool told = false;
  for (const auto& sent : f.all<SendDatagram>()) {
    for (const Rumour& rumour : sent.datagram.rumours)
      told = told || (rumour.subject == id(1) && rumour.state == State::left);
  }
  CHECK(told);
}

TEST_CASE("dead members are forgotten after their time, and a full table makes room of the dead only") {
  Settings settings = lan_settings();
  settings.max_members = 4;
  settings.left_retention_ns = 5000 * kMs;
  Fixture f(4, settings);
  f.hear({alive(9)}, 2);
  CHECK_FALSE(f.core.member(id(9)));
  CHECK(f.core.counters().members_refused == 1);
  f.hear({accused(4, State::left, {})}, 4);
  f.hear({alive(9)}, 2);
  CHECK(f.core.member(id(9)));
  CHECK_FALSE(f.core.member(id(4)));
  f.hear({accused(9, State::left, {})}, 9);
  f.run(7000, {2, 3});
  CHECK(f.core.known_members() == 3);
}

TEST_CASE("the suspicion timeout falls from its maximum to its minimum with confirmations") {
  CHECK(suspicion_timeout_ns(1000, 6000, 0, 3) == 6000);
  CHECK(suspicion_timeout_ns(1000, 6000, 1, 3) == 3500);
  CHECK(suspicion_timeout_ns(1000, 6000, 2, 3) == 2037);
  CHECK(suspicion_timeout_ns(1000, 6000, 3, 3) == 1000);
  CHECK(suspicion_timeout_ns(1000, 6000, 0, 0) == 1000);
  CHECK(expected_confirmations(3, 2) == 0);
  CHECK(expected_confirmations(3, 3) == 1);
  CHECK(expected_confirmations(3, 100) == 3);
  CHECK(retransmit_limit(4, 1) == 4);
  CHECK(retransmit_limit(4, 10) == 8);
  CHECK(retransmit_limit(4, 1000) == 16);
}

TEST_CASE("settings that contradict each other are refused with 6106, the profiles are sound") {
  for (const char* name : {"lan", "wan", "local"}) CHECK(check_settings(*settings_of_profile(name)).ok());
  CHECK(settings_of_profile("moon").error().code == Code::settings_invalid);
  Settings settings = lan_settings();
  settings.probe_timeout_ns = settings.probe_interval_ns;
  CHECK(check_settings(settings).error().code == Code::settings_invalid);
}
