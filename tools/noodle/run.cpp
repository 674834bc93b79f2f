// `noodle run`: compile or load, link, run main, report how it ended.
#include <csignal>
#include <iostream>

#include "actors/work/vm_driver.hpp"
#include "runtime/process/run.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/vm/program.hpp"
#include "tools/noodle/commands.hpp"
#include "tools/noodle/console.hpp"
#include "tools/noodle/load.hpp"

namespace noodle::tools {

namespace {

volatile std::sig_atomic_t interrupted = 0;

void on_interrupt(int) { interrupted = 1; }

void print_uncaught(const process::RunResult& result, bool json) {
  if (json) {
    std::cerr << R"({"severity":"error","code":)" << result.error_code << ",\"message\":" << json_string(result.error_message)
              << ",\"trace\":" << json_string(result.error_trace)
              << ",\"raisedByProgram\":" << (result.error_by_program ? "true" : "false") << "}\n";
    return;
  }
  const bool color = stderr_is_terminal();
  std::cerr << (color ? "\033[1;31m" : "") << "error " << result.error_code << (color ? "\033[0m" : "") << ": "
            << result.error_message << (result.error_by_program ? "  (raised by the program)" : "") << '\n';
  std::string_view trace = result.error_trace;
  while (!trace.empty()) {
    const std::size_t end = trace.find('\n');
    std::cerr << "  at " << trace.substr(0, end) << '\n';
    if (end == std::string_view::npos) break;
    trace.remove_prefix(end + 1);
  }
  if (const ErrorInfo* info = find_error(result.error_code); info != nullptr && !result.error_by_program) {
    std::cerr << "help: " << info->advice << " (noodle explain " << result.error_code << ")\n";
  }
}

void print_statistics(const process::RunStatistics& s, bool json) {
  if (json) {
    std::cerr << "{\"processes\":" << s.processes_spawned << ",\"messages\":" << s.messages_sent
              << ",\"deadLetters\":" << s.dead_letters << ",\"fuel\":" << s.fuel << ",\"collections\":" << s.collections
              << ",\"peakVmMemoryBytes\":" << s.peak_vm_memory_bytes << "}\n";
    return;
  }
  std::cerr << "processes " << s.processes_spawned << ", messages " << s.messages_sent << ", dead letters " << s.dead_letters
            << ", fuel " << s.fuel << ", collections " << s.collections << ", peak VM memory "
            << (s.peak_vm_memory_bytes + 1023) / 1024 << " KiB\n";
}

}  // namespace

int run_command(const RunCommand& command, const CommonOptions& common) {
  register_stdlib_natives();
  auto loaded = load_module(command.path, {}, common.json);
  if (!loaded) return loaded.exit_code;
  auto program = vm::link(std::move(*loaded.module));
  if (!program) {
    print_error(program.error(), common.json);
    return kExitCompile;
  }
  process::RunOptions options;
  options.workers = command.workers;
  options.grants = command.allow;
  options.time_limit_ms = command.time_limit_ms;
  if (command.memory_bytes != 0) options.main_limits.memory_bytes = command.memory_bytes;
  if (command.fuel != 0) options.main_limits.fuel = command.fuel;
  options.driver = actors::caf_driver();
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
  options.interrupted = [] { return interrupted != 0; };
  const process::RunResult result = process::run_program(*program, command.arguments, options);
  if (result.error_code != 0) print_uncaught(result, common.json);
  if (command.stats) print_statistics(result.statistics, common.json);
  return result.exit_code;
}

}  // namespace noodle::tools
