// Moments as text (RFC 3339), in UTC, so that people of all places mean the same.
#pragma once

#include <cstdint>
#include <string>

namespace noodle {

/// "2026-01-31T10:00:00Z": `seconds` since 1970; years 1970 to 9999, what lies outside is cut to them.
std::string utc_text(std::int64_t seconds);
/// "2026-01-31T10:00:00.123456Z": nanoseconds since 1970, also before it.
std::string utc_text_ns(std::int64_t wall_ns);

/// Day of the week of a moment, 0 = Monday.
int utc_weekday(std::int64_t seconds);

}  // namespace noodle
