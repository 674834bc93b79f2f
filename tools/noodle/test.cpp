// `noodle test`: compiles each path with its test blocks and runs every test as a process of its own, in parallel.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <set>
#include <thread>

#include "runtime/base/lines.hpp"
#include "runtime/package/coverage.hpp"
#include "runtime/run/run_program.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/vm/program.hpp"
#include "tools/noodle/commands.hpp"
#include "tools/noodle/console.hpp"
#include "tools/noodle/load.hpp"

namespace noodle::tools {

namespace {

constexpr const char* kCoverageTableOnly = "true";  // --coverage without a file

struct TestCase {
  std::shared_ptr<const vm::Program> program;
  const bytecode::TestDef* test;
  std::string file;
};

struct TestReport {
  process::RunResult result;
  std::string output;
  double milliseconds = 0;
};

/// Folders with a manifest are packages; other folders stand for their files.
std::vector<std::string> test_units(const std::vector<std::string>& paths) {
  std::vector<std::string> units;
  for (const std::string& path : paths.empty() ? std::vector<std::string>{"."} : paths) {
    if (std::filesystem::is_directory(path) && !std::filesystem::exists(std::filesystem::path(path) / "noodle.toml")) {
      for (const std::string& file : source_files({path})) {
        if (file.ends_with(".nc")) units.push_back(file);
      }
    } else {
      units.push_back(path);
    }
  }
  return units;
}

TestReport run_one(const TestCase& test_case, const TestCommand& command) {
  TestReport report;
  process::RunOptions options;
  options.workers = 1;
  options.grants = command.allow;
  options.time_limit_ms = command.time_limit_ms;
  options.output = [&report](std::string_view text) { report.output += text; };
  const auto start = std::chrono::steady_clock::now();
  report.result = process::run_function(test_case.program, test_case.test->function, options);
  report.milliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  return report;
}

void print_report(const TestCase& test_case, const TestReport& report, bool json) {
  const bool passed = report.result.error_code == 0;
  if (json) {
    std::cout << "{\"test\":" << json_string(test_case.test->name) << ",\"file\":" << json_string(test_case.file)
              << ",\"line\":" << test_case.test->line << ",\"passed\":" << (passed ? "true" : "false")
              << ",\"milliseconds\":" << report.milliseconds << ",\"code\":" << report.result.error_code
              << ",\"message\":" << json_string(report.result.error_message)
              << ",\"trace\":" << json_string(report.result.error_trace) << ",\"output\":" << json_string(report.output)
              << "}\n";
    return;
  }
  if (passed) return;
  const bool color = stdout_is_terminal();
  std::cout << (color ? "\033[1;31m" : "") << "FAILED" << (color ? "\033[0m" : "") << " " << test_case.test->name
            << "  (" << test_case.file << ":" << test_case.test->line << ")\n  error " << report.result.error_code
            << ": ";
  for (const char c : report.result.error_message) std::cout << c << (c == '\n' ? "  " : "");
  std::cout << '\n';
  for (const std::string_view frame : lines_of(report.result.error_trace)) std::cout << "    at " << frame << '\n';
  if (!report.output.empty()) std::cout << "  output:\n    " << report.output << '\n';
}

/// Prints what was reached, after all tests have ended; false: the file could not be written.
bool report_coverage(package::Coverage& coverage, const std::vector<TestCase>& cases, const std::string& file,
                     bool json) {
  std::set<const vm::Program*> programs;
  for (const TestCase& test_case : cases) {
    if (programs.insert(test_case.program.get()).second) coverage.add_reached(*test_case.program);
  }
  std::cout << (json ? coverage.json() : coverage.table());
  if (file == kCoverageTableOnly) return true;
  const auto written = write_file(file, coverage.lcov());
  if (!written) print_error(written.error(), json);
  return static_cast<bool>(written);
}

}  // namespace

int test_command(const TestCommand& command, const CommonOptions& common) {
  stdlib::register_stdlib_natives();
  std::vector<TestCase> cases;
  package::Coverage coverage;
  bool broken = false;
  for (const std::string& unit : test_units(command.paths)) {
    package::CompileOptions options;
    options.need_main = false;
    options.tests = true;
    options.coverage = !command.coverage.empty();
    auto loaded = load_module(unit, options, common.json);
    if (!loaded) {
      broken = true;
      continue;
    }
    coverage.add(loaded.points);
    auto program = vm::link(std::move(*loaded.module));
    if (!program) {
      print_error(program.error(), common.json);
      broken = true;
      continue;
    }
    for (const bytecode::TestDef& test : (*program)->module.tests) {
      if (test.name.find(command.filter) == std::string::npos) continue;
      cases.push_back({*program, &test, (*program)->module.files[test.file]});
    }
  }
  if (command.list) {
    for (const TestCase& test_case : cases)
      std::cout << test_case.file << ":" << test_case.test->line << " " << test_case.test->name << '\n';
    return broken ? kExitCompile : kExitOk;
  }
  std::atomic<std::size_t> next = 0;
  std::size_t failed = 0;
  std::mutex output;
  const auto work = [&] {
    for (std::size_t i = next++; i < cases.size(); i = next++) {
      const TestReport report = run_one(cases[i], command);
      const std::lock_guard lock(output);
      if (report.result.error_code != 0) ++failed;
      print_report(cases[i], report, common.json);
    }
  };
  const std::size_t workers =
      command.workers != 0 ? command.workers : std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < std::min(workers, cases.size()); ++i) threads.emplace_back(work);
  work();
  threads.clear();
  if (!common.json) {
    std::cout << cases.size() - failed << " passed, " << failed << " failed\n";
    if (cases.empty() && !broken) std::cout << "no test blocks found; write `test \"name\" { assert_eq(1 + 1, 2); }`\n";
  }
  if (!command.coverage.empty() && !report_coverage(coverage, cases, command.coverage, common.json))
    return kExitCompile;
  if (broken) return kExitCompile;
  return failed > 0 ? kExitUncaught : kExitOk;
}

}  // namespace noodle::tools
