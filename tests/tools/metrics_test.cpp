// `noodle metrics` on a cluster of real processes: the text is what Prometheus reads, and the guide knows all of it.
#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "tests/tools/local_cluster.hpp"

using namespace noodle::test;
using nlohmann::json;

namespace {

struct Family {
  std::string help, type;
  std::map<std::string, double> series;  // by name and labels
};

/// The families of a text, which has to follow every rule of the format; a rule that is broken fails the test.
std::map<std::string, Family> checked(const std::string& text) {
  static const std::regex kHelp(R"(# HELP ([a-z][a-z0-9_]*) (\S.*))"), kType("# TYPE (\\S+) (counter|gauge|histogram)");
  static const std::regex kSample(
      R"re(([a-z][a-z0-9_]*)(\{[a-z_]+="(?:[^"\\]|\\[\\"n])*"(?:,[a-z_]+="(?:[^"\\]|\\[\\"n])*")*\})? (\S+))re");
  std::map<std::string, Family> families;
  std::string last;
  std::istringstream lines(text);
  CHECK(text.ends_with('\n'));
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    std::smatch part;
    if (std::regex_match(line, part, kHelp)) {
      last = part[1];
      CHECK_MESSAGE(families.try_emplace(last, Family{part[2], {}, {}}).second, "a family comes once");
      continue;
    }
    if (std::regex_match(line, part, kType)) {
      REQUIRE(part[1] == last);
      CHECK(families[last].type.empty());
      CHECK((part[2] == "counter") == last.ends_with("_total"));
      families[last].type = part[2];
      continue;
    }
    REQUIRE(std::regex_match(line, part, kSample));
    REQUIRE(!families[last].type.empty());
    CHECK((part[1] == last || families[last].type == "histogram"));
    const double value = std::stod(part[3]);
    CHECK((std::isfinite(value) && value >= 0));
    CHECK_MESSAGE(families[last].series.emplace(part[1].str() + part[2].str(), value).second, "a series comes once");
  }
  return families;
}

/// A cluster of three nodes that know each other.
struct Running : LocalCluster {
  Running() {
    const CommandResult started = up({"--detach"});
    CAPTURE(started.err);
    REQUIRE(started.exit_code == 0);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (alive() != 3) REQUIRE(std::chrono::steady_clock::now() < until);
  }
  ~Running() { CHECK(up({"--stop"}).exit_code == 0); }

  static CommandResult metrics(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "metrics");
    return run_command(NOODLE_BINARY, arguments);
  }
  static double alive() {
    const CommandResult told = metrics({"--node", "n1"});
    CAPTURE(told.err);
    REQUIRE(told.exit_code == 0);
    return checked(told.out)["noodle_membership_members"].series["noodle_membership_members{state=\"alive\"}"];
  }
};

/// What the guide has to tell of these families, as rows of its table.
std::string table_of(const std::map<std::string, Family>& families) {
  std::string rows;
  for (const auto& [name, family] : families)
    rows += "| `" + name + "` | " + family.type + " | " + family.help + " |\n";
  return rows;
}

}  // namespace

TEST_CASE("noodle metrics gives what every node counts, as Prometheus reads it") {
  const Running cluster;
  const CommandResult told = Running::metrics({"--all"});
  CAPTURE(told.err);
  REQUIRE(told.exit_code == 0);
  auto families = checked(told.out);
  for (const char* node : {"n1", "n2", "n3"}) {
    CAPTURE(node);
    const std::string label = std::string("{node=\"") + node + "\"}";
    CHECK(families["noodle_process_resident_memory_bytes"].series["noodle_process_resident_memory_bytes" + label] >
          1e6);
    CHECK(families["noodle_distribution_messages_sent_total"].series.contains(
        "noodle_distribution_messages_sent_total" + label));
    CHECK(families["noodle_audit_records_total"].series["noodle_audit_records_total" + label] >= 1);
  }
  if (run_command("/bin/sh", {"-c", "command -v promtool"}).exit_code == 0) {
    const CommandResult verdict = run_command("/usr/bin/env", {"promtool", "check", "metrics"}, told.out);
    CAPTURE(verdict.out);
    CAPTURE(verdict.err);
    CHECK(verdict.exit_code == 0);
    CHECK(verdict.err.empty());
  }

  // One row of JSON for each sample.
  const CommandResult rows = Running::metrics({"--node", "n2", "--json"});
  CHECK(rows.exit_code == 0);
  std::istringstream lines(rows.out);
  std::set<std::string> names;
  for (std::string line; std::getline(lines, line);) {
    const json row = json::parse(line);
    CHECK(row["value"].is_number());
    CHECK(row["labels"].is_object());
    names.insert(row["name"]);
  }
  CHECK(names.contains("noodle_vm_processes"));
  CHECK(Running::metrics({"--node", "nobody"}).err.find("error 6107") != std::string::npos);

  const CommandResult table = run_command(NOODLE_BINARY, {"exec", "--node", "n1", ":metrics n2 noodle_audit"});
  CHECK(table.out.find("noodle_audit_records_total") != std::string::npos);
  CHECK(table.out.find("noodle_vm") == std::string::npos);
}

TEST_CASE("a node that does not answer is told, and the others are there (exit code 1)") {
  const Running cluster;
  const pid_t process = cluster.status().at("n3").pid;
  REQUIRE(kill(process, SIGSTOP) == 0);
  const CommandResult told = Running::metrics({"--node", "n1", "--all"});
  REQUIRE(kill(process, SIGCONT) == 0);
  CHECK(told.exit_code == 1);
  CHECK(told.err.find(": n3: ") != std::string::npos);
  CHECK(checked(told.out)["noodle_process_threads"].series.size() == 2);
}

TEST_CASE("docs/guide/monitoring.md has every metric (UPDATE_GOLDEN=1 writes it)") {
  const Running cluster;
  const CommandResult told = Running::metrics({"--node", "n1"});
  const std::string path = std::string(NOODLE_SOURCE_DIR) + "/docs/guide/monitoring.md";
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string head = "| metric | kind | |\n|---|---|---|\n";
  const std::size_t start = text.find(head);
  REQUIRE(start != std::string::npos);
  const std::size_t end = std::min(text.find("\n\n", start), text.size() - 1) + 1;
  const std::string expected = head + table_of(checked(told.out));
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << text.replace(start, end - start, expected);
  } else {
    CHECK(text.substr(start, end - start) == expected);
  }
}
