#include "runtime/schedule/timer_wheel.hpp"

#include <doctest/doctest.h>

#include <map>

#include "tests/process/random_seed.hpp"

namespace {

using namespace noodle::process;

constexpr std::int64_t kTick = 1 << 14;

}  // namespace

TEST_CASE("a timer fires at its tick and not before") {
  for (const std::int64_t due :
       {std::int64_t{1}, kTick, 100 * kTick + 5, 64 * 64 * kTick, 1'000'000'000'000L, 400'000'000'000'000L}) {
    TimerWheel wheel(0);
    Timer timer;
    wheel.arm(timer, due);
    int fired = 0;
    const auto fire = [&fired](Timer&) { ++fired; };
    CHECK(wheel.next_due_ns() >= kTick);
    wheel.advance(due - 1 - (due - 1) % kTick, fire);
    CHECK(fired == 0);
    wheel.advance(due + kTick, fire);
    CHECK(fired == 1);
    CHECK(wheel.next_due_ns() == TimerWheel::kNever);
  }
}

TEST_CASE("a disarmed or moved timer does not fire at its old time") {
  TimerWheel a(0), b(0);
  Timer timer;
  int fired = 0;
  const auto fire = [&fired](Timer&) { ++fired; };
  a.arm(timer, 10 * kTick);
  b.arm(timer, 20 * kTick);
  a.advance(15 * kTick, fire);
  CHECK(fired == 0);
  TimerWheel::disarm(timer);
  b.advance(30 * kTick, fire);
  CHECK(fired == 0);
}

TEST_CASE("random timers fire once, in time, whatever the steps of the clock") {
  NOODLE_RANDOM(random);
  for (int round = 0; round < 20; ++round) {
    std::int64_t now = static_cast<std::int64_t>(random() % 1'000'000'000'000);
    TimerWheel wheel(now);
    std::vector<Timer> timers(200);
    std::map<Timer*, std::int64_t> armed;  // due
    for (int step = 0; step < 2000; ++step) {
      Timer& timer = timers[random() % timers.size()];
      switch (random() % 4) {
        case 0:
        case 1: {
          const std::int64_t due = now + static_cast<std::int64_t>(random() % (1ull << (10 + random() % 40)));
          wheel.arm(timer, due);
          armed[&timer] = due;
          break;
        }
        case 2:
          TimerWheel::disarm(timer);
          armed.erase(&timer);
          break;
        default: {
          now += static_cast<std::int64_t>(random() % (1ull << (10 + random() % 32)));
          wheel.advance(now, [&](Timer& fired) {
            REQUIRE(armed.count(&fired) == 1);
            CHECK(armed[&fired] <= now);
            armed.erase(&fired);
          });
          for (const auto& [late, due] : armed) CHECK(due + kTick > now);
          std::int64_t first = TimerWheel::kNever;
          for (const auto& [other, due] : armed) first = std::min(first, due);
          if (first != TimerWheel::kNever) CHECK(wheel.next_due_ns() < first + kTick);
        }
      }
    }
  }
}
