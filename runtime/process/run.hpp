// Running a program to its end: one call that sets up a System, runs main and applies the end-of-run rules.
//
// Threads: call from any thread; blocks until the run has ended. Errors: 1705, 1709, 8001-8003 and whatever the program throws.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "runtime/vm/process.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::process {

/// Drives workers: calls `body(i)` for i in 0..count-1, each on a thread of its own, and returns when all have returned.
/// The default uses std::thread; actors/ supplies detached CAF actors.
using WorkerDriver = std::function<void(std::uint32_t count, const std::function<void(std::uint32_t)>& body)>;

struct RunOptions {
  std::uint32_t workers = 0;                        // 0: one per core
  std::int64_t slice_fuel = 4000;
  vm::ProcessLimits main_limits;                    // of the main process
  std::uint64_t vm_memory_bytes = 0;                // of all processes; 0: 75 % of the machine
  std::int64_t time_limit_ms = 0;                   // 0: none; else 1709 and exit code 124
  std::vector<std::string> grants;                  // "fs.read:/data"; the default entry capabilities are always granted
  std::function<void(std::string_view)> output;     // gets whole lines of print; null: standard output
  WorkerDriver driver;
  std::function<bool()> interrupted;                // polled about every 50 ms; true kills the run (exit code 137)
};

struct RunStatistics {
  std::uint64_t processes_spawned = 0, messages_sent = 0, dead_letters = 0, fuel = 0, collections = 0;
  std::uint64_t peak_vm_memory_bytes = 0;
};

/// How a run ended. `error_code` 0: normally. Trace: one `function (file:line:column)` a line.
struct RunResult {
  int exit_code = 0;
  std::uint16_t error_code = 0;
  std::string error_message;
  std::string error_trace;
  bool error_by_program = false;                    // the program's own throw, not the system
  RunStatistics statistics;
};

/// Runs `main` with `args`. Errors of the set-up (no main, unknown capability) are reported in the result as well.
RunResult run_program(std::shared_ptr<const vm::Program> program, std::vector<std::string> args, const RunOptions& options);

/// Runs one function without parameters (a test) as main.
RunResult run_function(std::shared_ptr<const vm::Program> program, std::uint32_t function, const RunOptions& options);

}  // namespace noodle::process
