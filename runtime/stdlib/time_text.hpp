// Moments and durations from text.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace noodle::stdlib {

/// Nanoseconds since 1970 of an RFC 3339 text; nothing when malformed or outside the years 1678 to 2261.
std::optional<std::int64_t> parse_time(std::string_view text);
/// Nanoseconds of `1h30m`, `250ms`, `-1.5s`: numbers with the units ns us ms s m h d; nothing when malformed or too
/// long.
std::optional<std::int64_t> parse_duration(std::string_view text);

}  // namespace noodle::stdlib
