#include "tools/noodle/control.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
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

namespace noodle::tools {
namespace {

constexpr int kRequestMs = 30'000;
constexpr const char* kSuffix = ".sock";

/// A file descriptor that is closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int descriptor = -1) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Descriptor(Descriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  int get() const { return descriptor_; }
  explicit operator bool() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

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

Result<sockaddr_un> address_of(const std::string& name) {
  const bool plain = !name.empty() && name.size() <= 64 && name[0] != '.' &&
                     std::all_of(name.begin(), name.end(),
                                 [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_' || c == '.'; });
  if (!plain) {
    return Error{
        Code::config_bad_value, "`" + name + "` is no name: letters, digits, `-`, `_` and `.`, at most 64", {}};
  }
  auto folder = socket_folder();
  if (!folder) return folder.error();
  const std::string path = *folder + "/" + name + kSuffix;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return Error{Code::config_bad_value, "`" + path + "` is too long", {}};
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

bool connects(const sockaddr_un& address) {
  const Descriptor probe(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

bool is_same_user(int descriptor) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == geteuid() || peer.uid == 0);
}

/// False when the other side has gone, or `timeout_ms` (-1: none) is over.
bool wait_readable(int descriptor, int timeout_ms) {
  pollfd poll_for{descriptor, POLLIN, 0};
  int ready = 0;
  do ready = poll(&poll_for, 1, timeout_ms);
  while (ready < 0 && errno == EINTR);
  return ready > 0;
}

bool read_all(int descriptor, void* data, std::size_t size, int timeout_ms) {
  auto* at = static_cast<char*>(data);
  while (size > 0) {
    if (!wait_readable(descriptor, timeout_ms)) return false;
    const ssize_t got = recv(descriptor, at, size, 0);
    if (got <= 0 && errno != EINTR) return false;
    if (got <= 0) continue;
    at += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

bool write_all(int descriptor, const void* data, std::size_t size) {
  const auto* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t sent = send(descriptor, at, size, MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR) return false;
    if (sent < 0) continue;
    at += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

struct Head {
  std::uint32_t bytes;
  std::uint32_t zero;
  std::uint64_t type;
};

bool write_frame(int descriptor, const Frame& frame) {
  const Head head{static_cast<std::uint32_t>(frame.bytes().size()), 0, frame.type()};
  return write_all(descriptor, &head, sizeof head) && write_all(descriptor, frame.bytes().data(), frame.bytes().size());
}

template <class T>
Result<Msg<T>> read_frame(int descriptor, int timeout_ms) {
  Head head{};
  const Error gone{Code::frame_malformed, "the other side has gone in the middle of a message", {}};
  if (!read_all(descriptor, &head, sizeof head, timeout_ms)) return gone;
  if (head.bytes > kMaxFrameBytes || head.bytes % 8 != 0 || head.zero != 0) {
    return Error{Code::frame_too_large, "a message of " + std::to_string(head.bytes) + " bytes", {}};
  }
  std::vector<std::uint64_t> words(head.bytes / 8);
  if (!read_all(descriptor, words.data(), head.bytes, timeout_ms)) return gone;
  return Msg<T>::from_bytes(head.type, std::as_bytes(std::span(words)));
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
    if (listener) unlink(address.sun_path);
  }

  void serve() {
    while (!stop.load()) {
      pollfd wait_for[] = {{listener.get(), POLLIN, 0}, {wake_read.get(), POLLIN, 0}};
      if (poll(wait_for, 2, -1) < 0 && errno != EINTR) return;
      if (stop.load()) return;
      if (!(wait_for[0].revents & POLLIN)) continue;
      const Descriptor peer(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!peer || !is_same_user(peer.get())) continue;
      const auto request = read_frame<wire::SwapProgram>(peer.get(), kRequestMs);
      const auto report = request ? swap_as_asked(system, *run, *request) : request.error();
      const Msg<wire::SwapDone> done =
          report ? answer(*report) : Msg<wire::SwapDone>::build([&](wire::SwapDone::Builder out) {
            set_failure(out.initFailure(), report.error());
          });
      write_frame(peer.get(), *done.frame());
    }
  }

  process::System& system;
  std::shared_ptr<process::Run> run;
  sockaddr_un address{};
  Descriptor listener, wake_read, wake_write;
  std::atomic<bool> stop{false};
  std::thread thread;
};

ControlServer::ControlServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
ControlServer::~ControlServer() = default;

Result<std::unique_ptr<ControlServer>> ControlServer::listen(const std::string& name, process::System& system,
                                                             std::shared_ptr<process::Run> run) {
  auto address = address_of(name);
  if (!address) return address.error();
  if (connects(*address)) return Error{Code::name_taken, "a program named `" + name + "` is running", {}};
  unlink(address->sun_path);  // left behind by one that was killed
  auto state = std::make_unique<State>(system, std::move(run));
  state->address = *address;
  Descriptor listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  int wake[2] = {-1, -1};
  if (!listener || pipe2(wake, O_CLOEXEC) != 0) return failed("cannot make a socket");
  state->wake_read = Descriptor(wake[0]);
  state->wake_write = Descriptor(wake[1]);
  if (bind(listener.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
      ::listen(listener.get(), 4) != 0) {
    return failed(std::string("cannot listen at `") + address->sun_path + "`");
  }
  state->listener = std::move(listener);
  state->thread = std::thread([at = state.get()] { at->serve(); });
  return std::unique_ptr<ControlServer>(new ControlServer(std::move(state)));
}

Result<Msg<wire::SwapDone>> request_swap(const std::string& name, const Msg<wire::SwapProgram>& request) {
  auto address = address_of(name);
  if (!address) return address.error();
  const Descriptor peer(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connect(peer.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
      !is_same_user(peer.get())) {
    return Error{Code::swap_no_target, "nothing that runs is named `" + name + "`", {}};
  }
  if (!write_frame(peer.get(), *request.frame())) {
    return Error{Code::swap_no_target, "`" + name + "` has ended while it was asked", {}};
  }
  return read_frame<wire::SwapDone>(peer.get(), -1);
}

std::vector<std::string> running_names() {
  std::vector<std::string> names;
  const auto folder = socket_folder();
  if (!folder) return names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(*folder, error)) {
    if (entry.path().extension() != kSuffix) continue;
    const std::string name = entry.path().stem().string();
    const auto address = address_of(name);
    if (address && connects(*address)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace noodle::tools
