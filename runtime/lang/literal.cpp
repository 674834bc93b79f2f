#include "runtime/lang/literal.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "runtime/lang/unicode.hpp"

namespace noodle::lang {
namespace {

constexpr std::uint64_t kMaxMagnitude = std::uint64_t{1} << 63;
constexpr std::uint64_t kMaxInt = kMaxMagnitude - 1;

struct Unit {
  std::string_view suffix;
  std::uint64_t factor;
  bool duration;
};

constexpr Unit kUnits[] = {{"ns", 1, true},
                           {"us", 1'000, true},
                           {"ms", 1'000'000, true},
                           {"s", 1'000'000'000, true},
                           {"m", 60'000'000'000, true},
                           {"h", 3'600'000'000'000, true},
                           {"d", 86'400'000'000'000, true},
                           {"B", 1, false},
                           {"KB", std::uint64_t{1} << 10, false},
                           {"MB", std::uint64_t{1} << 20, false},
                           {"GB", std::uint64_t{1} << 30, false},
                           {"TB", std::uint64_t{1} << 40, false}};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int digit_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

const Unit* find_unit(std::string_view suffix) {
  for (const Unit& unit : kUnits) {
    if (unit.suffix == suffix) return &unit;
  }
  return nullptr;
}

// Digits with single underscores between them; false when an underscore stands elsewhere or there is no digit.
bool scan_digits(std::string_view text, std::size_t& at, int base) {
  const std::size_t start = at;
  while (at < text.size() && (digit_value(text[at]) < base || text[at] == '_')) {
    if (text[at] == '_' && (at == start || text[at - 1] == '_')) return false;
    ++at;
  }
  return at > start && text[at - 1] != '_';
}

std::optional<std::uint64_t> digits_value(std::string_view digits, std::uint64_t base) {
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (c == '_') continue;
    const auto digit = static_cast<std::uint64_t>(digit_value(c));
    if (value > (kMaxMagnitude - digit) / base) return std::nullopt;
    value = value * base + digit;
  }
  return value;
}

std::optional<std::uint64_t> scaled(std::uint64_t value, std::uint64_t factor) {
  if (value > kMaxInt / factor) return std::nullopt;
  return value * factor;
}

std::size_t suffix_start(std::string_view text) {
  std::size_t at = text.size();
  while (at > 0 && is_letter(text[at - 1])) --at;
  return at;
}

}  // namespace

NumberScan scan_number(std::string_view text) {
  using Kind = NumberScan::Kind;
  std::size_t at = 0;
  if (text.size() > 1 && text[0] == '0' && (text[1] == 'x' || text[1] == 'b')) {
    at = 2;
    const bool ok = scan_digits(text, at, text[1] == 'x' ? 16 : 2);
    return {ok ? Kind::integer : Kind::malformed, at};
  }
  if (!scan_digits(text, at, 10)) return {Kind::malformed, at};
  Kind kind = Kind::integer;
  bool exponent = false;
  if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
    ++at;
    if (!scan_digits(text, at, 10)) return {Kind::malformed, at};
    kind = Kind::floating;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t digits = at + 1;
    if (digits < text.size() && (text[digits] == '+' || text[digits] == '-')) ++digits;
    if (digits < text.size() && is_digit(text[digits])) {
      at = digits;
      if (!scan_digits(text, at, 10)) return {Kind::malformed, at};
      kind = Kind::floating;
      exponent = true;
    }
  }
  std::size_t end = at;
  while (end < text.size() && is_letter(text[end])) ++end;
  if (end == at) return {kind, at};
  const Unit* unit = find_unit(text.substr(at, end - at));
  if (unit == nullptr || exponent || (!unit->duration && kind == Kind::floating)) return {Kind::malformed, end};
  return {unit->duration ? Kind::duration : Kind::size, end};
}

std::optional<std::uint64_t> int_value(std::string_view text) {
  if (text.size() > 1 && text[0] == '0' && text[1] == 'x') return digits_value(text.substr(2), 16);
  if (text.size() > 1 && text[0] == '0' && text[1] == 'b') return digits_value(text.substr(2), 2);
  return digits_value(text, 10);
}

std::optional<double> float_value(std::string_view text) {
  std::string digits;
  if (text.find('_') != std::string_view::npos) {
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits), [](char c) { return c != '_'; });
    text = digits;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{}) return value;
  // Out of range covers both directions: what is too small to be told from zero is zero.
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos && text[exponent + 1] == '-') return 0.0;
  if (exponent == std::string_view::npos && text.front() == '0') return 0.0;
  return std::nullopt;
}

std::optional<std::uint64_t> duration_value(std::string_view text) {
  const std::size_t suffix = suffix_start(text);
  const std::uint64_t factor = find_unit(text.substr(suffix))->factor;
  const std::string_view number = text.substr(0, suffix);
  const std::size_t dot = std::min(number.find('.'), number.size());
  const auto whole = digits_value(number.substr(0, dot), 10);
  const auto value = whole ? scaled(*whole, factor) : std::nullopt;
  if (!value) return std::nullopt;
  // Exact: digits / 10^count of the unit must be whole nanoseconds.
  unsigned __int128 fraction = 0;
  unsigned __int128 scale = 1;
  std::string_view digits = dot < number.size() ? number.substr(dot + 1) : std::string_view{};
  while (!digits.empty() && (digits.back() == '0' || digits.back() == '_')) digits.remove_suffix(1);
  if (digits.size() > 20) return std::nullopt;
  for (const char c : digits) {
    if (c == '_') continue;
    fraction = fraction * 10 + static_cast<unsigned>(c - '0');
    scale *= 10;
  }
  fraction *= factor;
  if (fraction % scale != 0 || fraction / scale > kMaxInt - *value) return std::nullopt;
  return *value + static_cast<std::uint64_t>(fraction / scale);
}

std::optional<std::uint64_t> size_value(std::string_view text) {
  const std::size_t suffix = suffix_start(text);
  const auto whole = digits_value(text.substr(0, suffix), 10);
  return whole ? scaled(*whole, find_unit(text.substr(suffix))->factor) : std::nullopt;
}

Unescaped unescape(std::string_view raw) {
  Unescaped result;
  result.text.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '\r' && i + 1 < raw.size() && raw[i + 1] == '\n') continue;
    if (raw[i] != '\\') {
      result.text += raw[i];
      continue;
    }
    const std::size_t start = i++;
    constexpr std::string_view kLetters = "ntr0\\\"'`$";
    constexpr std::string_view kValues{"\n\t\r\0\\\"'`$", 9};
    const std::size_t known = i < raw.size() ? kLetters.find(raw[i]) : std::string_view::npos;
    if (known != std::string_view::npos) {
      result.text += kValues[known];
      continue;
    }
    std::uint32_t value = 0;
    std::size_t digits = 0;
    std::size_t at = i + 2;
    const bool unicode = i + 1 < raw.size() && raw[i] == 'u' && raw[i + 1] == '{';
    for (; unicode && at < raw.size() && digit_value(raw[at]) < 16 && digits < 6; ++at, ++digits) {
      value = value * 16 + static_cast<std::uint32_t>(digit_value(raw[at]));
    }
    const bool surrogate = value >= 0xD800 && value < 0xE000;
    if (digits > 0 && at < raw.size() && raw[at] == '}' && value <= 0x10FFFF && !surrogate) {
      append_utf8(result.text, value);
      i = at;
      continue;
    }
    if (result.ok) {
      result.ok = false;
      result.bad_start = static_cast<std::uint32_t>(start);
      const std::size_t size = i < raw.size() ? std::max<std::size_t>(decode_utf8(raw, i).size, 1) : 0;
      result.bad_end = static_cast<std::uint32_t>(unicode ? std::min(at + 1, raw.size()) : i + size);
    }
    i = std::min(i, raw.size());
  }
  return result;
}

}  // namespace noodle::lang
