// `noodle up`: a cluster of processes on this machine.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iomanip>
#include <iostream>

#include "runtime/base/option.hpp"
#include "tools/noodle/cluster/commands.hpp"
#include "tools/noodle/console.hpp"
#include "tools/up/cluster_run.hpp"
#include "tools/up/follow_logs.hpp"
#include "tools/up/steering.hpp"

namespace noodle::tools {
namespace {

int fail(const Error& error, const CommonOptions& common) {
  print_error(error, common.json);
  const bool usage = error.code == Code::cluster_invalid || error.code == Code::config_syntax;
  return usage ? kExitUsage : kExitUncaught;
}

void print_nodes(const Msg<wire::UpAnswer>& answer, bool json) {
  if (!json) {
    std::cout << "cluster " << answer->getCluster().cStr() << ", process " << answer->getProcess() << ", context "
              << answer->getContext().cStr() << '\n';
  }
  for (const auto node : answer->getNodes()) {
    if (json) {
      std::cout << "{\"name\":" << json_string(node.getName().cStr())
                << ",\"state\":" << json_string(node.getState().cStr()) << ",\"pid\":" << node.getProcess()
                << ",\"host\":\"127.0.0.1\",\"port\":" << node.getPort()
                << ",\"id\":" << json_string(node.getId().cStr()) << ",\"incarnation\":" << node.getIncarnation()
                << ",\"restarts\":" << node.getRestarts() << ",\"state_ns\":" << node.getStateNs()
                << ",\"last_end\":" << json_string(node.getLastEnd().cStr())
                << ",\"log\":" << json_string(node.getLog().cStr()) << "}\n";
      continue;
    }
    std::cout << "  " << std::left << std::setw(12) << node.getName().cStr() << ' ' << std::setw(9)
              << node.getState().cStr() << " for " << std::right << std::setw(6) << node.getStateNs() / kSecondNs
              << " s  127.0.0.1:" << node.getPort() << "  process " << node.getProcess() << "  restarts "
              << node.getRestarts();
    if (node.getRestarts() != 0 && node.getLastEnd().size() != 0)
      std::cout << ", the last after " << node.getLastEnd().cStr();
    std::cout << '\n';
  }
}

/// Something is wanted of a cluster that runs.
int steer(const UpCommand& command, const up::Layout& layout, const CommonOptions& common) {
  if (command.logs) {
    const auto printed = up::print_logs(layout, command.log_nodes, command.follow, !common.json, std::cout);
    return printed ? kExitOk : fail(printed.error(), common);
  }
  up::UpQuestion question;
  if (command.stop) question.verb = wire::UpVerb::STOP;
  if (command.scale != 0) question = {wire::UpVerb::SCALE, {}, command.scale};
  if (!command.restart.empty()) question = {wire::UpVerb::RESTART, command.restart, 0};
  if (!command.kill.empty()) question = {wire::UpVerb::KILL, command.kill, 0};
  const auto answer = up::ask_cluster(layout, question);
  if (!answer) return fail(answer.error(), common);
  if (!command.stop) {
    print_nodes(*answer, common.json);
  } else if (!common.json) {
    std::cout << "cluster " << (*answer)->getCluster().cStr() << " has stopped\n";
  }
  return kExitOk;
}

/// Goes on as another process. In the first one it gives the exit code, when the cluster is ready or has failed; in the
/// other one nothing, and `tell_ready` is what it calls then.
std::optional<int> go_to_background(const up::Layout& layout, std::function<void()>& tell_ready) {
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC) != 0) return kExitUncaught;
  std::cout << std::flush;
  const pid_t child = fork();
  if (child < 0) return kExitUncaught;
  if (child == 0) {
    close(ends[0]);
    tell_ready = [write_end = ends[1], log = layout.own_log()] {
      setsid();
      const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
      const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
      dup2(nothing, 0);
      dup2(output, 1);
      dup2(output, 2);
      static_cast<void>(!write(write_end, "+", 1));
      for (const int done : {output, nothing, write_end}) close(done);
    };
    return std::nullopt;
  }
  close(ends[1]);
  char ready = 0;
  if (read(ends[0], &ready, 1) == 1) return kExitOk;
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : static_cast<int>(kExitUncaught);
}

}  // namespace

int up_command(const UpCommand& command, const CommonOptions& common) {
  const up::Layout layout = up::layout_of(command.config);
  const bool steers = command.status || command.stop || command.logs || command.scale != 0 ||
                      !command.restart.empty() || !command.kill.empty();
  if (steers) return steer(command, layout, common);

  auto file = up::read_cluster_file(command.config);
  if (!file) return fail(file.error(), common);
  const auto lock = up::take_folder(layout);
  if (!lock) return fail(lock.error(), common);
  if (command.fresh) {
    if (const auto cleared = up::clear_folder(layout); !cleared) return fail(cleared.error(), common);
  }
  up::ClusterOptions options{.layout = layout, .file = std::move(*file), .count = command.nodes, .on_ready = {}};
  if (command.detach) {
    if (const auto done = go_to_background(layout, options.on_ready)) return *done;
  }
  up::Progress progress(std::cout, common.json, command.detach);
  const auto ran = up::ClusterRun(std::move(options), progress).run();
  return ran ? kExitOk : fail(ran.error(), common);
}

}  // namespace noodle::tools
