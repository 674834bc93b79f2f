#include "runtime/stdlib/time_text.hpp"

#include <limits>

namespace noodle::stdlib {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

/// Takes texts apart from the left.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  bool take(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// Exactly `count` digits; -1 if there are none.
  int digits(int count) {
    int value = 0;
    for (int i = 0; i < count; ++i) {
      if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') return -1;
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }
  /// All digits that follow.
  std::string_view number() {
    std::size_t size = 0;
    while (size < rest_.size() && rest_[size] >= '0' && rest_[size] <= '9') ++size;
    const std::string_view result = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return result;
  }
  bool word(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  char front() const { return rest_.empty() ? '\0' : rest_.front(); }

 private:
  std::string_view rest_;
};

bool is_leap(int year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_in_month(int year, int month) {
  if (month == 2) return is_leap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
std::int64_t days_from_civil(int year, int month, int day) {
  const int y = month <= 2 ? year - 1 : year;
  const int era = y / 400;
  const int year_of_era = y - era * 400;
  const int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return std::int64_t{era} * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

/// Digits of a fraction as billionths; further digits are dropped.
std::int64_t billionths(std::string_view fraction) {
  std::int64_t value = 0;
  for (std::size_t i = 0; i < 9; ++i) value = value * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  return value;
}

}  // namespace

std::optional<std::int64_t> parse_time(std::string_view text) {
  Scanner scan(text);
  const int year = scan.digits(4);
  if (!scan.take("-")) return std::nullopt;
  const int month = scan.digits(2);
  if (!scan.take("-")) return std::nullopt;
  const int day = scan.digits(2);
  if (!scan.take("Tt ")) return std::nullopt;
  const int hour = scan.digits(2);
  if (!scan.take(":")) return std::nullopt;
  const int minute = scan.digits(2);
  if (!scan.take(":")) return std::nullopt;
  const int second = scan.digits(2);
  if (year < 1678 || year > 2261 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
    return std::nullopt;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return std::nullopt;
  std::int64_t nanos = 0;
  if (scan.take(".")) {
    const std::string_view fraction = scan.number();
    if (fraction.empty()) return std::nullopt;
    nanos = billionths(fraction);
  }
  int offset = 0;
  if (!scan.take("Zz")) {
    const bool west = scan.front() == '-';
    if (!scan.take("+-")) return std::nullopt;
    const int hours = scan.digits(2);
    if (!scan.take(":")) return std::nullopt;
    const int minutes = scan.digits(2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
    offset = (hours * 60 + minutes) * (west ? -1 : 1);
  }
  if (!scan.done()) return std::nullopt;
  const std::int64_t seconds =
      days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset * 60;
  return seconds * kSecond + nanos;
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::int64_t nanos;
  };
  // Longer names first where one begins with another.
  static constexpr Unit kUnits[] = {{"ns", 1},           {"us", 1'000},         {"ms", 1'000'000},     {"s", kSecond},
                                    {"m", 60 * kSecond}, {"h", 3600 * kSecond}, {"d", 86400 * kSecond}};
  Scanner scan(text);
  const bool negative = scan.take("-");
  if (scan.done()) return std::nullopt;
  __extension__ using Wide = __int128;
  Wide total = 0;
  constexpr Wide kLargest = std::numeric_limits<std::int64_t>::max();
  while (!scan.done()) {
    const std::string_view whole = scan.number();
    const bool point = scan.take(".");
    const std::string_view fraction = point ? scan.number() : std::string_view();
    if ((whole.empty() && fraction.empty()) || whole.size() > 19) return std::nullopt;
    const Unit* unit = nullptr;
    for (const Unit& candidate : kUnits) {
      if (scan.word(candidate.name)) {
        unit = &candidate;
        break;
      }
    }
    if (!unit) return std::nullopt;
    Wide amount = 0;
    for (const char c : whole) amount = amount * 10 + (c - '0');
    total += amount * unit->nanos + (Wide{billionths(fraction)} * unit->nanos + kSecond / 2) / kSecond;
    if (total > kLargest) return std::nullopt;
  }
  return static_cast<std::int64_t>(negative ? -total : total);
}

}  // namespace noodle::stdlib
