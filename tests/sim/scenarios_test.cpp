// The acceptance list: every scenario file keeps its invariants, under its own seed and some others.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/scale.hpp"
#include "tools/sim/world.hpp"

using namespace noodle;

namespace {

std::vector<std::string> scenario_files() {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(NOODLE_SOURCE_DIR) + "/tests/sim/scenarios")) {
    files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

TEST_CASE("every scenario of the acceptance list keeps its invariants") {
  for (const std::string& file : scenario_files()) {
    const auto scenario = sim::read_scenario(file);
    REQUIRE_MESSAGE(scenario.ok(), scenario.error().to_string());
    const auto seeds = static_cast<std::uint64_t>(test::scaled(3));
    for (std::uint64_t seed = scenario->seed; seed < scenario->seed + seeds; ++seed) {
      auto world = sim::World::make(*scenario, seed);
      REQUIRE(world.ok());
      (*world)->run();
      const auto& figures = (*world)->figures();
      std::printf(
          "%s seed %llu: %llu events, %llu suspicions, %llu deaths (%llu false), %llu rejoins, detection p50 %.0f p99 "
          "%.0f max %.0f ms\n",
          scenario->name.c_str(), (unsigned long long)seed, (unsigned long long)figures.events,
          (unsigned long long)figures.suspicions, (unsigned long long)figures.deaths,
          (unsigned long long)figures.false_deaths, (unsigned long long)figures.rejoins, figures.detection.p50_ms,
          figures.detection.p99_ms, figures.detection.max_ms);
      for (const auto& violation : (*world)->violations()) {
        CAPTURE(scenario->name);
        CAPTURE(seed);
        CAPTURE(violation.at_ns / 1'000'000);
        FAIL_CHECK(violation.invariant << ": " << violation.what);
      }
    }
  }
}
