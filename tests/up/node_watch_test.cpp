#include "tools/up/node_watch.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <vector>

using noodle::up::NodeWatch;
using Action = NodeWatch::Action;
using State = NodeWatch::State;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

/// What next() gives until there is nothing more to do.
std::vector<Action> all(NodeWatch& watch, std::int64_t now_ns) {
  std::vector<Action> actions;
  for (Action action; (action = watch.next(now_ns)) != Action::none;) actions.push_back(action);
  return actions;
}

void start(NodeWatch& watch, std::int64_t now_ns) {
  REQUIRE(all(watch, now_ns) == std::vector{Action::start});
  watch.became_ready(now_ns);
  REQUIRE(watch.state() == State::ready);
}

}  // namespace

TEST_CASE("a node is started, and started again when it ends, later each time") {
  NodeWatch watch;
  std::int64_t now = 7 * kSecond, last_wait = 0;
  CHECK(watch.due_ns() <= now);
  for (int end = 0; end < 6; ++end) {
    start(watch, now);
    CHECK(watch.due_ns() == std::numeric_limits<std::int64_t>::max());
    watch.ended(now, 0);
    CHECK(watch.state() == State::waiting);
    CHECK(all(watch, now).empty());
    const std::int64_t wait = watch.due_ns() - now;
    CHECK(wait > last_wait);
    last_wait = wait;
    now = watch.due_ns();
  }
}

TEST_CASE("a node that fails again and again rests, and is never given up") {
  NodeWatch watch;
  std::int64_t now = 0, longest = 0;
  for (int end = 0; end < 100; ++end) {
    REQUIRE(all(watch, now) == std::vector{Action::start});
    watch.ended(now, 0.5);
    REQUIRE(watch.state() == State::waiting);
    CHECK(all(watch, now).empty());
    longest = std::max(longest, watch.due_ns() - now);
    now = watch.due_ns();
  }
  CHECK(longest == 30 * kSecond);
}

TEST_CASE("a node that does not become ready is killed, once") {
  NodeWatch watch;
  REQUIRE(all(watch, 0) == std::vector{Action::start});
  CHECK(watch.due_ns() == noodle::up::kReadyLimitNs);
  CHECK(all(watch, watch.due_ns() - 1).empty());
  CHECK(all(watch, watch.due_ns()) == std::vector{Action::kill});
  CHECK(watch.due_ns() == std::numeric_limits<std::int64_t>::max());
  watch.ended(noodle::up::kReadyLimitNs, 0);
  CHECK(watch.state() == State::waiting);
}

TEST_CASE("a node that is stopped gets its time, then is killed, and stays away") {
  NodeWatch watch;
  start(watch, 0);
  watch.stop(kSecond);
  CHECK(watch.due_ns() <= kSecond);
  CHECK(all(watch, kSecond) == std::vector{Action::terminate});
  CHECK(all(watch, watch.due_ns() - 1).empty());
  CHECK(all(watch, watch.due_ns()) == std::vector{Action::kill});
  watch.restart(30 * kSecond);  // too late to change it
  watch.ended(30 * kSecond, 0);
  CHECK(watch.state() == State::stopped);
  CHECK(all(watch, 100 * kSecond).empty());
}

TEST_CASE("a restart stops the node in order, and starts it at once, whatever failed before") {
  NodeWatch watch;
  std::int64_t now = 0;
  for (int end = 0; end < 4; ++end) {
    start(watch, now);
    watch.ended(now, 0);
    now = watch.due_ns();
  }
  watch.restart(now - 1);  // while it waits
  start(watch, now - 1);
  watch.restart(now);
  CHECK(watch.state() == State::stopping);
  CHECK(all(watch, now) == std::vector{Action::terminate});
  watch.became_ready(now);  // a ready line that was on its way
  CHECK(watch.state() == State::stopping);
  watch.ended(now, 0);
  start(watch, now);
  watch.ended(now, 0);
  CHECK(watch.due_ns() == now + noodle::up::restart_policy().backoff_ns);
}

TEST_CASE("a node that was told to leave stays away until it is restarted") {
  NodeWatch watch;
  start(watch, 0);
  watch.left(kSecond);
  CHECK(watch.state() == State::left);
  CHECK(watch.since_ns() == kSecond);
  CHECK(watch.due_ns() == std::numeric_limits<std::int64_t>::max());
  CHECK(all(watch, 100 * kSecond).empty());
  watch.restart(101 * kSecond);
  start(watch, 101 * kSecond);
  watch.left(102 * kSecond);
  watch.stop(103 * kSecond);
  CHECK(watch.state() == State::stopped);
}

TEST_CASE("a node that is stopped before it was started, or while it waits, is not started") {
  NodeWatch watch;
  watch.stop(0);
  CHECK(watch.state() == State::stopped);
  CHECK(all(watch, 0).empty());
  NodeWatch other;
  start(other, 0);
  other.ended(0, 0);
  other.stop(1);
  CHECK(other.state() == State::stopped);
  CHECK(all(other, 100 * kSecond).empty());
}
