// A cluster of real processes in a folder of its own, with contexts of its own.
#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/run_command.hpp"
#include "tests/support/temporary_folder.hpp"

namespace noodle::test {

struct LocalCluster {
  TemporaryFolder folder;
  std::string config = folder.write("cluster.toml",
                                    "[cluster]\nname = \"demo\"\n[[node]]\nname = \"n\"\ncount = 3\n"
                                    "[vm]\nworkers = 1\n[log]\nlevel = \"INFO\"\n");
  LocalCluster() { setenv("NOODLE_CONTEXTS", (folder.path() + "/contexts.toml").c_str(), 1); }
  ~LocalCluster() { unsetenv("NOODLE_CONTEXTS"); }

  CommandResult up(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"up", config});
    return run_command(NOODLE_BINARY, arguments);
  }
  /// By name of the node, as --status --json tells.
  std::map<std::string, nlohmann::json> status() const {
    std::map<std::string, nlohmann::json> nodes;
    const CommandResult told = up({"--status", "--json"});
    CAPTURE(told.err);
    REQUIRE(told.exit_code == 0);
    for (std::size_t from = 0, end; (end = told.out.find('\n', from)) != std::string::npos; from = end + 1) {
      const nlohmann::json node = nlohmann::json::parse(told.out.substr(from, end - from));
      nodes[node["name"]] = node;
    }
    return nodes;
  }
  std::string log(const std::string& node) const {
    std::ifstream file(folder.path() + "/.noodle/logs/" + node + ".log");
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

}  // namespace noodle::test
