#include "tests/tools/local_cluster.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

namespace noodle::test {

LocalCluster::LocalCluster()
    : config(folder.write("cluster.toml",
                          "[cluster]\nname = \"demo\"\n[[node]]\nname = \"n\"\ncount = 3\n"
                          "[vm]\nworkers = 1\n[log]\nlevel = \"INFO\"\n")) {
  setenv("NOODLE_CONTEXTS", (folder.path() + "/contexts.toml").c_str(), 1);
}

LocalCluster::~LocalCluster() {
  unsetenv("NOODLE_CONTEXTS");
}

CommandResult LocalCluster::up(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {"up", config});
  return run_command(NOODLE_BINARY, arguments);
}

std::map<std::string, NodeStatus> LocalCluster::status() const {
  std::map<std::string, NodeStatus> nodes;
  const CommandResult told = up({"--status", "--json"});
  CAPTURE(told.err);
  REQUIRE(told.exit_code == 0);
  for (std::size_t from = 0, end; (end = told.out.find('\n', from)) != std::string::npos; from = end + 1) {
    const nlohmann::json node = nlohmann::json::parse(told.out.substr(from, end - from));
    nodes[node["name"]] = {node["state"], node["id"], node["pid"], node["port"], node["incarnation"], node["restarts"]};
  }
  return nodes;
}

std::string LocalCluster::log(const std::string& node) const {
  std::ifstream file(folder.path() + "/.noodle/logs/" + node + ".log");
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace noodle::test
