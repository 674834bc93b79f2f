// The part of the table of commands that is about nodes as processes; see cli.cpp.
#include <CLI/CLI.hpp>

#include "tools/noodle/cluster/commands.hpp"

namespace noodle::tools {
namespace {

constexpr const char* kUpFooter = R"(
CONFIG (default cluster.toml) describes the cluster; examples/cluster.toml explains it. Everything that is made lies in
.noodle beside it: CA, certificates, data, logs. While the cluster runs, its context is the one in use.

  noodle up cluster.toml              start it, watch it, stop it with Ctrl-C
  noodle up cluster.toml --detach     the same in the background
  noodle up cluster.toml --status     what runs
  noodle up cluster.toml --kill n2    as if n2 crashed; it is started again
  noodle up cluster.toml --stop)";

void add_node(CLI::App& app, NodeCommand& node, CommonOptions& common, int& exit_code) {
  auto* command = app.add_subcommand("node", "Be a node of a cluster, until SIGTERM or Ctrl-C");
  command->add_option("--config", common.config, "Configuration file (TOML or JSON); see docs/configuration.md");
  command->add_option("--name", node.name, "Name of the node (default: the one in its certificate)");
  command->add_option("--data", node.data, "Data folder");
  command->add_option("--listen", node.listen, "HOST:PORT of links; port 0: any that is free");
  command->add_option("--seed", node.seeds, "HOST:PORT of a node to ask for the others; may be repeated")
      ->allow_extra_args(false);
  command->add_flag("--check", node.check, "Only check the configuration and the certificate");
  command->add_option("--ready-fd", node.ready_fd, "File descriptor that gets the ready line, as JSON, and is closed");
  command->add_flag("--json", common.json, "Machine-readable output, one JSON object a line");
  command->footer(
      "\nSIGHUP reads the configuration again: log, certificate, trust and gossip keys change at once, the rest counts "
      "from the next start.");
  command->callback([&] { exit_code = node_command(node, common); });
}

void add_up(CLI::App& app, UpCommand& up, CommonOptions& common, int& exit_code) {
  auto* command = app.add_subcommand("up", "Start a cluster of processes on this machine, and steer it");
  command->footer(kUpFooter);
  command->add_option("config", up.config, "Cluster file (default: cluster.toml)");
  command->add_flag("--fresh", up.fresh, "Forget certificates, data and logs of earlier runs first");
  command->add_flag("--detach", up.detach, "Return when all nodes are ready; the cluster stays in the background");
  command->add_option("--nodes", up.nodes, "How many nodes, in place of what CONFIG says")->check(CLI::Range(1, 200));
  auto* steer = command->add_option_group("a cluster that runs");
  steer->add_flag("--status", up.status, "Show its nodes");
  steer->add_flag("--stop", up.stop, "Stop all nodes in order");
  steer->add_option("--restart", up.restart, "Stop this node in order and start it again")->type_name("NODE");
  steer->add_option("--kill", up.kill, "Kill this node as a crash would (SIGKILL); it is started again")
      ->type_name("NODE");
  steer->add_option("--scale", up.scale, "Have so many nodes from now on")->check(CLI::Range(1, 200));
  auto* logs = steer->add_option("--logs", up.log_nodes, "Print the logs of these nodes; none: of all");
  logs->expected(0, 200)->type_name("[NODE]");
  steer->require_option(0, 1);
  command->add_flag("-f,--follow", up.follow, "With --logs: go on as they grow");
  command->add_flag("--json", common.json, "Machine-readable output, one JSON object a line");
  command->callback([&, logs] {
    up.logs = logs->count() != 0;
    // CLI11 gives an empty text where none was given.
    std::erase_if(up.log_nodes, [](const std::string& node) { return node.empty() || node == "{}"; });
    exit_code = up_command(up, common);
  });
}

}  // namespace

void add_cluster_commands(CLI::App& app, ClusterCommands& commands, CommonOptions& common, int& exit_code) {
  add_node(app, commands.node, common, exit_code);
  add_up(app, commands.up, common, exit_code);
}

}  // namespace noodle::tools
