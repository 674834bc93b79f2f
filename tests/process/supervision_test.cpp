// The supervision core against a reference that is as simple as it can be.
#include "runtime/process/supervision.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/process/random_seed.hpp"

namespace {

using namespace noodle::process;
using Action = Supervision::Action;

/// Takes effects until the core waits for an event: "s0 s1 ready" (start), "x1" (stop), "r1" (release), "finish".
std::string effects(Supervision& core, std::int64_t now = 0) {
  std::string text;
  for (Supervision::Effect effect = core.next(now); effect.action != Action::none; effect = core.next(now)) {
    if (!text.empty()) text += ' ';
    switch (effect.action) {
      case Action::start:
        text += "s" + std::to_string(effect.child);
        break;
      case Action::stop:
        text += "x" + std::to_string(effect.child);
        break;
      case Action::release:
        text += "r" + std::to_string(effect.child);
        break;
      case Action::rest:
        text += "q" + std::to_string(effect.child);
        break;
      case Action::ready:
        text += "ready";
        break;
      default:
        text += "finish";
        break;
    }
  }
  return text;
}

Supervision started(Strategy strategy, std::uint32_t children, std::int64_t intensity = 5, std::int64_t period = 1000) {
  Supervision core({strategy, intensity, period, 0, 0}, children);
  effects(core);
  return core;
}

}  // namespace

TEST_CASE("children are created in order, then the supervisor is ready") {
  Supervision core({}, 3);
  CHECK(effects(core) == "s0 s1 s2 ready");
  CHECK(effects(core).empty());
}

TEST_CASE("a failed child is restarted as the strategy says") {
  SUBCASE("one_for_one restarts it alone") {
    Supervision core = started(Strategy::one_for_one, 3);
    core.ended(1, true, 1);
    CHECK(effects(core, 1) == "s1");
  }
  SUBCASE("one_for_all stops the others in reverse order, then starts all in order") {
    Supervision core = started(Strategy::one_for_all, 3);
    core.ended(1, true, 1);
    CHECK(effects(core, 1) == "x2");
    core.ended(2, false, 2);
    CHECK(effects(core, 2) == "x0");
    core.ended(0, false, 3);
    CHECK(effects(core, 3) == "s0 s1 s2");
  }
  SUBCASE("rest_for_one restarts it and those after it") {
    Supervision core = started(Strategy::rest_for_one, 3);
    core.ended(1, true, 1);
    CHECK(effects(core, 1) == "x2");
    core.ended(2, false, 2);
    CHECK(effects(core, 2) == "s1 s2");
  }
}

TEST_CASE("a child that ends while it is to be stopped does not count as a failure") {
  Supervision core = started(Strategy::one_for_all, 3, 1);
  core.ended(0, true, 1);
  core.ended(1, true, 1);
  CHECK(effects(core, 1) == "x2");
  core.ended(2, true, 1);
  CHECK(effects(core, 1) == "s0 s1 s2");
  CHECK_FALSE(core.gave_up());
}

TEST_CASE("restart kinds decide whether a child comes back") {
  struct Row {
    Restart restart;
    bool abnormal;
    const char* effects;
  };
  for (const Row& row : {Row{Restart::permanent, true, "s0"},
                         {Restart::permanent, false, "s0"},
                         {Restart::transient, true, "s0"},
                         {Restart::transient, false, "r0"},
                         {Restart::temporary, true, "r0"},
                         {Restart::temporary, false, "r0"}}) {
    Supervision core = started(Strategy::one_for_one, 1);
    core.set_restart(0, row.restart);
    core.ended(0, row.abnormal, 1);
    CHECK(effects(core, 1) == row.effects);
  }
}

TEST_CASE("more restarts than the intensity in the period end the supervisor") {
  Supervision core = started(Strategy::one_for_one, 2, 2, 100);
  core.ended(0, true, 10);
  CHECK(effects(core, 10) == "s0");
  core.ended(0, true, 20);
  CHECK(effects(core, 20) == "s0");
  SUBCASE("a third in the period is too many: the others are stopped") {
    core.ended(0, true, 110);
    CHECK(effects(core, 110) == "r0 x1");
    core.ended(1, false, 111);
    CHECK(effects(core, 111) == "r1 finish");
    CHECK(core.gave_up());
  }
  SUBCASE("restarts older than the period are forgotten") {
    core.ended(0, true, 111);
    CHECK(effects(core, 111) == "s0");
    CHECK_FALSE(core.gave_up());
  }
}

TEST_CASE("a supervisor that is told to end stops its children in reverse order") {
  Supervision core = started(Strategy::one_for_one, 3);
  core.shut_down();
  CHECK(effects(core) == "x2");
  core.ended(2, false, 1);
  CHECK(effects(core) == "r2 x1");
  core.ended(1, true, 2);
  CHECK(effects(core) == "r1 x0");
  core.ended(0, false, 3);
  CHECK(effects(core) == "r0 finish");
  CHECK_FALSE(core.gave_up());
}

TEST_CASE("a child that cannot be created at first ends the supervisor") {
  Supervision core({}, 2);
  CHECK(core.next(0) == Supervision::Effect{Action::start, 0});
  CHECK(core.next(0) == Supervision::Effect{Action::start, 1});
  core.start_failed(1, 0);
  CHECK(effects(core) == "r1 x0");
  core.ended(0, false, 0);
  CHECK(effects(core) == "r0 finish");
  CHECK(core.failed());
}

TEST_CASE("delayed restarts double up to their limit") {
  Supervision core({Strategy::one_for_one, 10, 1000, 10, 40}, 1);
  effects(core);
  std::int64_t now = 0;
  for (const std::int64_t delay : {10, 20, 40, 40}) {
    core.ended(0, true, now);
    CHECK(effects(core, now + delay - 1).empty());
    CHECK(core.next_due_ns() == now + delay);
    now += delay;
    CHECK(effects(core, now) == "s0");
  }
}

namespace {

/// One_for_one, one_for_all and rest_for_one with all children permanent: which children are running in the end.
struct Reference {
  Strategy strategy;
  std::int64_t intensity, period;
  std::vector<bool> running;
  std::vector<std::int64_t> failures;
  bool gave_up = false;

  std::string fail(std::size_t child, std::int64_t now) {
    failures.push_back(now);
    std::erase_if(failures, [&](std::int64_t t) { return now - t > period; });
    gave_up = static_cast<std::int64_t>(failures.size()) > intensity;
    std::string stops, starts;
    for (std::size_t i = running.size(); i-- > 0;) {
      const bool affected =
          gave_up || strategy == Strategy::one_for_all || (strategy == Strategy::rest_for_one && i > child);
      if (i != child && affected) stops += "x" + std::to_string(i);
      if (i == child || affected) starts = "s" + std::to_string(i) + starts;
    }
    return stops + (gave_up ? "finish" : starts);
  }
};

}  // namespace

TEST_CASE("random failures have the effects of the reference") {
  NOODLE_RANDOM(random);
  for (int round = 0; round < 300; ++round) {
    const auto strategy = static_cast<Strategy>(random() % 3);
    const auto children = static_cast<std::uint32_t>(1 + random() % 5);
    const auto intensity = static_cast<std::int64_t>(random() % 4);
    const auto period = static_cast<std::int64_t>(1 + random() % 50);
    Supervision core = started(strategy, children, intensity, period);
    Reference reference{strategy, intensity, period, std::vector<bool>(children, true), {}, false};
    std::int64_t now = 0;
    for (int step = 0; step < 30 && !reference.gave_up; ++step) {
      now += static_cast<std::int64_t>(random() % 30);
      const auto child = static_cast<std::uint32_t>(random() % children);
      const std::string expected = reference.fail(child, now);
      core.ended(child, true, now);
      std::string happened;
      for (auto effect = core.next(now); effect.action != Action::none; effect = core.next(now)) {
        if (effect.action == Action::start) happened += "s" + std::to_string(effect.child);
        if (effect.action == Action::finish) happened += "finish";
        if (effect.action != Action::stop) continue;
        happened += "x" + std::to_string(effect.child);
        core.ended(effect.child, false, now);
      }
      REQUIRE(happened == expected);
    }
    CHECK(core.gave_up() == reference.gave_up);
  }
}

TEST_CASE("a child that fails too often rests alone, then comes back, and only after many rests all end") {
  Supervision core({.intensity = 1, .period_ns = 1000, .quarantine_ns = 500, .quarantines = 2}, 2);
  effects(core);
  std::int64_t now = 0;
  for (int rest = 0; rest < 2; ++rest) {
    core.ended(1, true, ++now);
    CHECK(effects(core, now) == "s1");
    core.ended(1, true, ++now);
    CHECK(core.rests(1));
    CHECK(effects(core, now) == "q1");
    CHECK(core.next_due_ns() == now + 500);
    core.ended(0, true, ++now);  // the other is not held up
    CHECK(effects(core, now) == "s0");
    now += 2000;
    CHECK(effects(core, now) == "s1");
  }
  core.ended(1, true, ++now);
  CHECK(effects(core, now) == "s1");
  core.ended(1, true, ++now);
  CHECK(effects(core, now) == "r1 x0");
  core.ended(0, false, now);
  CHECK(effects(core, now) == "r0 finish");
  CHECK(core.gave_up());
}

TEST_CASE("those that depend on a resting child wait for it") {
  Supervision core({.strategy = Strategy::rest_for_one, .intensity = 0, .quarantine_ns = 500}, 3);
  effects(core);
  core.ended(1, true, 10);
  CHECK(effects(core, 10) == "q1 x2");
  core.ended(2, true, 11);
  CHECK(effects(core, 11).empty());
  CHECK(effects(core, 510) == "s1 s2");
}

TEST_CASE("chance takes at most the share of the jitter from a wait") {
  for (const double chance : {0.0, 0.5, 0.999}) {
    Supervision core({.backoff_ns = 1000, .backoff_limit_ns = 1000, .jitter = 0.4}, 1);
    effects(core);
    core.ended(0, true, 0, chance);
    effects(core, 0);
    CHECK(core.next_due_ns() == 1000 - static_cast<std::int64_t>(400 * chance));
  }
}

TEST_CASE("children are added and removed at any time, and the end of a significant one is the end of all") {
  Supervision core({}, 1);
  CHECK(effects(core) == "s0 ready");
  CHECK(core.add() == 1);
  core.set_restart(1, Restart::transient);
  core.set_significant(1);
  CHECK(effects(core) == "s1");
  core.remove(0);
  CHECK(effects(core) == "x0");
  core.ended(0, true, 1);
  CHECK(effects(core) == "r0");
  CHECK(core.is_gone(0));
  core.ended(1, false, 2);
  CHECK(effects(core) == "r1 finish");
  CHECK_FALSE(core.gave_up());
}

TEST_CASE("a child that is renewed ends and is created again, with those that depend on it, and no failure is booked") {
  Supervision core = started(Strategy::rest_for_one, 2, 0);
  core.renew(0, 1);
  CHECK(effects(core, 1) == "x1");
  core.ended(1, false, 2);
  CHECK(effects(core, 2) == "x0");
  core.ended(0, true, 3);
  CHECK(effects(core, 3) == "s0 s1");
  CHECK_FALSE(core.gave_up());
  core.set_restart(1, Restart::temporary);
  core.renew(1, 4);
  CHECK(effects(core, 4) == "x1");
  core.ended(1, false, 5);
  CHECK(effects(core, 5) == "r1");
}

TEST_CASE("a child that waits for its restart is created at once when it is renewed") {
  Supervision core({Strategy::one_for_one, 5, 1000, 500, 500}, 1);
  effects(core);
  core.ended(0, true, 0);
  CHECK(effects(core, 1).empty());
  core.renew(0, 1);
  CHECK(effects(core, 1) == "s0");
}
