#include "runtime/session/table.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "runtime/base/json_text.hpp"

namespace noodle::session {

namespace {

bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
}

/// With one decimal below 10.
std::string short_number(double value) {
  const double tenths = std::round(value * 10) / 10;
  if (tenths >= 10) return std::to_string(static_cast<std::int64_t>(std::round(value)));
  const auto whole = static_cast<std::int64_t>(tenths);
  const auto rest = static_cast<std::int64_t>(std::round((tenths - static_cast<double>(whole)) * 10));
  return std::to_string(whole) + (rest != 0 ? "." + std::to_string(rest) : "");
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::string padded(std::string text, std::size_t width) {
  const std::size_t columns = columns_of(text);
  if (columns < width) text.append(width - columns, ' ');
  return text;
}

std::string right(const std::string& text, std::size_t width) {
  const std::size_t columns = columns_of(text);
  return std::string(width > columns ? width - columns : 0, ' ') + text;
}

std::string shortened(const std::string& text, std::size_t width) {
  if (columns_of(text) <= width) return text;
  const std::size_t kept = width > 3 ? width - 3 : 0;
  std::size_t end = 0, columns = 0;
  while (end < text.size() && (columns < kept || !begins_character(text[end]))) {
    columns += begins_character(text[end]) ? 1 : 0;
    ++end;
  }
  while (end < text.size() && !begins_character(text[end])) ++end;
  return text.substr(0, end) + std::string(std::min<std::size_t>(3, width), '.');
}

std::string plain(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return out;
}

std::string size_text(std::uint64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "KB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  std::uint64_t tenths = bytes * 10;
  while (tenths >= 10240 && unit + 1 < std::size(kUnits)) {
    tenths /= 1024;
    ++unit;
  }
  std::string text = std::to_string(tenths / 10);
  if (unit > 0 && tenths % 10 != 0) text += "." + std::to_string(tenths % 10);
  return text + " " + kUnits[unit];
}

std::string count_text(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string duration_text(std::int64_t ns) {
  struct Unit {
    double ns;
    const char* name;
  };
  static constexpr std::array<Unit, 7> kUnits = {
      {{86'400e9, " d"}, {3'600e9, " h"}, {60e9, " min"}, {1e9, " s"}, {1e6, " ms"}, {1e3, " us"}, {1, " ns"}}};
  if (ns <= 0) return "-";
  for (const Unit& unit : kUnits) {
    if (static_cast<double>(ns) >= unit.ns) return short_number(static_cast<double>(ns) / unit.ns) + unit.name;
  }
  return "-";
}

std::string painted(bool color, const char* code, const std::string& text) {
  return color ? std::string("\033[") + code + "m" + text + "\033[0m" : text;
}

std::string Table::text(bool color, std::size_t width) const {
  std::vector<std::size_t> widths;
  for (std::size_t k = 0; k < columns_.size(); ++k) {
    widths.push_back(columns_of(columns_[k].title));
    for (const auto& row : rows_) widths[k] = std::max(widths[k], columns_of(row[k].text));
  }
  const auto line = [&](const auto& cell_of, const auto& paint_of) {
    std::string out;
    std::size_t used = 0, gap = 0;
    for (std::size_t k = 0; k < columns_.size(); ++k) {
      if (columns_[k].title[0] == '\0') continue;
      std::string text = cell_of(k);
      if (columns_[k].right && !text.empty()) text = right(text, widths[k]);
      if (width > 0) text = shortened(text, width - std::min(width, used + gap));
      const std::size_t columns = columns_of(text);
      if (columns > 0) {
        out.append(gap, ' ');
        out += paint_of(k) ? painted(color, paint_of(k), text) : text;
        used += gap + columns;
        gap = 0;
      }
      gap += widths[k] - std::min(widths[k], columns) + 2;
    }
    return out + "\n";
  };
  std::string out = line([this](std::size_t k) -> std::string { return columns_[k].title; },
                         [](std::size_t) -> const char* { return "2"; });
  for (const auto& row : rows_) {
    out += line([&row](std::size_t k) { return row[k].text; }, [&row](std::size_t k) { return row[k].paint; });
  }
  return out;
}

std::string Table::json() const {
  std::string out = "[";
  for (const auto& row : rows_) {
    out += out.size() > 1 ? ",{" : "{";
    bool first = true;
    for (std::size_t k = 0; k < columns_.size(); ++k) {
      if (columns_[k].key[0] == '\0') continue;
      out += std::string(first ? "\"" : ",\"") + columns_[k].key + "\":";
      first = false;
      if (row[k].json.empty()) {
        append_json_string(out, row[k].text);
      } else {
        out += row[k].json;
      }
    }
    out += "}";
  }
  return out + "]";
}

}  // namespace noodle::session
