#include "runtime/base/utc_text.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace noodle {
namespace {

std::string without_zone(std::time_t seconds) {
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts)};
}

}  // namespace

std::string utc_text(std::int64_t seconds) {
  return without_zone(std::clamp<std::int64_t>(seconds, 0, 253'402'300'799)) + "Z";
}

std::string utc_text_ns(std::int64_t wall_ns) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const std::int64_t rest = (wall_ns % kSecond + kSecond) % kSecond;
  char fraction[16];
  std::snprintf(fraction, sizeof fraction, ".%06dZ", static_cast<int>(rest / 1000));
  return without_zone(wall_ns / kSecond - (wall_ns % kSecond < 0 ? 1 : 0)) + fraction;
}

int utc_weekday(std::int64_t seconds) {
  return static_cast<int>((seconds / 86400 + 3) % 7);  // 1970-01-01 was a Thursday
}

}  // namespace noodle
