// `noodle run`: compile or load, link, run main, report how it ended.
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iostream>

#include "actors/work/vm_driver.hpp"
#include "runtime/base/log.hpp"
#include "runtime/jit/compiler.hpp"
#include "runtime/replay/record.hpp"
#include "runtime/run/profile_report.hpp"
#include "runtime/run/run_program.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/vm/program.hpp"
#include "tools/noodle/commands.hpp"
#include "tools/noodle/console.hpp"
#include "tools/noodle/control.hpp"
#include "tools/noodle/load.hpp"
#include "tools/noodle/report.hpp"
#include "tools/noodle/settings.hpp"

namespace noodle::tools {

namespace {

volatile std::sig_atomic_t interrupted = 0;

void on_interrupt(int) {
  interrupted = 1;
}

int run_recorded(const std::shared_ptr<const vm::Program>& program, const RunCommand& command,
                 const process::RunOptions& options, bool json) {
  std::ofstream file(command.record, std::ios::binary | std::ios::trunc);
  if (!file) {
    print_error({Code::file_unreadable, "cannot write `" + command.record + "`: " + std::strerror(errno), {}}, json);
    return kExitCompile;
  }
  const replay::Recorded run = replay::record(program, program->module.main, command.arguments, options, file);
  process_log().stop();
  const int exit_code = report_result(run.result, command.stats, json);
  if (!run.problem) return exit_code;
  print_error(*run.problem, json);
  return exit_code == kExitOk ? kExitCompile : exit_code;
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
  if (!command.record.empty()) return run_recorded(*program, command, options, common.json);
  process::Profile profile;
  const bool profiled = command.profile || !command.profile_out.empty();
  if (profiled) options.profile = &profile;
  const process::RunResult result = process::run_program(*program, command.arguments, options);
  process_log().stop();
  const int exit_code = report_result(result, command.stats, common.json);
  if (profiled && !report_profile(profile, command.profile_out, common.json) && exit_code == kExitOk)
    return kExitCompile;
  return exit_code;
}

}  // namespace noodle::tools
