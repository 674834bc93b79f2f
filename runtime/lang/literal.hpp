// Literals: where a number ends, what numbers and escapes mean.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace noodle::lang {

struct NumberScan {
  enum class Kind : std::uint8_t { integer, floating, duration, size, malformed };
  Kind kind = Kind::malformed;
  std::size_t size = 0;  // bytes that belong to the number, suffix included
};

/// Reads the longest number at the start of `text`. Precondition: it begins with a digit.
NumberScan scan_number(std::string_view text);

// The values below take text that scan_number accepted as that kind; nullopt: the value does not fit.

/// Decimal, 0x or 0b. Up to 2^63: the value 2^63 itself is legal only behind a unary minus.
std::optional<std::uint64_t> int_value(std::string_view text);
std::optional<double> float_value(std::string_view text);
/// Nanoseconds; fractions finer than a nanosecond do not fit.
std::optional<std::uint64_t> duration_value(std::string_view text);
/// Bytes; KB = 1024.
std::optional<std::uint64_t> size_value(std::string_view text);

/// Result of unescape: the text, or the place of the first bad escape relative to `raw`.
struct Unescaped {
  std::string text;
  bool ok = true;
  std::uint32_t bad_start = 0;
  std::uint32_t bad_end = 0;
};

/// Replaces \n \t \r \0 \\ \" \' \` \$ \u{...}; CR LF becomes LF.
Unescaped unescape(std::string_view raw);

}  // namespace noodle::lang
