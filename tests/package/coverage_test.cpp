#include "runtime/package/coverage.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include "runtime/package/compile.hpp"
#include "runtime/process/system.hpp"
#include "runtime/run/run_program.hpp"
#include "runtime/stdlib/register.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace noodle;
using package::Coverage;
using package::FileCoverage;
using Kind = bytecode::CoveragePoint::Kind;

namespace {

/// Runs the tests of a source; with several `runs`, of as many compilations of it.
Coverage cover(const std::string& path, int runs = 1, jit::Mode jit = jit::Mode::on) {
  process::install();
  stdlib::register_stdlib_natives();
  Coverage coverage;
  for (int run = 0; run < runs; ++run) {
    package::CompileOptions options;
    options.need_main = false;
    options.tests = options.coverage = true;
    auto compiled = package::compile_path(path, options);
    REQUIRE(compiled.ok());
    REQUIRE((*compiled)->module);
    coverage.add(codegen::points_of(*(*compiled)->program));
    auto program = vm::link(std::move(*(*compiled)->module));
    REQUIRE(program.ok());
    for (std::size_t i = 0; i < (*program)->module.tests.size(); ++i) {
      if (runs > 1 && static_cast<int>(i) != run) continue;
      process::RunOptions run_options;
      run_options.workers = 1;
      run_options.slice_fuel = 7;
      run_options.jit = jit;
      run_options.output = [](std::string_view) {};
      CHECK(process::run_function(*program, (*program)->module.tests[i].function, run_options).error_code == 0);
    }
    coverage.add_reached(**program);
  }
  return coverage;
}

const FileCoverage& only_file(const Coverage& coverage) {
  REQUIRE(coverage.files().size() == 1);
  return coverage.files().begin()->second;
}

/// What is known of a line: "" without code, "-" not reached, "+" reached, then one digit for each way of its branches.
std::string state(const FileCoverage& file, std::uint32_t line) {
  std::string text;
  for (const auto& [point, state] : file.points) {
    if (point.line != line) continue;
    if (point.kind == Kind::line) text += state.reached ? "+" : "-";
    if (point.kind == Kind::edge) text += state.reached ? "1" : "0";
  }
  return text;
}

/// Every line says behind `//` what is to be known of it.
void check_lines(const std::string& source) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("a.nc", source);
  for (const jit::Mode jit : {jit::Mode::off, jit::Mode::eager}) {
    const Coverage coverage = cover(path, 1, jit);
    std::istringstream lines(source);
    std::uint32_t number = 0;
    for (std::string line; std::getline(lines, line);) {
      const std::size_t comment = line.find("// ");
      CAPTURE(line);
      CHECK(state(only_file(coverage), ++number) == (comment == std::string::npos ? "" : line.substr(comment + 3)));
    }
  }
}

}  // namespace

TEST_CASE("lines and the ways of `if` are told as they were run") {
  check_lines(R"(
func sign(n: int): int {
  if (n > 0) {             // +11
    return 1;              // +
  } else if (n < 0) {      // +01
    return -1;             // -
  }

  return 0;                // +
}
func unused(a: int): int {
  let b = a * 2;           // -

  return b;                // -
}
test "t" {
  assert_eq(sign(3), 1);
  assert_eq(sign(0), 0);
}
)");
}

TEST_CASE("`&&`, `||`, `?:`, `??` and `?.` have two ways each") {
  check_lines(R"(
func both(a: bool, b: bool): bool { return a && b; }       // +11
func either(a: bool, b: bool): bool { return a || b; }     // +01
func pick(a: bool): String {
  return a                                                 // +
    ? "yes"                                                // +10
    : "no";
}
func size(s: String?): int { return s?.length ?? 0; }      // +0101
test "t" {
  both(true, false);
  both(false, true);
  either(false, true);
  pick(true);
  size("a");
}
)");
}

TEST_CASE("loops, `break` and `continue`") {
  check_lines(R"(
func run(n: int): int {
  let sum = 0;                         // +
  let i = n;                           // +
  while (i > 0) {                      // +10
    i--;                               // +
    if (i == 3) continue;              // +11
    if (i == 1) {                      // +11
      break;                           // +
    }
    sum += i;                          // +
  }
  for (let k = 0; k < 2; k++) {        // +11
    sum += k;                          // +
  }
  let none: List<int>;                 // +
  for (x in none) {                    // +
    sum += x;                          // -
  }
  while (true) {                       // +
    if (sum > 5) { return sum; }       // +10
  }
}
test "t" { run(6); }
)");
}

TEST_CASE("an arm's line counts when the arm is taken, not when its pattern is tried") {
  check_lines(R"(
enum Shape { circle(r: float), square(s: float), nothing }
func area(shape: Shape): float {
  return match (shape) {                           // +
    case Shape.circle(r) => 3.0 * r * r            // -0
    case Shape.square(s) => s * s                  // +1
    case Shape.nothing => 0.0                      // -0
  };
}
func kind(n: int): String {
  match (n) {
    case x if x < 0 => { return "negative"; }      // +001
    case _ => { return "other"; }                  // +1
  }
}
func guarded(n: int): int {
  try {
    if (n == 1) { throw Error(4001, "x"); }        // +10
    return 5;                                      // -
  } catch (e) {
    case Error(4001, m) => return 1                // +1
    case Error(4002, m) => return 2                // -0
  } finally {
    print("done");                                 // +
  }
}
test "t" {
  area(Shape.square(2.0));
  kind(3);
  guarded(1);
}
)");
}

TEST_CASE("generics, lambdas and actors count at their source lines, used or not") {
  check_lines(R"(
func largest<T>(values: List<T>, less: func(T, T): bool): T? {
  let best: T? = null;                                             // +
  for (value in values) {                                          // +
    let before = best;                                             // +
    if (before == null || less(before, value)) { best = value; }   // +1111
  }
  return best;                                                     // +
}
func never<T>(value: T): List<T> {
  return [value];                                                  // -
}
func chain(): int {
  return [1, 2]                                                    // +
    .filter(x =>                                                   // +
      x > 5)                                                       // +
    .map(x => {                                                    // +
      return x + 1;                                                // -
    })
    .sum();
}
actor Counter {
  total: int = 10;                                                 // +
  on add(n: int): int {
    total += n;                                                    // +
    return total;                                                  // +
  }
  on clear() {
    total = 0;                                                     // -
  }
}
actor Unused {
  on work() {
    print("never");                                                // -
  }
}
test "t" {
  assert_eq(largest([1, 5, 2], (a, b) => a < b), 5);
  largest(["a"], (a, b) => a < b);
  chain();
  let counter = spawn Counter();
  assert_eq(ask counter.add(1), 11);
}
)");
}

TEST_CASE("the table, JSON and lcov tell the same, over several programs of a file") {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("a.nc", R"(func sign(n: int): int {
  if (n > 0) {
    return 1;
  }
  return 0;
}
func unused() {
  print("a");
  print("b");
}
test "more" { sign(1); }
test "less" { sign(0); }
)");
  const Coverage one = cover(path);
  const Coverage both = cover(path, 2);
  CHECK(one.table() == both.table());
  CHECK(one.table().find("3/5  60.0 %  2/2 100.0 %  8-9\n") != std::string::npos);
  CHECK(one.json().find(R"("linesHit":3,"lines":5,"branchesHit":2,"branches":2,"functionsHit":1,"functions":2,)"
                        R"("missedLines":[[8,9]],"missedBranches":[]})") != std::string::npos);
  CHECK(one.lcov() == "TN:\nSF:" + path +
                          "\nFN:1,sign\nFN:7,unused\nFNDA:1,sign\nFNDA:0,unused\nFNF:2\nFNH:1\n"
                          "BRDA:2,0,0,1\nBRDA:2,0,1,1\nBRF:2\nBRH:2\n"
                          "DA:2,1\nDA:3,1\nDA:5,1\nDA:8,0\nDA:9,0\nLF:5\nLH:3\nend_of_record\n");
}
