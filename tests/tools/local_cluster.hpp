// A cluster of real processes in a folder of its own, with contexts of its own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/support/run_command.hpp"
#include "tests/support/temporary_folder.hpp"

namespace noodle::test {

struct NodeStatus {
  std::string state, id;
  pid_t pid = 0;
  std::uint16_t port = 0;
  std::uint64_t incarnation = 0, restarts = 0;
};

struct LocalCluster {
  LocalCluster();
  ~LocalCluster();

  CommandResult up(std::vector<std::string> arguments) const;
  /// By name of the node, as --status --json tells.
  std::map<std::string, NodeStatus> status() const;
  std::string log(const std::string& node) const;

  TemporaryFolder folder;
  std::string config;
};

}  // namespace noodle::test
