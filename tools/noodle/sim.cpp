// `noodle sim`: clusters in virtual time, by scenario and seed.
#include <chrono>
#include <cstdio>
#include <iostream>

#include "messages/exit_code.hpp"
#include "tools/noodle/commands.hpp"
#include "tools/noodle/console.hpp"
#include "tools/sim/world.hpp"

namespace noodle::tools {

namespace {

std::string seconds(std::int64_t ns) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f s", static_cast<double>(ns) / 1e9);
  return text;
}

std::string milliseconds(const sim::Distribution& d) {
  char text[96];
  std::snprintf(text, sizeof text, "p50 %.0f ms, p99 %.0f ms, longest %.0f ms, of %zu", d.p50_ms, d.p99_ms, d.max_ms,
                d.count);
  return text;
}

std::string json(const sim::Distribution& d) {
  char text[128];
  std::snprintf(text, sizeof text, R"({"count":%zu,"p50_ms":%.3f,"p99_ms":%.3f,"max_ms":%.3f})", d.count, d.p50_ms,
                d.p99_ms, d.max_ms);
  return text;
}

void print_json(const sim::Scenario& scenario, std::uint64_t seed, sim::World& world, double cpu_seconds) {
  const sim::Figures& f = world.figures();
  std::cout << R"({"scenario":)" << json_string(scenario.name) << R"(,"seed":)" << seed << R"(,"nodes":)"
            << scenario.nodes << R"(,"virtual_seconds":)" << static_cast<double>(world.now_ns()) / 1e9
            << R"(,"seconds":)" << cpu_seconds << R"(,"events":)" << f.events << R"(,"datagrams":)" << f.datagrams
            << R"(,"datagram_bytes":)" << f.datagram_bytes << R"(,"suspicions":)" << f.suspicions << R"(,"deaths":)"
            << f.deaths << R"(,"false_deaths":)" << f.false_deaths << R"(,"rejoins":)" << f.rejoins
            << R"(,"detection":)" << json(f.detection) << R"(,"first_detection":)" << json(f.first_detection)
            << R"(,"trace":")" << std::hex << world.trace_hash() << std::dec << R"(","violations":[)";
  bool first = true;
  for (const sim::Violation& violation : world.violations()) {
    std::cout << (std::exchange(first, false) ? "" : ",") << R"({"invariant":)" << json_string(violation.invariant)
              << R"(,"what":)" << json_string(violation.what) << R"(,"at_seconds":)"
              << static_cast<double>(violation.at_ns) / 1e9 << "}";
  }
  std::cout << "]}" << std::endl;
}

void print(const sim::Scenario& scenario, std::uint64_t seed, sim::World& world, double cpu_seconds) {
  const sim::Figures& f = world.figures();
  const bool kept = world.violations().empty();
  std::cout << scenario.name << ", seed " << seed << ": " << scenario.nodes << " nodes, " << seconds(world.now_ns())
            << " of their time in " << seconds(static_cast<std::int64_t>(cpu_seconds * 1e9)) << ", " << f.events
            << " events, " << (kept ? "all invariants kept" : "VIOLATED") << ", trace " << std::hex
            << world.trace_hash() << std::dec << "\n";
  std::cout << "  deaths told " << f.deaths << ", false ones " << f.false_deaths << ", suspicions " << f.suspicions
            << ", rejoins " << f.rejoins << "\n";
  if (f.detection.count != 0) std::cout << "  an end was known to others after " << milliseconds(f.detection) << "\n";
  std::cout << std::flush;
}

}  // namespace

int sim_command(const SimCommand& command, const CommonOptions& common) {
  auto scenario = sim::read_scenario(command.scenario);
  if (!scenario) {
    print_error(scenario.error(), common.json);
    return kExitCompile;
  }
  if (command.nodes != 0) scenario->nodes = command.nodes;
  bool kept = true;
  for (std::uint32_t run = 0; run < command.runs; ++run) {
    const std::uint64_t seed = (command.has_seed ? command.seed : scenario->seed) + run;
    auto world = sim::World::make(*scenario, seed);
    if (!world) {
      print_error(world.error(), common.json);
      return kExitCompile;
    }
    if (command.events) {
      (*world)->listen([&common](std::int64_t at_ns, const std::string& what) {
        if (common.json) {
          std::cout << R"({"at_seconds":)" << static_cast<double>(at_ns) / 1e9 << R"(,"what":)" << json_string(what)
                    << "}\n";
        } else {
          std::cout << seconds(at_ns) << "  " << what << "\n";
        }
      });
    }
    const auto begin = std::chrono::steady_clock::now();
    (*world)->run();
    const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    (common.json ? print_json : print)(*scenario, seed, **world, took);
    for (const sim::Violation& violation : (*world)->violations()) {
      kept = false;
      if (common.json) continue;  // they stand in the object of the run
      print_error({Code::invariant_violated,
                   violation.invariant + ": " + violation.what + " at " + seconds(violation.at_ns) + "; seed " +
                       std::to_string(seed),
                   {}},
                  false);
    }
  }
  return kept ? kExitOk : kExitUncaught;
}

}  // namespace noodle::tools
