#include "runtime/base/utc_text.hpp"

#include <algorithm>
#include <ctime>

namespace noodle {

std::string utc_text(std::int64_t seconds) {
  const std::time_t when = std::clamp<std::int64_t>(seconds, 0, 253'402'300'799);
  std::tm parts{};
  gmtime_r(&when, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

int utc_weekday(std::int64_t seconds) {
  return static_cast<int>((seconds / 86400 + 3) % 7);  // 1970-01-01 was a Thursday
}

}  // namespace noodle
