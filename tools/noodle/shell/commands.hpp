// `noodle shell`, `exec`, `nodes`, `metrics` and `top`: arguments, parsed by table.cpp. Each returns the exit code.
#pragma once

#include <string>
#include <vector>

#include "tools/noodle/commands.hpp"

namespace CLI {
class App;
}

namespace noodle::tools {

struct ShellCommand {
  std::string context;              // name; empty: the current one
  std::string node;                 // name or ADDRESS:PORT; empty: any
  std::vector<std::string> inputs;  // of exec; empty: standard input
  std::string name;                 // of nodes drain, ...
  bool all = false;                 // metrics of all nodes
};
int shell_command(const ShellCommand& command, const CommonOptions& common);
int exec_command(const ShellCommand& command, const CommonOptions& common);
/// `what`: "" lists; else "drain", "cordon", "uncordon", "leave".
int nodes_command(const std::string& what, const ShellCommand& command, const CommonOptions& common);
int top_command(const ShellCommand& command, const CommonOptions& common);
int metrics_command(const ShellCommand& command, const CommonOptions& common);

/// Adds the commands to the table of `noodle`; they outlive it.
void add_shell_commands(CLI::App& app, ShellCommand& command, CommonOptions& common, int& exit_code);

}  // namespace noodle::tools
