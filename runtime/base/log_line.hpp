// One log line as JSON text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/base/log.hpp"

namespace noodle {

/// Appends the line with its line end. Texts over kMaxLogTextBytes are cut between characters and end in "…".
void append_log_line(std::string& out, std::int64_t wall_ns, LogLevel level, std::string_view component,
                     CorrelationId correlation, std::string_view message, LogFields fields);

}  // namespace noodle
