// One log line as JSON text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/base/log.hpp"

namespace noodle {

/// "2026-01-31T12:00:00.123456Z"
std::string format_utc(std::int64_t wall_ns);

/// Appends the line with its line end. Texts over kMaxLogTextBytes are cut between characters and end in "…".
void append_log_line(std::string& out, std::int64_t wall_ns, LogLevel level, std::string_view component,
                     CorrelationId correlation, std::string_view message, LogFields fields);

}  // namespace noodle
