#include "tools/noodle/settings.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>

#include "runtime/base/log.hpp"
#include "runtime/base/options.hpp"

namespace noodle::tools {

namespace {

std::uint64_t machine_memory_bytes() {
  return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

vm::ProcessLimits limits_of(const Config& config) {
  vm::ProcessLimits limits;
  limits.memory_bytes = config.size_bytes("vm.process_memory");
  limits.frames = static_cast<std::uint32_t>(config.integer("vm.stack_frames"));
  limits.stack_bytes = static_cast<std::uint32_t>(config.size_bytes("vm.stack_bytes"));
  if (const std::int64_t fuel = config.integer("vm.fuel"); fuel > 0) limits.fuel = static_cast<std::uint64_t>(fuel);
  limits.children = static_cast<std::uint32_t>(config.integer("vm.children"));
  limits.mailbox_messages = static_cast<std::uint32_t>(config.integer("vm.mailbox_messages"));
  limits.mailbox_bytes = static_cast<std::uint32_t>(config.size_bytes("vm.mailbox_bytes"));
  const std::string& policy = config.text("vm.mailbox_policy");
  limits.mailbox_policy = static_cast<std::uint8_t>(policy == "block"         ? process::MailboxPolicy::block
                                                    : policy == "drop_oldest" ? process::MailboxPolicy::drop_oldest
                                                                              : process::MailboxPolicy::error);
  return limits;
}

/// Of the sections that are read; others may be meant for other programs.
bool is_about(const std::string& warning, std::span<const std::string_view> sections) {
  return std::any_of(sections.begin(), sections.end(), [&warning](std::string_view section) {
    return warning.find(" " + env_name(section) + "_") != std::string::npos;
  });
}

}  // namespace

Result<Config> load_config(const CommonOptions& common, FlagValues flags, std::span<const std::string_view> sections) {
  ConfigSources sources;
  if (!common.config.empty()) sources.file = common.config;
  sources.environment = noodle_environment();
  sources.flags = std::move(flags);
  auto config = Config::load(node_options(), sources);
  if (!config) return config;
  for (const std::string& warning : config->warnings()) {
    if (is_about(warning, sections)) std::cerr << "warning: " << warning << '\n';
  }
  return config;
}

RunSettings run_settings(const Config& config) {
  RunSettings settings;
  settings.limits = limits_of(config);
  settings.grants = config.text_list("vm.grants");
  settings.time_limit_ms = std::chrono::ceil<std::chrono::milliseconds>(config.duration("vm.time_limit")).count();
  process::SystemOptions& system = settings.system;
  system.workers = static_cast<unsigned>(config.integer("vm.workers"));
  system.slice_fuel = config.integer("vm.slice_fuel");
  const std::string& jit = config.text("vm.jit");
  system.jit = jit == "off" ? jit::Mode::off : jit == "eager" ? jit::Mode::eager : jit::Mode::on;
  system.max_processes = static_cast<std::uint32_t>(config.integer("vm.processes"));
  const double share = config.real("vm.memory_share");
  system.vm_memory_bytes = static_cast<std::uint64_t>(static_cast<double>(machine_memory_bytes()) * share);
  return settings;
}

Result<RunSettings> load_settings(const CommonOptions& common, FlagValues flags) {
  static constexpr std::string_view kRead[] = {"vm", "log"};
  const auto config = load_config(common, std::move(flags), kRead);
  if (!config) return config.error();
  auto log_options = log_settings(*config);
  if (!log_options) return log_options.error();
  bool log_as_ever = true;
  for (const char* key : {"log.level", "log.file", "log.components", "log.queue"}) {
    log_as_ever = log_as_ever && config->origin(key) == "default";
  }
  if (!log_as_ever) {
    if (const auto started = process_log().start(std::move(*log_options)); !started) return started.error();
  }
  return run_settings(*config);
}

process::RunOptions options_of(const RunSettings& settings, const std::vector<std::string>& allow) {
  process::RunOptions options;
  options.workers = settings.system.workers;
  options.slice_fuel = settings.system.slice_fuel;
  options.jit = settings.system.jit;
  options.max_processes = settings.system.max_processes;
  options.vm_memory_bytes = settings.system.vm_memory_bytes;
  options.grants = settings.grants;
  options.grants.insert(options.grants.end(), allow.begin(), allow.end());
  options.time_limit_ms = settings.time_limit_ms;
  options.main_limits = settings.limits;
  return options;
}

}  // namespace noodle::tools
