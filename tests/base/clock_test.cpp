#include "runtime/base/clock.hpp"

#include <doctest/doctest.h>

using namespace noodle;

TEST_CASE("the system clock does not go back and knows the century") {
  const Clock& clock = system_clock();
  const auto first = clock.monotonic_ns();
  CHECK(clock.monotonic_ns() >= first);
  CHECK(clock.wall_ns() > 1'600'000'000'000'000'000);
}

TEST_CASE("a manual clock stands still until told otherwise") {
  ManualClock clock(5, 100);
  CHECK(clock.monotonic_ns() == 5);
  CHECK(clock.wall_ns() == 100);
  clock.advance_ns(10);
  CHECK(clock.monotonic_ns() == 15);
  CHECK(clock.wall_ns() == 110);
  clock.set_wall_ns(7);
  CHECK(clock.monotonic_ns() == 15);
  CHECK(clock.wall_ns() == 7);
}
