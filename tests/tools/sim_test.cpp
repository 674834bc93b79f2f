// `noodle sim` as its users meet it.
#include <doctest/doctest.h>

#include "tests/support/run_command.hpp"

using noodle::test::CommandResult;
using noodle::test::TemporaryFolder;

namespace {

CommandResult noodle_run(const std::vector<std::string>& arguments) {
  return noodle::test::run_command(NOODLE_BINARY, arguments);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The part of a run's report that its seed determines: not how long it took.
std::string trace_of(const std::string& text) {
  const std::size_t at = text.find("trace ");
  return at == text.npos ? "none" : text.substr(at, 22);
}

constexpr const char* kCrash = R"(name = "Crash"
nodes = 5
duration = "20s"
detect_within = "3s"
invariants = ["no_false_death", "detected_in_time"]

[[fault]]
kind = "power_off"
at = "5s"
nodes = [2]
)";

}  // namespace

TEST_CASE("a scenario is simulated: the same seed gives the same run, and what happens can be told") {
  const TemporaryFolder folder;
  const std::string scenario = folder.write("crash.toml", kCrash);
  const CommandResult run = noodle_run({"sim", scenario, "--seed", "7", "--runs", "2"});
  CAPTURE(run.err);
  CHECK(run.exit_code == 0);
  CHECK(contains(run.out, "Crash, seed 7: 5 nodes, 20.000 s of their time"));
  CHECK(contains(run.out, "Crash, seed 8: "));
  CHECK(contains(run.out, "all invariants kept"));
  CHECK(contains(run.out, "an end was known to others after p50"));
  CHECK(trace_of(noodle_run({"sim", scenario, "--seed", "7"}).out) == trace_of(run.out));
  CHECK(trace_of(noodle_run({"sim", scenario, "--seed", "8"}).out) != trace_of(run.out));
  CHECK(contains(noodle_run({"sim", scenario, "--events"}).out, " s  "));
  const CommandResult json = noodle_run({"sim", scenario, "--nodes", "8", "--json"});
  CHECK(contains(json.out, R"("nodes":8)"));
  CHECK(contains(json.out, R"("violations":[])"));
}

TEST_CASE("a violated invariant is named with its time and seed, and is exit code 1") {
  const TemporaryFolder folder;
  std::string text = kCrash;
  text.replace(text.find("3s"), 2, "300ms");
  const std::string scenario = folder.write("crash.toml", text);
  const CommandResult run = noodle_run({"sim", scenario, "--seed", "3"});
  CHECK(run.exit_code == 1);
  CHECK(contains(run.out, "VIOLATED"));
  CHECK(contains(run.err, "error 6141: detected_in_time: "));
  CHECK(contains(run.err, "; seed 3"));
  const CommandResult json = noodle_run({"sim", scenario, "--json"});
  CHECK(json.exit_code == 1);
  CHECK(contains(json.out, R"("invariant":"detected_in_time")"));
}

TEST_CASE("a scenario file that is none is refused with its key") {
  const TemporaryFolder folder;
  const CommandResult wrong = noodle_run({"sim", folder.write("a.toml", "node = 3")});
  CHECK(wrong.exit_code == 2);
  CHECK(contains(wrong.err, "error 6140: "));
  CHECK(contains(wrong.err, "did you mean `nodes`?"));
  CHECK(noodle_run({"sim", folder.path() + "/none.toml"}).exit_code == 2);
}
