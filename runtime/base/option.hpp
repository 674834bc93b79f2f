// Option: one declared configuration key: its kind, default, range, names and help text.
//
// Threads: options are constants.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "messages/error.hpp"

namespace noodle {

/// duration: nanoseconds, written "200ms", "1.5s", "5m", "2h", "1d" or as a bare number of Option::bare_unit_ns.
/// size: bytes, written "64MB" (1024-based B KB MB GB TB) or as a bare number.
/// text_list: a list in files; separated by commas in the environment and on the command line.
enum class OptionKind : std::uint8_t { integer, real, boolean, text, choice, duration, size, text_list, secret };

inline constexpr std::int64_t kMillisecondNs = 1'000'000;
inline constexpr std::int64_t kSecondNs = 1'000'000'000;

struct Option {
  std::string_view key;  // "vm.process_memory"
  OptionKind kind = OptionKind::text;
  std::string_view default_text = {};  // in the form of the environment
  std::string_view help = {};          // one sentence
  // Range of integer, real, size (bytes) and duration (ns), both ends allowed.
  double min = -9e18;
  double max = 9e18;
  std::vector<std::string_view> choices = {};    // of kind choice
  std::vector<std::string_view> other_env = {};  // more names in the environment; the main one wins
  std::int64_t bare_unit_ns = kMillisecondNs;    // of a duration without unit
};

/// integer, duration, size: int64; choice, text, secret: string.
using OptionValue = std::variant<std::int64_t, double, bool, std::string, std::vector<std::string>>;

/// "vm.process_memory" -> "NOODLE_VM_PROCESS_MEMORY"
std::string env_name(std::string_view key);

/// What a value must look like: "an integer from 1 to 1024".
std::string expectation(const Option& option);

/// Reads the form used in the environment, on the command line and for defaults. Error 7012 with the expectation.
Result<OptionValue> parse_option(const Option& option, std::string_view text);

/// Checks the range. Error 7012.
Result<OptionValue> check_option(const Option& option, OptionValue value);

/// The value as text that parse_option reads back; secrets as "[redacted]".
std::string format_option(const Option& option, const OptionValue& value);

/// "1.5s", "200ms", "64MB": exact, in the largest unit that gives a whole number.
std::string format_duration(std::int64_t ns);
std::string format_size(std::int64_t bytes);

}  // namespace noodle
