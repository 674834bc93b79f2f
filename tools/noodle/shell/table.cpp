// The commands about a running cluster in the command line.
#include <CLI/CLI.hpp>

#include "tools/noodle/shell/commands.hpp"

namespace noodle::tools {

namespace {

constexpr const char* kMetricsFooter = R"(
  noodle metrics                      of the node that answers first
  noodle metrics --node beta          of this one
  noodle metrics --all > nodes.prom   of all; exit code 1 when one did not answer
  noodle metrics --all --json         one JSON object a sample: name, type, labels, value

docs/guide/monitoring.md tells what there is and how Prometheus gets it.)";

}  // namespace

void add_shell_commands(CLI::App& app, ShellCommand& command, CommonOptions& common, int& exit_code) {
  const auto add = [&](CLI::App& to, const char* name, const char* help) {
    CLI::App* const made = to.add_subcommand(name, help);
    made->add_option("--context", command.context, "Cluster to work with (default: the current context)");
    made->add_flag("--json", common.json, "Machine-readable output, one JSON object a line");
    return made;
  };
  auto* shell = add(app, "shell", "Work on a running cluster: look at its actors, stop them, try the language there");
  shell->add_option("node", command.node, "Name of a node or ADDRESS:PORT (default: any of the context)");
  shell->callback([&] { exit_code = shell_command(command, common); });

  auto* exec = add(app, "exec", "Run inputs and `:` commands on a node, for scripts; without any: standard input");
  exec->add_option("-e", command.inputs, "One input; may be repeated")->type_name("TEXT");
  exec->add_option("inputs", command.inputs, "Inputs, one after another, such as ':tree' or '1 + 1'")
      ->type_name("TEXT");
  exec->add_option("--node", command.node, "Name of a node or ADDRESS:PORT");
  exec->callback([&] { exit_code = exec_command(command, common); });

  auto* nodes = add(app, "nodes", "The nodes of a cluster; drain, cordon, uncordon or leave one");
  nodes->require_subcommand(0, 1);
  nodes->callback([&, nodes] {
    if (nodes->get_subcommands().empty()) exit_code = nodes_command("", command, common);
  });
  const std::pair<const char*, const char*> acts[] = {{"drain", "Take no new work and let go of what there is"},
                                                      {"cordon", "Take no new work"},
                                                      {"uncordon", "Take work again"},
                                                      {"leave", "Tell all that the node goes"}};
  for (const auto& [what, help] : acts) {
    auto* act = add(*nodes, what, help);
    act->add_option("name", command.name, "Name of the node")->required();
    act->callback([&exit_code, &command, &common, name = std::string(what)] {
      exit_code = nodes_command(name, command, common);
    });
  }

  auto* metrics = add(app, "metrics", "What a node counts, in the Prometheus text format");
  metrics->add_option("--node", command.node, "Name of a node or ADDRESS:PORT (default: any of the context)");
  metrics->add_flag("--all", command.all, "All nodes: each sample gets the label node");
  metrics->footer(kMetricsFooter);
  metrics->callback([&] { exit_code = metrics_command(command, common); });

  auto* top = add(app, "top", "Watch nodes and the busiest actors; q quits");
  top->add_option("node", command.node, "Name of a node or ADDRESS:PORT to ask (default: any of the context)");
  top->callback([&] { exit_code = top_command(command, common); });
}

}  // namespace noodle::tools
