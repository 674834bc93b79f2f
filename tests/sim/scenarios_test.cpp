// The acceptance list: every scenario file keeps its invariants, under its own seed and the next.
#include <doctest/doctest.h>

#include <algorithm>
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

Error error_of(const std::string& text) {
  const auto scenario = sim::parse_scenario(text, "test.toml");
  REQUIRE_FALSE(scenario.ok());
  return scenario.error();
}

}  // namespace

TEST_CASE("every scenario of the acceptance list keeps its invariants") {
  const auto files = scenario_files();
  REQUIRE(files.size() >= 14);
  for (const std::string& file : files) {
    const auto scenario = sim::read_scenario(file);
    REQUIRE_MESSAGE(scenario.ok(), scenario.error().to_string());
    REQUIRE_FALSE(scenario->invariants.empty());
    for (std::uint64_t seed = scenario->seed; seed < scenario->seed + (test::kSanitized ? 1 : 2); ++seed) {
      auto world = sim::World::make(*scenario, seed);
      REQUIRE(world.ok());
      (*world)->run();
      CHECK((*world)->figures().commits > 0);
      if (scenario->leases) CHECK((*world)->figures().last_token > 5);  // it went from hand to hand
      for (const auto& violation : (*world)->violations()) {
        CAPTURE(scenario->name);
        CAPTURE(seed);
        CAPTURE(violation.at_ns / 1'000'000);
        FAIL_CHECK(violation.invariant << ": " << violation.what);
      }
    }
  }
}

TEST_CASE("the same scenario and seed give the same run, another seed another one") {
  const auto scenario =
      sim::read_scenario(std::string(NOODLE_SOURCE_DIR) + "/tests/sim/scenarios/split_brain_quarantine.toml");
  REQUIRE(scenario.ok());
  const auto trace = [&](std::uint64_t seed) {
    auto world = sim::World::make(*scenario, seed);
    REQUIRE(world.ok());
    (*world)->run();
    return (*world)->trace_hash();
  };
  const auto first = trace(5);
  CHECK(trace(5) == first);
  CHECK(trace(6) != first);
}

TEST_CASE("invariants can be violated: a partition is a death to who counts it as one, a lost crash is not detected") {
  const auto violated = [](const std::string& text) {
    const auto scenario = sim::parse_scenario(text, "test.toml");
    REQUIRE_MESSAGE(scenario.ok(), scenario.error().to_string());
    auto world = sim::World::make(*scenario, 1);
    (*world)->run();
    return (*world)->violations().empty() ? std::string() : (*world)->violations()[0].invariant;
  };
  const std::string cut = "nodes = 5\nduration = '20s'\n[[fault]]\nkind = 'isolate'\nat = '5s'\nnodes = [2]\n";
  CHECK(violated("invariants = ['no_death']\n" + cut) == "no_death");
  CHECK(violated("invariants = ['views_agree']\n" + cut) == "views_agree");
  CHECK(violated("invariants = ['no_false_death']\n" + cut + "disturbs = false\n") == "no_false_death");
  const std::string crash = "nodes = 5\nduration = '20s'\n[[fault]]\nkind = 'power_off'\nat = '5s'\nnodes = [2]\n";
  CHECK(violated("detect_within = '500ms'\ninvariants = ['detected_in_time']\n" + crash) == "detected_in_time");
  CHECK(violated("nodes = 4\nleases = true\nduration = '1m'\ninvariants = ['one_singleton']\n").empty());
  CHECK(violated("detect_within = '4s'\ninvariants = ['detected_in_time']\n" + crash).empty());
}

TEST_CASE("scenario files are refused with 6140 and the key") {
  CHECK(error_of("nodes = ").code == Code::scenario_invalid);
  CHECK(error_of("nodes = 0").message == "test.toml: `nodes` has to be a number from 1 to 10000");
  CHECK(error_of("node = 3").message == "test.toml: `node` is not known; did you mean `nodes`?");
  CHECK(error_of("[[fault]]\nkind = 'partion'").message ==
        "test.toml: fault 1: `kind` `partion` is unknown; did you mean `partition`?");
  CHECK(error_of("[[fault]]\nkind = 'crash'\nnodes = [3]").message.find("does not exist") != std::string::npos);
  CHECK(error_of("[[fault]]\nkind = 'crash'\nat = '5'\nnodes = [1]").message.find("duration") != std::string::npos);
  CHECK(error_of("invariants = ['none_such']").message.find("none_such") != std::string::npos);
  CHECK(sim::read_scenario("/nonexistent.toml").error().code == Code::file_not_found);
  CHECK(*sim::parse_duration_ns("1.5s") == 1'500'000'000);
  CHECK(*sim::parse_duration_ns("-1h") == -3'600'000'000'000);
  CHECK_FALSE(sim::parse_duration_ns("5"));
}
