// Running a program to its end: one call that makes a System with workers, runs main and waits for the last process.
//
// Threads: call from any thread; blocks. Errors: 1705, 1709, 8001-8003 and whatever the program throws.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "runtime/process/system.hpp"
#include "runtime/run/profile.hpp"
#include "runtime/vm/process.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::process {

/// Something that drives all workers of a System until it is destroyed.
class WorkerDrive {
 public:
  virtual ~WorkerDrive() = default;
};
/// Starts driving. The default is one thread per worker; actors/ has one detached CAF actor per worker.
using WorkerDriver = std::function<std::unique_ptr<WorkerDrive>(System&)>;
std::unique_ptr<WorkerDrive> drive_with_threads(System& system);

struct RunOptions {
  std::uint32_t workers = 0;  // 0: one per core
  std::int64_t slice_fuel = kDefaultSliceFuel;
  jit::Mode jit = jit::Mode::on;
  vm::ProcessLimits main_limits;  // of the main process
  std::uint32_t max_processes = kDefaultProcesses;
  std::uint64_t vm_memory_bytes = 0;             // of all processes; 0: 75 % of the machine
  std::int64_t time_limit_ms = 0;                // 0: none; else 1709 and exit code 124
  std::vector<std::string> grants;               // "fs.read:/data"; the default entry capabilities are always granted
  std::function<void(std::string_view)> output;  // gets whole lines of print; null: standard output
  std::function<void(const Exit&)> on_uncaught;  // a process other than main ended with an error; from any worker
  Profile* profile = nullptr;                    // set: takes a profile with its period
  WorkerDriver driver;                           // null: threads
  /// Called when main has started; what it gives lives until the run has ended. An error ends the run.
  std::function<Result<std::shared_ptr<void>>(System&, std::shared_ptr<Run>)> attach;
  std::function<bool()> interrupted;  // polled about every 20 ms; true kills the run (exit code 137)
};

/// How a run ended. `error_code` 0: normally. Trace: one `function (file:line:column)` a line.
struct RunResult {
  int exit_code = 0;
  std::uint16_t error_code = 0;
  std::string error_message;
  std::string error_trace;
  SystemStats statistics;
};

/// What RunOptions ask for, for those who drive a run themselves. Error 8002.
SystemOptions system_options(const RunOptions& options);
Result<RunSettings> run_settings(const RunOptions& options);
std::unique_ptr<Output> run_output(const RunOptions& options);
/// The result of a run that could not be started.
RunResult set_up_failure(const Error& error);

/// What the end of a run means outside. `passed_limit_ms`: the time limit it ran into, 0 if it did not.
RunResult result_of(const vm::Program& program, std::uint32_t function, const RunEnd& end,
                    std::int64_t passed_limit_ms);

/// Runs `main` with `args`. Errors of the set-up (no main, unknown capability) are reported in the result as well.
RunResult run_program(std::shared_ptr<const vm::Program> program, std::vector<std::string> args,
                      const RunOptions& options);

/// Runs one function without parameters (a test) as main.
RunResult run_function(std::shared_ptr<const vm::Program> program, std::uint32_t function, const RunOptions& options);

}  // namespace noodle::process
