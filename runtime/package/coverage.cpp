#include "runtime/package/coverage.hpp"

#include <algorithm>
#include <cstdio>

#include "runtime/base/json_text.hpp"
#include "runtime/vm/predecode.hpp"

namespace noodle::package {

namespace {

using Point = bytecode::CoveragePoint;
using Count = FileCoverage::Count;

Count operator+(Count a, Count b) {
  return {a.hit + b.hit, a.total + b.total};
}

std::string ratio(Count count) {
  char text[64];
  const double percent =
      count.total == 0 ? 100.0 : 100.0 * static_cast<double>(count.hit) / static_cast<double>(count.total);
  std::snprintf(text, sizeof text, "%zu/%zu %5.1f %%", count.hit, count.total, percent);
  return text;
}

std::string padded(const std::string& text, std::size_t width, bool right) {
  const std::string blanks(width > text.size() ? width - text.size() : 0, ' ');
  return right ? blanks + text : text + blanks;
}

std::string ranges_text(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& ranges) {
  std::string text;
  for (const auto& [first, last] : ranges) {
    text += (text.empty() ? "" : ", ") + std::to_string(first) + (first == last ? "" : "-" + std::to_string(last));
  }
  return text;
}

std::string counts_json(Count lines, Count branches, Count functions) {
  const auto pair = [](const char* name, Count count) {
    return std::string("\"") + name + "Hit\":" + std::to_string(count.hit) + ",\"" + name +
           "\":" + std::to_string(count.total);
  };
  return pair("lines", lines) + "," + pair("branches", branches) + "," + pair("functions", functions);
}

/// A path or name on a line of its own.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

}  // namespace

Count FileCoverage::count(Point::Kind kind) const {
  Count count;
  for (const auto& [point, state] : points) {
    if (point.kind != kind) continue;
    ++count.total;
    count.hit += state.reached;
  }
  return count;
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> FileCoverage::missed_lines() const {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;
  bool open = false;
  for (const auto& [point, state] : points) {
    if (point.kind != Point::Kind::line) continue;
    if (!state.reached && open) {
      ranges.back().second = point.line;
    } else if (!state.reached) {
      ranges.emplace_back(point.line, point.line);
    }
    open = !state.reached;
  }
  return ranges;
}

std::vector<std::uint32_t> FileCoverage::missed_edges() const {
  std::vector<std::uint32_t> lines;
  for (const auto& [point, state] : points) {
    if (point.kind != Point::Kind::edge || state.reached) continue;
    const auto line = points.find(Point{Point::Kind::line, point.line});
    if (line == points.end() || !line->second.reached) continue;
    if (lines.empty() || lines.back() != point.line) lines.push_back(point.line);
  }
  return lines;
}

void Coverage::add(const std::map<std::string, codegen::CoveragePoints>& files) {
  for (const auto& [path, points] : files) {
    FileCoverage& file = files_[path];
    for (const auto& [point, name] : points) file.points[point].function = name;
  }
}

void Coverage::add_reached(const vm::Program& program) {
  for (const vm::Function& function : program.functions) {
    if (function.def->marks.empty()) continue;
    const auto file = files_.find(program.module.files[function.def->file]);
    if (file == files_.end()) continue;
    const auto reach = [&file](const Point& point) {
      const auto known = file->second.points.find(point);  // test blocks have marks and no points
      if (known != file->second.points.end()) known->second.reached = true;
    };
    for (const bytecode::CoverageMark& mark : function.def->marks) {
      if (!vm::is_reached(function, mark.word)) continue;
      reach(mark.point);
      if (mark.point.kind == Point::Kind::edge) reach({Point::Kind::line, mark.point.line});
    }
  }
}

std::string Coverage::table() const {
  struct Row {
    std::string file, lines, branches, missed;
  };
  std::vector<Row> rows{{"file", "lines", "branches", "not reached"}};
  Count lines, branches;
  for (const auto& [path, file] : files_) {
    const Count file_lines = file.count(Point::Kind::line), file_branches = file.count(Point::Kind::edge);
    lines = lines + file_lines;
    branches = branches + file_branches;
    std::string missed = ranges_text(file.missed_lines());
    std::string half;
    for (const std::uint32_t line : file.missed_edges()) half += (half.empty() ? "" : ", ") + std::to_string(line);
    if (!half.empty()) missed += (missed.empty() ? "branches at " : "; branches at ") + half;
    rows.push_back({path, ratio(file_lines), ratio(file_branches), missed});
  }
  rows.push_back({"all", ratio(lines), ratio(branches), ""});
  std::size_t file_width = 0, lines_width = 0, branches_width = 0;
  for (const Row& row : rows) {
    file_width = std::max(file_width, row.file.size());
    lines_width = std::max(lines_width, row.lines.size());
    branches_width = std::max(branches_width, row.branches.size());
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line = padded(row.file, file_width, false) + "  " + padded(row.lines, lines_width, true) + "  " +
                       padded(row.branches, branches_width, true) + "  " + row.missed;
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string Coverage::json() const {
  std::string text;
  Count lines, branches, functions;
  for (const auto& [path, file] : files_) {
    const Count file_lines = file.count(Point::Kind::line), file_branches = file.count(Point::Kind::edge),
                file_functions = file.count(Point::Kind::function);
    lines = lines + file_lines;
    branches = branches + file_branches;
    functions = functions + file_functions;
    text += "{\"coverage\":" + json_string(path) + "," + counts_json(file_lines, file_branches, file_functions);
    text += ",\"missedLines\":[";
    const char* comma = "";
    for (const auto& [first, last] : file.missed_lines()) {
      text += comma + ("[" + std::to_string(first)) + "," + std::to_string(last) + "]";
      comma = ",";
    }
    text += "],\"missedBranches\":[";
    comma = "";
    for (const std::uint32_t line : file.missed_edges()) {
      text += comma + std::to_string(line);
      comma = ",";
    }
    text += "]}\n";
  }
  return text + "{\"coverage\":null," + counts_json(lines, branches, functions) + "}\n";
}

std::string Coverage::lcov() const {
  std::string text;
  for (const auto& [path, file] : files_) {
    text += "TN:\nSF:" + one_line(path) + "\n";
    std::string entered, edges, lines;
    std::uint32_t line = 0, block = 0, column = 0;
    const auto line_reached = [&file = file](std::uint32_t number) {
      const auto found = file.points.find(Point{Point::Kind::line, number});
      return found != file.points.end() && found->second.reached;
    };
    for (const auto& [point, state] : file.points) {
      switch (point.kind) {
        case Point::Kind::function:
          text += "FN:" + std::to_string(point.line) + "," + one_line(state.function) + "\n";
          entered += std::string("FNDA:") + (state.reached ? "1," : "0,") + one_line(state.function) + "\n";
          break;
        case Point::Kind::edge:
          block = point.line != line ? 0 : point.column != column ? block + 1 : block;
          line = point.line;
          column = point.column;
          edges += "BRDA:" + std::to_string(line) + "," + std::to_string(block) + "," + std::to_string(point.way) +
                   "," +
                   (state.reached        ? "1"
                    : line_reached(line) ? "0"
                                         : "-") +
                   "\n";
          break;
        case Point::Kind::line:
          lines += "DA:" + std::to_string(point.line) + "," + (state.reached ? "1" : "0") + "\n";
          break;
      }
    }
    const auto counts = [&file = file](Point::Kind kind, const char* found, const char* hit) {
      const Count count = file.count(kind);
      return std::string(found) + ":" + std::to_string(count.total) + "\n" + hit + ":" + std::to_string(count.hit) +
             "\n";
    };
    text += entered + counts(Point::Kind::function, "FNF", "FNH") + edges + counts(Point::Kind::edge, "BRF", "BRH") +
            lines + counts(Point::Kind::line, "LF", "LH") + "end_of_record\n";
  }
  return text;
}

}  // namespace noodle::package
