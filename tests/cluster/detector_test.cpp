#include "cluster/failure/detector.hpp"

#include <doctest/doctest.h>

using namespace noodle;
using namespace noodle::failure;
using membership::Evidence;
using membership::MemberChanged;
using membership::Reach;
using membership::State;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

NodeId id(std::uint64_t n) {
  return {5, n};
}

MemberChanged change(std::uint64_t n, State before, State after, Evidence evidence = Evidence::silence) {
  MemberChanged made;
  made.member.id = id(n);
  made.member.state = after;
  made.before = before;
  made.evidence = evidence;
  return made;
}

Detector with_members(std::uint64_t count) {
  Detector detector({});
  for (std::uint64_t n = 1; n <= count; ++n) detector.changed(change(n, State::alive, State::alive), 0);
  return detector;
}

}  // namespace

TEST_CASE("the kinds of faults are told apart by their evidence") {
  Detector d = with_members(10);
  CHECK(d.judge(id(1), 0).kind == Kind::none);
  CHECK(d.judge(id(99), 0).kind == Kind::none);

  d.changed(change(1, State::suspect, State::dead, Evidence::refused), kSecond);
  CHECK(d.judge(id(1), kSecond).kind == Kind::crashed);

  d.link_changed(id(2), LinkState::up, 0);
  d.changed(change(2, State::alive, State::suspect), kSecond);
  CHECK(d.judge(id(2), kSecond).kind == Kind::hung);

  d.changed(change(3, State::suspect, State::dead), kSecond);
  CHECK(d.judge(id(3), kSecond).kind == Kind::lost);

  d.reach_changed(id(4), Reach::indirect);
  CHECK(d.judge(id(4), kSecond).kind == Kind::unreachable_from_some);
  d.reach_changed(id(4), Reach::direct);
  CHECK(d.judge(id(4), kSecond).kind == Kind::none);

  d.link_changed(id(5), LinkState::silent, 0);
  CHECK(d.judge(id(5), kSecond).kind == Kind::unreachable_from_some);

  d.reported(id(6), {3.5, 0});
  CHECK(d.judge(id(6), kSecond).kind == Kind::overloaded);
  d.reported(id(6), {0.5, 5 * kSecond});
  CHECK(d.judge(id(6), kSecond).kind == Kind::overloaded);
  d.reported(id(6), {0.5, 0});
  CHECK(d.judge(id(6), kSecond).kind == Kind::none);

  MemberChanged leaving = change(7, State::alive, State::left);
  d.changed(leaving, kSecond);
  CHECK(d.judge(id(7), kSecond).kind == Kind::leaving);
}

TEST_CASE("many silent losses at once are a partition, many refusals and many old losses are not") {
  Detector d = with_members(8);
  for (std::uint64_t n = 1; n <= 4; ++n) d.changed(change(n, State::alive, State::suspect), kSecond);
  CHECK(d.judge(id(1), 2 * kSecond).kind == Kind::partitioned);
  CHECK(d.judge(id(1), 60 * kSecond).kind == Kind::unreachable_from_some);

  Detector crashes = with_members(8);
  for (std::uint64_t n = 1; n <= 4; ++n) {
    crashes.changed(change(n, State::suspect, State::dead, Evidence::refused), kSecond);
  }
  CHECK(crashes.judge(id(1), 2 * kSecond).kind == Kind::crashed);

  Detector few = with_members(3);
  few.changed(change(1, State::alive, State::suspect), kSecond);
  few.changed(change(2, State::alive, State::suspect), kSecond);
  CHECK(few.judge(id(1), kSecond).kind != Kind::partitioned);
}

TEST_CASE("a node that answers late or has to refute again and again is slow, for a while") {
  Detector d = with_members(3);
  for (int i = 0; i < 100; ++i) d.measured(id(1), 1000);
  CHECK(d.judge(id(1), 0).kind == Kind::none);
  for (int i = 0; i < 5; ++i) d.measured(id(1), 200'000);
  CHECK(d.judge(id(1), 0).kind == Kind::slow);
  for (int i = 0; i < 30; ++i) d.measured(id(1), 1000);
  CHECK(d.judge(id(1), 0).kind == Kind::none);

  for (int i = 0; i < 2; ++i) {
    d.changed(change(2, State::alive, State::suspect), i * kSecond);
    d.changed(change(2, State::suspect, State::alive), i * kSecond);
  }
  CHECK(d.judge(id(2), 2 * kSecond).kind == Kind::slow);
  CHECK(d.judge(id(2), 120 * kSecond).kind == Kind::none);
}

TEST_CASE("a new incarnation starts without the faults of the old one") {
  Detector d = with_members(2);
  d.changed(change(1, State::suspect, State::dead, Evidence::refused), 0);
  MemberChanged back = change(1, State::dead, State::alive);
  back.restarted = true;
  d.changed(back, kSecond);
  CHECK(d.judge(id(1), kSecond).kind == Kind::none);
  d.forget(id(1));
  CHECK(d.size() == 1);
}
