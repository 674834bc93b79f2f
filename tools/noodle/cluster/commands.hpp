// `noodle node` and `noodle up`: nodes as processes. Arguments are parsed by table.cpp. Each returns the exit code.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/noodle/commands.hpp"

namespace CLI {
class App;
}

namespace noodle::tools {

struct NodeCommand {
  std::string name, data, listen;  // empty: as configured
  std::vector<std::string> seeds;
  bool check = false;  // only check the configuration and the identity
  int ready_fd = -1;   // the ready line goes there, as JSON
};
int node_command(const NodeCommand& command, const CommonOptions& common);

struct UpCommand {
  std::string config = "cluster.toml";
  bool fresh = false, detach = false;
  std::uint32_t nodes = 0;  // 0: as the file says
  // Of a cluster that runs; at most one.
  bool status = false, stop = false, logs = false;
  std::string restart, kill;  // names of nodes
  std::uint32_t scale = 0;
  std::vector<std::string> log_nodes;  // with logs; empty: all
  bool follow = false;
};
int up_command(const UpCommand& command, const CommonOptions& common);

/// Where the commands are kept while the command line is parsed and run.
struct ClusterCommands {
  NodeCommand node;
  UpCommand up;
};
/// Adds them to the table of commands.
void add_cluster_commands(CLI::App& app, ClusterCommands& commands, CommonOptions& common, int& exit_code);

}  // namespace noodle::tools
