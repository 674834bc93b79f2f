// The configuration of the commands that run programs: defaults < file < NOODLE_ variables < flags.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/config.hpp"
#include "runtime/run/run_program.hpp"
#include "tools/noodle/commands.hpp"

namespace noodle::tools {

struct RunSettings {
  process::SystemOptions system;
  vm::ProcessLimits limits;  // of each process that sets no own ones
  std::vector<std::string> grants;
  std::int64_t time_limit_ms = 0;
};

/// Values of flags by configuration key, in the form of the environment.
using FlagValues = std::vector<std::pair<std::string, std::string>>;

/// Loads the configuration. Warnings (variables of these sections that name no option) go to stderr. Errors as
/// load_settings.
Result<Config> load_config(const CommonOptions& common, FlagValues flags, std::span<const std::string_view> sections);
/// The part that programs run with.
RunSettings run_settings(const Config& config);

/// Loads the configuration and starts the log as it says. Warnings (variables that name no option) go to stderr.
/// Errors: 7001, 7002, 7010, 7011, 7012.
Result<RunSettings> load_settings(const CommonOptions& common, FlagValues flags);

/// What a program runs with; `allow` comes on top of the grants of the configuration.
process::RunOptions options_of(const RunSettings& settings, const std::vector<std::string>& allow);

}  // namespace noodle::tools
