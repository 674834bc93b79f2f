#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "runtime/run/profile_report.hpp"
#include "tests/process/program_fixture.hpp"

using namespace noodle;
using process::Profile;
using process::ProfileRow;

namespace {

constexpr const char* kProgram = R"(
func three(n: int): int {
  let s = 0;
  for (k in 0..<3000) { s += k % 5; }
  return s + n;
}
func one(n: int): int {
  let s = 0;
  for (k in 0..<1000) { s += k % 5; }
  return s + n;
}
actor Worker {
  on work(n: int): int {
    let s = 0;
    for (i in 0..<n) { s += three(i) + one(i); }
    return s;
  }
}
func main() {
  let worker = spawn Worker();
  print(ask worker.work(200));
}
)";

Profile profile_of(const std::string& text, unsigned workers = 1, std::int64_t period = 97,
                   jit::Mode jit = jit::Mode::on, std::int64_t slice = 4000) {
  Profile profile;
  profile.period = period;
  process::RunOptions options;
  options.profile = &profile;
  options.jit = jit;
  options.slice_fuel = slice;
  test::run_text(text, workers, options);
  return profile;
}

const ProfileRow& row(const std::vector<ProfileRow>& rows, const std::string& function, std::uint32_t line = 0) {
  for (const ProfileRow& one : rows) {
    if (one.function == function && one.line == line) return one;
  }
  throw std::runtime_error("no row for " + function);
}

double share(std::uint64_t part, const Profile& profile) {
  return static_cast<double>(part) / static_cast<double>(profile.samples);
}

}  // namespace

TEST_CASE("a profile tells functions, lines and actors by the fuel they burn") {
  const Profile profile = profile_of(kProgram);
  CHECK(profile.samples > 7000);  // 800 000 rounds
  const auto functions = rows_by_function(profile);
  CHECK(share(row(functions, "three").self, profile) == doctest::Approx(0.75).epsilon(0.02));
  CHECK(share(row(functions, "one").self, profile) == doctest::Approx(0.25).epsilon(0.02));
  CHECK(share(row(functions, "Worker.work").total, profile) > 0.99);
  CHECK(share(row(functions, "Worker.work").self, profile) < 0.01);
  CHECK(functions.front().function == "three");
  CHECK(row(rows_by_line(profile), "Worker.work", 15).total > profile.samples * 99 / 100);
  CHECK(share(row(rows_by_actor(profile), "Worker").total, profile) > 0.99);
}

TEST_CASE("on one worker a profile is the same each time, interpreted, compiled and in other slices") {
  const std::string once = profile_json(profile_of(kProgram));
  CHECK(once == profile_json(profile_of(kProgram)));
  CHECK(once == profile_json(profile_of(kProgram, 1, 97, jit::Mode::off)));
  CHECK(once == profile_json(profile_of(kProgram, 1, 97, jit::Mode::eager)));
}

TEST_CASE("taking a profile changes neither fuel nor result") {
  Profile profile;
  profile.period = 13;
  process::RunOptions options;
  const auto plain = test::run_text(kProgram, 1, options);
  options.profile = &profile;
  const auto profiled = test::run_text(kProgram, 1, options);
  CHECK(plain.output == profiled.output);
  CHECK(plain.result.statistics.fuel == profiled.result.statistics.fuel);
  CHECK(plain.result.statistics.slices == profiled.result.statistics.slices);
  CHECK(profile.samples == plain.result.statistics.fuel / 13);
}

TEST_CASE("natives and collections count for the function that causes them") {
  const Profile profile = profile_of(R"(
func sorts(): int {
  let xs = (0..<50000).map(x => x * 7919 % 50021);
  let total = 0;
  for (i in 0..<4) { total += xs.copy().reverse()[i]; }
  return total;
}
func keeps(): int {
  let all: List<List<int>> = [];
  for (i in 0..<20000) { all.push([i, i, i, i]); }
  return all.length;
}
print(sorts(), keeps());
)",
                                     1, 101);
  const auto functions = rows_by_function(profile);
  CHECK(row(functions, "sorts").self > 10);
  CHECK(row(functions, "keeps").self * 101 > 20000);
}

TEST_CASE("workers' profiles are one, deep recursion is cut, and the end of a program is no obstacle") {
  const Profile two = profile_of(kProgram, 2);
  CHECK(share(row(rows_by_function(two), "three").self, two) == doctest::Approx(0.75).epsilon(0.02));
  const Profile deep =
      profile_of("func down(n: int): int { return n == 0 ? 0 : 1 + down(n - 1); }\nprint(down(50000));\n");
  CHECK(row(rows_by_function(deep), "down").total == deep.samples);
  CHECK(deep.nodes.size() < 200);
  CHECK(profile_of("print(1);\n").samples == 0);
  CHECK(profile_of("print(1 / int(0.0));\n", 1, 1).samples > 0);
  CHECK(profile_table(Profile()).find("before the first sample") != std::string::npos);
}

TEST_CASE("a profile has a bound on its stacks") {
  process::ProfileBuilder builder(1);
  std::uint32_t node = builder.child(Profile::kNone, builder.frame({"root", "", 0}));
  const std::uint32_t root = node;
  for (std::uint32_t i = 0; i < 300'000; ++i) {
    node = builder.child(root, i);
    builder.count(node, 1);
  }
  CHECK(builder.profile().nodes.size() == 200'000);
  CHECK(builder.profile().samples == 300'000);
}

TEST_CASE("table, JSON and flame graph show what was sampled, with names escaped") {
  process::ProfileBuilder builder(9973);
  const std::uint32_t root = builder.child(Profile::kNone, builder.frame({"main", "", 0}));
  const std::uint32_t call = builder.child(root, builder.frame({"call<int>", "a\"&.nc", 3}));
  const std::uint32_t other = builder.child(root, builder.frame({"call<int>", "a\"&.nc", 5}));
  builder.count(builder.child(call, builder.frame({"leaf", "a.nc", 9})), 3);
  builder.count(other, 1);
  const Profile& profile = builder.profile();
  CHECK(profile_table(profile).find("  25.0 %  100.0 %  call<int> (a\"&.nc)\n") != std::string::npos);
  const auto json = nlohmann::json::parse(profile_json(profile));
  CHECK(json["samples"] == 4);
  CHECK(json["functions"][0]["name"] == "leaf");
  CHECK(json["lines"].size() == 3);
  const std::string svg = flame_graph(profile);
  CHECK(svg.find("<title>call&lt;int&gt; (a&quot;&amp;.nc): 4 samples, 100.00 %</title>") != std::string::npos);
  CHECK(svg.find("call<int>") == std::string::npos);
  CHECK(svg.find("http://www.w3.org/2000/svg") == svg.find("http"));  // the namespace is the only address
  CHECK(svg.find("http", svg.find("http") + 1) == std::string::npos);
}
