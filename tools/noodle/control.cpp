#include "tools/noodle/control.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>

#include "runtime/bytecode/container.hpp"
#include "runtime/run/swap.hpp"
#include "runtime/vm/program.hpp"
#include "tools/up/local_socket.hpp"

namespace noodle::tools {
namespace {

using up::Descriptor;

constexpr int kRequestMs = 30'000;
constexpr const char* kSuffix = ".sock";

Error failed(const std::string& what) {
  return {Code::file_unreadable, what + ": " + std::strerror(errno), {}};
}

/// The folder of the sockets, made if need be: ours alone.
Result<std::string> socket_folder() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  const std::string folder =
      runtime && *runtime == '/' ? std::string(runtime) + "/noodle" : "/tmp/noodle-" + std::to_string(geteuid());
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return failed("cannot make `" + folder + "`");
  struct stat facts {};
  if (lstat(folder.c_str(), &facts) != 0) return failed("cannot look at `" + folder + "`");
  if (!S_ISDIR(facts.st_mode) || facts.st_uid != geteuid() || (facts.st_mode & 077) != 0) {
    return Error{Code::file_unreadable, "`" + folder + "` is not a folder of this user alone (mode 0700)", {}};
  }
  return folder;
}

/// The socket of a program of this name, in the folder.
Result<std::string> socket_of(const std::string& name) {
  const bool plain = !name.empty() && name.size() <= 64 && name[0] != '.' &&
                     std::all_of(name.begin(), name.end(),
                                 [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_' || c == '.'; });
  if (plain) return name + kSuffix;
  return Error{Code::config_bad_value, "`" + name + "` is no name: letters, digits, `-`, `_` and `.`, at most 64", {}};
}

void set_failure(wire::Failure::Builder failure, const Error& error) {
  failure.setCode(error.number());
  failure.setMessage(error.message);
}

const char* kind_name(swap::ChangeKind kind) {
  static constexpr const char* kNames[] = {"actorAdded",     "actorRemoved",  "actorChanged",   "handlerAdded",
                                           "handlerRemoved", "fieldAdded",    "fieldDropped",   "fieldRetyped",
                                           "exportAdded",    "exportRemoved", "capabilityAdded"};
  return kNames[static_cast<std::size_t>(kind)];
}

Msg<wire::SwapDone> answer(const process::SwapReport& report) {
  return Msg<wire::SwapDone>::build([&](wire::SwapDone::Builder done) {
    if (!report.taken_back.empty()) {
      set_failure(done.initFailure(), {Code::swap_rolled_back, report.taken_back, {}});
    } else if (report.stayed != 0) {
      const std::string text = report.stays.empty() ? "" : report.stays.front().second.message;
      set_failure(
          done.initFailure(),
          {Code::swap_move_failed, std::to_string(report.stayed) + " actors stay on the old version: " + text, {}});
    }
    done.setVersion(report.number);
    done.setMoved(report.moved);
    done.setStayed(report.stayed);
    done.setBehind(report.behind);
    done.setFailures(report.failures);
    done.setKilled(report.killed);
    done.setElapsedNs(report.elapsed_ns);
    done.setTakenBack(report.taken_back);
    auto changes = done.initChanges(static_cast<unsigned>(report.changes.size()));
    for (unsigned i = 0; i < changes.size(); ++i) {
      changes[i].setKind(kind_name(report.changes[i].kind));
      changes[i].setBreaking(report.changes[i].breaking);
      changes[i].setSubject(report.changes[i].subject);
      changes[i].setText(report.changes[i].text);
    }
    auto stays = done.initStays(static_cast<unsigned>(report.stays.size()));
    for (unsigned i = 0; i < stays.size(); ++i) {
      stays[i].setProcess(report.stays[i].first);
      set_failure(stays[i].initFailure(), report.stays[i].second);
    }
  });
}

Result<process::SwapReport> swap_as_asked(process::System& system, process::Run& run,
                                          const Msg<wire::SwapProgram>& request) {
  const auto image = request->getImage();
  auto module = bytecode::read_nbc({reinterpret_cast<const char*>(image.begin()), image.size()});
  if (!module) return module.error();
  auto program = vm::link(std::move(module).value());
  if (!program) return program.error();
  if (request->getCheckOnly()) {
    process::SwapReport report;
    report.changes = swap::plan(*run.current()->program, **program).changes;
    return report;
  }
  process::SwapOptions options;
  options.rollout.canary = std::clamp(request->getCanary(), 0.0, 1.0);
  options.rollout.watch_ns = request->getWatchNs();
  options.rollout.failure_share = request->getFailureShare();
  options.rollout.patience_ns = request->getPatienceNs();
  options.rollout.strict = request->getStrict();
  options.rollout.drain = request->getDrain();
  options.force = request->getForce();
  return process::swap_program(system, run, *program, options);
}

}  // namespace

struct ControlServer::State {
  State(process::System& on, std::shared_ptr<process::Run> of) : system(on), run(std::move(of)) {}
  ~State() {
    stop.store(true);
    const char wake = 0;
    static_cast<void>(!write(wake_write.get(), &wake, 1));
    if (thread.joinable()) thread.join();
    if (listener) unlink((folder + "/" + socket).c_str());
  }

  void serve() {
    while (!stop.load()) {
      pollfd wait_for[] = {{listener.get(), POLLIN, 0}, {wake_read.get(), POLLIN, 0}};
      if (poll(wait_for, 2, -1) < 0 && errno != EINTR) return;
      if (stop.load()) return;
      if (!(wait_for[0].revents & POLLIN)) continue;
      const Descriptor peer = up::accept_local(listener);
      if (!peer) continue;
      const auto request = up::read_frame<wire::SwapProgram>(peer, kRequestMs);
      const auto report = request ? swap_as_asked(system, *run, *request) : request.error();
      const Msg<wire::SwapDone> done =
          report ? answer(*report) : Msg<wire::SwapDone>::build([&](wire::SwapDone::Builder out) {
            set_failure(out.initFailure(), report.error());
          });
      up::write_frame(peer, *done.frame());
    }
  }

  process::System& system;
  std::shared_ptr<process::Run> run;
  std::string folder, socket;
  Descriptor listener, wake_read, wake_write;
  std::atomic<bool> stop{false};
  std::thread thread;
};

ControlServer::ControlServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
ControlServer::~ControlServer() = default;

Result<std::unique_ptr<ControlServer>> ControlServer::listen(const std::string& name, process::System& system,
                                                             std::shared_ptr<process::Run> run) {
  auto socket = socket_of(name);
  if (!socket) return socket.error();
  auto folder = socket_folder();
  if (!folder) return folder.error();
  if (up::connect_local(*folder, *socket)) {
    return Error{Code::name_taken, "a program named `" + name + "` is running", {}};
  }
  auto state = std::make_unique<State>(system, std::move(run));
  int wake[2] = {-1, -1};
  if (pipe2(wake, O_CLOEXEC) != 0) return failed("cannot make a pipe");
  state->wake_read = Descriptor(wake[0]);
  state->wake_write = Descriptor(wake[1]);
  state->folder = *folder;
  state->socket = *socket;
  auto listener = up::listen_local(*folder, *socket);
  if (!listener) return listener.error();
  state->listener = std::move(*listener);
  state->thread = std::thread([at = state.get()] { at->serve(); });
  return std::unique_ptr<ControlServer>(new ControlServer(std::move(state)));
}

Result<Msg<wire::SwapDone>> request_swap(const std::string& name, const Msg<wire::SwapProgram>& request) {
  auto socket = socket_of(name);
  if (!socket) return socket.error();
  auto folder = socket_folder();
  if (!folder) return folder.error();
  const Descriptor peer = up::connect_local(*folder, *socket);
  if (!peer) return Error{Code::swap_no_target, "nothing that runs is named `" + name + "`", {}};
  if (!up::write_frame(peer, *request.frame())) {
    return Error{Code::swap_no_target, "`" + name + "` has ended while it was asked", {}};
  }
  return up::read_frame<wire::SwapDone>(peer, -1);
}

std::vector<std::string> running_names() {
  std::vector<std::string> names;
  const auto folder = socket_folder();
  if (!folder) return names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(*folder, error)) {
    if (entry.path().extension() == kSuffix && up::connect_local(*folder, entry.path().filename())) {
      names.push_back(entry.path().stem().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace noodle::tools
