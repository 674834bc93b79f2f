// What the runs of a package reached of its own sources: merged over programs, as a table, as JSON and as lcov.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runtime/codegen/coverage.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::package {

struct FileCoverage {
  using Point = bytecode::CoveragePoint;
  struct State {
    std::string function;  // name, for entries of functions
    bool reached = false;
  };
  std::map<Point, State> points;

  struct Count {
    std::size_t hit = 0, total = 0;
  };
  Count count(Point::Kind kind) const;
  /// Lines that were not reached, as first and last; what is between them holds nothing that was.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> missed_lines() const;
  /// Lines that were reached with a conditional that never went one of its ways.
  std::vector<std::uint32_t> missed_edges() const;
};

class Coverage {
 public:
  /// What there is to reach.
  void add(const std::map<std::string, codegen::CoveragePoints>& files);
  /// What the processes of a program reached; none of them runs any more.
  void add_reached(const vm::Program& program);

  const std::map<std::string, FileCoverage>& files() const { return files_; }
  std::string table() const;
  /// One object a file and one for all, each with a line end.
  std::string json() const;
  /// The format of lcov's geninfo; every count is 0 or 1.
  std::string lcov() const;

 private:
  std::map<std::string, FileCoverage> files_;  // by path
};

}  // namespace noodle::package
