// `noodle run`: compile or load, link, run main, report how it ended.
#include <csignal>
#include <iostream>

#include "actors/work/vm_driver.hpp"
#include "runtime/base/log.hpp"
#include "runtime/jit/compiler.hpp"
#include "runtime/run/profile_report.hpp"
#include "runtime/run/run_program.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/vm/program.hpp"
#include "tools/noodle/commands.hpp"
#include "tools/noodle/console.hpp"
#include "tools/noodle/control.hpp"
#include "tools/noodle/load.hpp"
#include "tools/noodle/settings.hpp"

namespace noodle::tools {

namespace {

volatile std::sig_atomic_t interrupted = 0;

void on_interrupt(int) {
  interrupted = 1;
}

/// Codes that are not in the table were thrown by the program itself.
const char* origin(std::uint16_t code) {
  return find_error(code) == nullptr ? "  (raised by the program)" : "";
}

void print_uncaught(const process::RunResult& result, bool json) {
  if (json) {
    std::cerr << R"({"severity":"error","code":)" << result.error_code
              << ",\"message\":" << json_string(result.error_message)
              << ",\"trace\":" << json_string(result.error_trace) << "}\n";
    return;
  }
  const bool color = stderr_is_terminal();
  std::cerr << (color ? "\033[1;31m" : "") << "error " << result.error_code << (color ? "\033[0m" : "") << ": "
            << result.error_message << origin(result.error_code) << '\n';
  std::string_view trace = result.error_trace;
  while (!trace.empty()) {
    const std::size_t end = trace.find('\n');
    std::cerr << "  at " << trace.substr(0, end) << '\n';
    if (end == std::string_view::npos) break;
    trace.remove_prefix(end + 1);
  }
  if (const ErrorInfo* info = find_error(result.error_code)) {
    std::cerr << "help: " << info->advice << " (noodle explain " << result.error_code << ")\n";
  }
}

/// A process other than main ended with an error: one line, so that supervised crashes are seen but do not drown the
/// rest.
void print_process_end(const process::Exit& exit, bool json) {
  std::string line;
  if (json) {
    line = R"({"severity":"warning","code":)" + std::to_string(exit.code) +
           ",\"process\":" + std::to_string(exit.pid & 0xffffffff) + ",\"message\":" + json_string(exit.message) +
           ",\"trace\":" + json_string(exit.trace) + "}\n";
  } else {
    const std::string place = exit.trace.substr(0, exit.trace.find('\n'));
    line = "process " + std::to_string(exit.pid & 0xffffffff) + " ended with error " + std::to_string(exit.code) +
           ": " + exit.message + (place.empty() ? "" : " at " + place) + "\n";
  }
  std::cerr << line << std::flush;
}

void print_statistics(const process::SystemStats& s, bool json) {
  const jit::Statistics compiled = jit::statistics();
  if (json) {
    std::cerr << "{\"processes\":" << s.spawned << ",\"failed\":" << s.failed << ",\"messages\":" << s.messages
              << ",\"deadLetters\":" << s.dead_letters << ",\"slices\":" << s.slices << ",\"fuel\":" << s.fuel
              << ",\"compiledFunctions\":" << compiled.functions << ",\"compiledWords\":" << compiled.words
              << ",\"compileNanoseconds\":" << compiled.nanoseconds << ",\"machineCodeBytes\":" << compiled.code_bytes
              << "}\n";
    return;
  }
  std::cerr << "processes " << s.spawned << " (" << s.failed << " failed), messages " << s.messages << ", dead letters "
            << s.dead_letters << ", slices " << s.slices << ", fuel " << s.fuel << '\n';
  if (compiled.functions == 0) return;
  std::cerr << "compiled " << compiled.functions << " functions of " << compiled.words << " words in "
            << compiled.nanoseconds / 1000 << " us to " << compiled.code_bytes << " bytes of machine code\n";
}

/// False: the file could not be written.
bool report_profile(const process::Profile& profile, const std::string& file, bool json) {
  std::cerr << (json ? process::profile_json(profile) : process::profile_table(profile));
  if (file.empty()) return true;
  const auto written = write_file(file, process::flame_graph(profile));
  if (!written) print_error(written.error(), json);
  return static_cast<bool>(written);
}

}  // namespace

int run_command(const RunCommand& command, const CommonOptions& common) {
  stdlib::register_stdlib_natives();
  FlagValues flags;
  if (command.workers != 0) flags.emplace_back("vm.workers", std::to_string(command.workers));
  if (command.memory_bytes != 0) flags.emplace_back("vm.process_memory", std::to_string(command.memory_bytes));
  if (command.fuel != 0) flags.emplace_back("vm.fuel", std::to_string(command.fuel));
  if (!command.jit.empty()) flags.emplace_back("vm.jit", command.jit);
  if (command.time_limit_ms != 0) flags.emplace_back("vm.time_limit", std::to_string(command.time_limit_ms) + "ms");
  auto settings = load_settings(common, std::move(flags));
  if (!settings) {
    print_error(settings.error(), common.json);
    return kExitUsage;
  }
  auto loaded = load_module(command.path, {}, common.json);
  if (!loaded) return loaded.exit_code;
  auto program = vm::link(std::move(*loaded.module));
  if (!program) {
    print_error(program.error(), common.json);
    return kExitCompile;
  }
  if (command.perf_map) {
    const auto path = jit::open_perf_map();
    if (!path) {
      print_error(path.error(), common.json);
      return kExitUsage;
    }
    std::cerr << "perf map: " << *path << '\n';
  }
  process::RunOptions options = options_of(*settings, command.allow);
  options.driver = actors::caf_driver();
  options.on_uncaught = [&common](const process::Exit& exit) { print_process_end(exit, common.json); };
  if (!command.name.empty()) {
    options.attach = [&command](process::System& system, std::shared_ptr<process::Run> run) {
      auto server = ControlServer::listen(command.name, system, std::move(run));
      return server ? Result<std::shared_ptr<void>>(std::shared_ptr<void>(std::move(*server))) : server.error();
    };
  }
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
  options.interrupted = [] { return interrupted != 0; };
  process::Profile profile;
  const bool profiled = command.profile || !command.profile_out.empty();
  if (profiled) options.profile = &profile;
  const process::RunResult result = process::run_program(*program, command.arguments, options);
  process_log().stop();
  if (result.error_code != 0) {
    print_uncaught(result, common.json);
  } else if (!result.error_message.empty()) {
    std::cerr << "warning: " << result.error_message << '\n';
  }
  if (command.stats) print_statistics(result.statistics, common.json);
  if (profiled && !report_profile(profile, command.profile_out, common.json) && result.exit_code == kExitOk)
    return kExitCompile;
  return result.exit_code;
}

}  // namespace noodle::tools
