// `noodle node`: one node of a cluster, as a process, until it is told to stop.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <thread>

#include "runtime/base/clock.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/options.hpp"
#include "runtime/stdlib/register.hpp"
#include "tools/noodle/cluster/commands.hpp"
#include "tools/noodle/cluster/node_process.hpp"
#include "tools/noodle/cluster/service_notify.hpp"
#include "tools/noodle/console.hpp"

namespace noodle::tools {
namespace {

constexpr std::int64_t kLastWordsMs = 200;  // of the stop limit, to write the log
constexpr int kHasLeft = SIGUSR1;           // the process tells itself; another TERM would end it at once

/// TERM, INT, HUP and kHasLeft: blocked in all threads, taken one by one.
sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, kHasLeft}) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return set;
}

/// The process ends within its limit, whatever hangs; and at once when it is told to stop a second time.
void end_within(std::chrono::milliseconds limit) {
  std::thread([limit] {
    sigset_t stop;
    sigemptyset(&stop);
    for (const int signal : {SIGTERM, SIGINT}) sigaddset(&stop, signal);
    const auto ns = std::chrono::nanoseconds(limit).count() - kLastWordsMs * kMillisecondNs;
    const timespec wait{ns / kSecondNs, ns % kSecondNs};
    sigtimedwait(&stop, nullptr, &wait);
    Logger("node").error("node did not stop in time, or was told to a second time: it ends now");
    usleep(kLastWordsMs / 2 * 1000);  // not flush(): what hangs may be the log
    _exit(kExitUncaught);
  }).detach();
}

std::string ready_json(const NodeFacts& facts) {
  return R"({"event":"ready","name":)" + json_string(facts.name) + ",\"id\":" + json_string(facts.id) +
         ",\"host\":" + json_string(facts.host) + ",\"port\":" + std::to_string(facts.port) +
         ",\"pid\":" + std::to_string(getpid()) + ",\"incarnation\":" + std::to_string(facts.incarnation) + "}\n";
}

void tell_ready(const NodeFacts& facts, const NodeCommand& command, bool json) {
  if (json) {
    std::cout << ready_json(facts) << std::flush;
  } else {
    std::cout << "node " << facts.name << " (" << facts.id << ") is ready on " << facts.host << ':' << facts.port
              << ", process " << getpid() << ", incarnation " << facts.incarnation << '\n'
              << std::flush;
  }
  if (command.ready_fd >= 0) {
    const std::string line = ready_json(facts);
    static_cast<void>(!write(command.ready_fd, line.data(), line.size()));
    close(command.ready_fd);
  }
  notify_service_manager("READY=1");
}

Result<Config> configure(const NodeCommand& command, const CommonOptions& common) {
  FlagValues flags;
  if (!command.name.empty()) flags.emplace_back("node.name", command.name);
  if (!command.data.empty()) flags.emplace_back("node.data", command.data);
  if (!command.listen.empty()) {
    const std::size_t colon = command.listen.rfind(':');
    if (colon == std::string::npos || colon == 0) {
      return Error{Code::config_bad_value, "`--listen " + command.listen + "` is not HOST:PORT", {}};
    }
    flags.emplace_back("net.listen", command.listen.substr(0, colon));
    flags.emplace_back("net.port", command.listen.substr(colon + 1));
  }
  std::string seeds;
  for (const std::string& seed : command.seeds) seeds += (seeds.empty() ? "" : ",") + seed;
  if (!seeds.empty()) flags.emplace_back("net.seeds", seeds);
  static constexpr std::string_view kRead[] = {"node", "net", "cluster", "agents", "vm", "log"};
  return load_config(common, std::move(flags), kRead);
}

Result<void> start_log(const Config& config) {
  auto settings = log_settings(config);
  if (!settings) return settings.error();
  return process_log().start(std::move(*settings));
}

void reload(NodeProcess& process, const NodeCommand& command, const CommonOptions& common) {
  const Logger log("node");
  const auto config = configure(command, common);
  const auto started = config ? start_log(*config) : config.error();
  if (started) {
    log.info("configuration read again: the log is as it says; what it says otherwise counts from the next start");
  } else {
    log.error("configuration not read again", {{"why", started.error().to_string()}});
  }
  process.reload_identity();
}

}  // namespace

int node_command(const NodeCommand& command, const CommonOptions& common) {
  const auto fail = [&common](const Error& error, int code) {
    process_log().stop();
    print_error(error, common.json);
    return code;
  };
  if (command.ready_fd >= 0) fcntl(command.ready_fd, F_SETFD, FD_CLOEXEC);
  const sigset_t signals = block_signals();
  const auto config = configure(command, common);
  if (!config) return fail(config.error(), kExitUsage);
  auto settings = node_settings(*config);
  if (!settings) return fail(settings.error(), kExitUsage);
  auto identity = read_identity(*settings, system_clock().wall_ns() / kSecondNs);
  if (!identity) return fail(identity.error(), kExitUncaught);
  if (command.check) {
    if (!common.json) std::cout << "the configuration of " << identity->info.name << " is good\n";
    return kExitOk;
  }
  if (const auto started = start_log(*config); !started) return fail(started.error(), kExitUncaught);
  stdlib::register_stdlib_natives();
  const std::chrono::milliseconds stop_limit = settings->stop_limit;
  auto process = NodeProcess::start(std::move(*settings), std::move(*identity), [] { kill(getpid(), kHasLeft); });
  if (!process) return fail(process.error(), kExitUncaught);
  tell_ready((*process)->facts(), command, common.json);

  int signal = 0;
  while (sigwait(&signals, &signal) == 0 && signal == SIGHUP) reload(**process, command, common);
  if (signal == kHasLeft) Logger("node").info("node was told to leave the cluster: its process ends");
  notify_service_manager("STOPPING=1");
  end_within(stop_limit);
  const bool in_time = (*process)->stop();
  process->reset();
  process_log().stop();
  return in_time ? kExitOk : kExitUncaught;
}

}  // namespace noodle::tools
