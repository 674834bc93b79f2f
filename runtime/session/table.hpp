// Tables for people and programs: aligned columns as text, an array of objects as JSON; and amounts as people read
// them.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace noodle::session {

/// Columns that a UTF-8 text takes, each character one.
std::size_t columns_of(std::string_view text);
std::string padded(std::string text, std::size_t width);
std::string right(const std::string& text, std::size_t width);
/// At most so many columns, with "..." at the end of what was cut.
std::string shortened(const std::string& text, std::size_t width);
/// Without control characters, so that a text from elsewhere cannot steer the terminal.
std::string plain(std::string_view text);
/// "1.5 KB", with at most one decimal.
std::string size_text(std::uint64_t bytes);
/// 1234567 as "1,234,567".
std::string count_text(std::uint64_t count);
/// "850 ns", "3.2 ms", "12 s", "3 min", "2 h", "5 d"; "-" for 0.
std::string duration_text(std::int64_t ns);
std::string painted(bool color, const char* code, const std::string& text);

struct Cell {
  std::string text = {};
  std::string json = {};        // the value for programs; empty: the text
  const char* paint = nullptr;  // SGR code, such as "31"

  static Cell of(std::string_view text) { return {plain(text), {}}; }
  static Cell count(std::uint64_t count) { return {count_text(count), std::to_string(count)}; }
  static Cell duration(std::int64_t ns) { return {duration_text(ns), std::to_string(ns)}; }
};

class Table {
 public:
  struct Column {
    const char* title;   // for people; empty: not shown to them
    const char* key;     // for programs; empty: not given to them
    bool right = false;  // numbers
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }

  /// `width`: of the terminal; lines are cut to it, 0: not cut.
  std::string text(bool color, std::size_t width) const;
  /// [{"key":value,...},...]
  std::string json() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace noodle::session
