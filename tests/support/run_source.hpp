// Runs linked programs in tests with captured output, calm or under stress.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/run/run_program.hpp"
#include "runtime/vm/heap.hpp"

namespace noodle::test {

struct RunMode {
  std::uint64_t slice_fuel = 4000;
  bool collect_always = false;  // a collection at every allocation
  std::uint32_t workers = 1;
  jit::Mode jit = jit::Mode::on;
  std::vector<std::string> grants = {};
  std::vector<std::string> args = {};
};

struct RunOutcome {
  std::string output;
  int error_code = 0;
  int exit_code = 0;
  std::uint64_t fuel = 0;  // of all processes
  std::uint64_t messages = 0;
  std::uint64_t heaps = 0;  // digest; of driven runs only (driven_run.hpp)
  std::string error_message;
  std::string error_trace;
};

inline RunOutcome run_program(const std::shared_ptr<const vm::Program>& program, const RunMode& mode) {
  RunOutcome outcome;
  process::RunOptions options;
  options.workers = mode.workers;
  options.jit = mode.jit;
  options.slice_fuel = static_cast<std::int64_t>(mode.slice_fuel);
  options.grants = mode.grants;
  options.output = [&outcome](std::string_view text) { outcome.output += text; };
  options.time_limit_ms = 120'000;
  vm::set_gc_stress(mode.collect_always);
  const process::RunResult result = process::run_program(program, mode.args, options);
  vm::set_gc_stress(false);
  outcome.error_code = result.error_code;
  outcome.exit_code = result.exit_code;
  outcome.fuel = result.statistics.fuel;
  outcome.error_message = result.error_message;
  outcome.error_trace = result.error_trace;
  return outcome;
}

}  // namespace noodle::test
