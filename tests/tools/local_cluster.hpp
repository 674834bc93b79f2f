// A cluster of real processes in a folder of its own, with contexts of its own.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tests/support/run_command.hpp"
#include "tests/support/temporary_folder.hpp"

namespace noodle::test {

struct LocalCluster {
  LocalCluster();
  ~LocalCluster();

  CommandResult up(std::vector<std::string> arguments) const;
  /// By name of the node, as --status --json tells.
  std::map<std::string, nlohmann::json> status() const;
  std::string log(const std::string& node) const;

  TemporaryFolder folder;
  std::string config;
};

}  // namespace noodle::test
