#include "runtime/base/option.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <optional>

#include "runtime/base/json_text.hpp"
#include "runtime/base/secret.hpp"
#include "runtime/base/suggest.hpp"

namespace noodle {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

// Ascending: formatting takes the last one that divides.
constexpr Unit kDurationUnits[] = {{"ns", 1},
                                   {"us", 1000},
                                   {"ms", kMillisecondNs},
                                   {"s", kSecondNs},
                                   {"m", 60 * kSecondNs},
                                   {"h", 3600 * kSecondNs},
                                   {"d", 86400 * kSecondNs}};
constexpr Unit kSizeUnits[] = {
    {"B", 1}, {"KB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30}, {"TB", std::int64_t{1} << 40}};

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

/// A number with an optional unit; whole numbers stay exact.
template <std::size_t kCount>
std::optional<std::int64_t> parse_quantity(std::string_view text, const Unit (&units)[kCount], std::int64_t bare) {
  std::size_t end = text.size();
  while (end > 0 &&
         ((text[end - 1] >= 'a' && text[end - 1] <= 'z') || (text[end - 1] >= 'A' && text[end - 1] <= 'Z'))) {
    --end;
  }
  const std::string_view number = text.substr(0, end);
  const std::string_view unit = text.substr(end);
  std::int64_t factor = bare;
  if (!unit.empty()) {
    const auto* found = std::find_if(std::begin(units), std::end(units), [&](const Unit& u) { return u.name == unit; });
    if (found == std::end(units)) return std::nullopt;
    factor = found->factor;
  }
  std::int64_t result = 0;
  if (const auto whole = parse_number<std::int64_t>(number)) {
    if (__builtin_mul_overflow(*whole, factor, &result)) return std::nullopt;
    return result;
  }
  const auto fraction = parse_number<double>(number);
  if (!fraction || !std::isfinite(*fraction)) return std::nullopt;
  const double scaled = std::round(*fraction * static_cast<double>(factor));
  if (std::abs(scaled) > 9e18) return std::nullopt;
  return static_cast<std::int64_t>(scaled);
}

template <std::size_t kCount>
std::string format_quantity(std::int64_t value, const Unit (&units)[kCount]) {
  const Unit* best = units;
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.factor == 0) best = &unit;
  }
  return std::to_string(value / best->factor) + std::string(best->name);
}

std::optional<bool> parse_boolean(std::string_view text) {
  for (const std::string_view yes : {"true", "1", "yes", "on"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"false", "0", "no", "off"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view item = text.substr(0, comma);
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
    if (!item.empty()) items.emplace_back(item);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

template <class T>
std::optional<OptionValue> to_value(std::optional<T> parsed) {
  if (!parsed) return std::nullopt;
  return OptionValue(std::move(*parsed));
}

std::optional<OptionValue> parse_kind(const Option& option, std::string_view text) {
  switch (option.kind) {
    case OptionKind::integer:
      return to_value(parse_number<std::int64_t>(text));
    case OptionKind::real:
      return to_value(parse_number<double>(text));
    case OptionKind::boolean:
      return to_value(parse_boolean(text));
    case OptionKind::duration:
      return to_value(parse_quantity(text, kDurationUnits, option.bare_unit_ns));
    case OptionKind::size:
      return to_value(parse_quantity(text, kSizeUnits, 1));
    case OptionKind::text_list:
      return OptionValue(split_list(text));
    case OptionKind::text:
    case OptionKind::choice:
    case OptionKind::secret:
      break;
  }
  return OptionValue(std::string(text));
}

Error not_accepted(const Option& option, std::string_view shown, std::string_view hint = {}) {
  std::string message = "`" + std::string(option.key) + "` must be " + expectation(option);
  if (option.kind != OptionKind::secret) message += ", not `" + std::string(shown.substr(0, 200)) + "`";
  if (!hint.empty()) message += "; did you mean `" + std::string(hint) + "`?";
  return {Code::config_bad_value, std::move(message), {}};
}

/// A bound as people write it for this kind.
std::string bound(const Option& option, double value) {
  if (option.kind == OptionKind::duration) return format_duration(static_cast<std::int64_t>(value));
  if (option.kind == OptionKind::size) return format_size(static_cast<std::int64_t>(value));
  if (option.kind == OptionKind::integer) return std::to_string(static_cast<std::int64_t>(value));
  std::string text;
  append_json_number(text, value);
  return text;
}

std::string range(const Option& option) {
  const bool from = option.min > -9e18;
  const bool to = option.max < 9e18;
  if (from && to) return " from " + bound(option, option.min) + " to " + bound(option, option.max);
  if (from) return " of at least " + bound(option, option.min);
  return to ? " of at most " + bound(option, option.max) : std::string();
}

}  // namespace

std::string env_name(std::string_view key) {
  std::string name = "NOODLE_";
  for (const char c : key) {
    const bool letter = c >= 'a' && c <= 'z';
    name += letter ? static_cast<char>(c - 'a' + 'A') : (c == '.' || c == '-') ? '_' : c;
  }
  return name;
}

std::string expectation(const Option& option) {
  switch (option.kind) {
    case OptionKind::integer:
      return "an integer" + range(option);
    case OptionKind::real:
      return "a number" + range(option);
    case OptionKind::boolean:
      return "true or false";
    case OptionKind::duration:
      return "a duration such as 200ms, 30s or 5m" + range(option);
    case OptionKind::size:
      return "a size such as 512KB or 64MB" + range(option);
    case OptionKind::text_list:
      return "a list of texts";
    case OptionKind::choice: {
      std::string text = "one of";
      for (const std::string_view choice : option.choices)
        text += (text == "one of" ? " " : ", ") + std::string(choice);
      return text;
    }
    case OptionKind::text:
    case OptionKind::secret:
      break;
  }
  return "a text";
}

Result<OptionValue> parse_option(const Option& option, std::string_view text) {
  auto value = parse_kind(option, text);
  if (!value) return not_accepted(option, text);
  return check_option(option, std::move(*value));
}

Result<OptionValue> check_option(const Option& option, OptionValue value) {
  if (option.kind == OptionKind::choice) {
    const auto& text = std::get<std::string>(value);
    if (std::find(option.choices.begin(), option.choices.end(), text) == option.choices.end()) {
      return not_accepted(option, text, nearest_name(text, option.choices));
    }
  }
  double number = 0;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    number = static_cast<double>(*integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    number = *real;
  } else {
    return value;
  }
  if (!(number >= option.min && number <= option.max)) return not_accepted(option, format_option(option, value));
  return value;
}

std::string format_option(const Option& option, const OptionValue& value) {
  if (option.kind == OptionKind::secret) {
    return std::get<std::string>(value).empty() ? std::string() : std::string(Secret::kRedacted);
  }
  if (option.kind == OptionKind::duration) return format_duration(std::get<std::int64_t>(value));
  if (option.kind == OptionKind::size) return format_size(std::get<std::int64_t>(value));
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  std::string out;
  if (const auto* real = std::get_if<double>(&value)) {
    append_json_number(out, *real);
    return out;
  }
  for (const std::string& item : std::get<std::vector<std::string>>(value)) out += (out.empty() ? "" : ",") + item;
  return out;
}

std::string format_duration(std::int64_t ns) {
  return format_quantity(ns, kDurationUnits);
}
std::string format_size(std::int64_t bytes) {
  return format_quantity(bytes, kSizeUnits);
}

}  // namespace noodle
