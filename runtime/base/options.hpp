// The options of a node: everything that can be configured, in one table.
#pragma once

#include <span>

#include "messages/error.hpp"
#include "runtime/base/option.hpp"

namespace noodle {

class Config;
struct LogSettings;

std::span<const Option> node_options();

/// The [log] section as settings. Error 7012 for a malformed entry of log.components.
Result<LogSettings> log_settings(const Config& config);

}  // namespace noodle
