#include "tools/up/child_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "runtime/base/json_value.hpp"
#include "runtime/base/option.hpp"

namespace noodle::up {
namespace {

constexpr int kReadyDescriptor = 3;

/// Variables that would win over what `noodle up` has written for each node.
constexpr std::string_view kNodesOwn[] = {
    "node.name", "node.data", "node.labels",   "node.roles", "net.port",    "net.listen", "net.certificate",
    "net.key",   "net.trust", "net.advertise", "net.seeds",  "net.profile", "log.file",   "net.config_path"};

std::vector<char*> environment_of_nodes() {
  std::vector<char*> kept;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const std::string_view name = text.substr(0, text.find('='));
    bool own = name == "NOTIFY_SOCKET";
    for (const std::string_view key : kNodesOwn) own = own || name == env_name(key);
    if (!own) kept.push_back(*variable);
  }
  kept.push_back(nullptr);
  return kept;
}

Error failed(const char* what) {
  return {Code::node_not_started, std::string("cannot ") + what + ": " + std::strerror(errno), {}};
}

}  // namespace

Result<ChildProcess> start_child(const std::string& program, const std::string& config, const std::string& log) {
  const Descriptor output(open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!output) return failed(("write `" + log + "`").c_str());
  const Descriptor nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC) != 0) return failed("make a pipe");
  Descriptor read_end(ends[0]);
  const Descriptor write_end(ends[1]);
  // All that needs memory comes before fork().
  const std::string number = std::to_string(kReadyDescriptor);
  const char* arguments[] = {"noodle", "node", "--config", config.c_str(), "--ready-fd", number.c_str(), nullptr};
  const std::vector<char*> environment = environment_of_nodes();
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return failed("make a process");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);  // it has died already
    setpgid(0, 0);                        // Ctrl-C is for `noodle up` alone
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    // First out of the way of 0 to 3, then to their places; copies made by dup2 are not closed by exec.
    const int in = fcntl(nothing.get(), F_DUPFD, 10);
    const int out = fcntl(output.get(), F_DUPFD, 10);
    const int ready = fcntl(write_end.get(), F_DUPFD, 10);
    dup2(in, 0);
    dup2(out, 1);
    dup2(out, 2);
    dup2(ready, kReadyDescriptor);
    for (const int copy : {in, out, ready}) close(copy);
    execve(program.c_str(), const_cast<char* const*>(arguments), environment.data());
    _exit(127);
  }
  fcntl(read_end.get(), F_SETFL, O_NONBLOCK);
  return ChildProcess{child, std::move(read_end)};
}

Result<ReadyLine> parse_ready_line(std::string_view line) {
  const auto json = parse_json(line);
  const auto text = [&json](const char* name) {
    const JsonValue* member = json ? json->member(name) : nullptr;
    return member != nullptr && member->text() != nullptr ? *member->text() : std::string();
  };
  const auto number = [&json](const char* name) {
    const JsonValue* member = json ? json->member(name) : nullptr;
    return member != nullptr && member->integer() != nullptr ? *member->integer() : 0;
  };
  if (text("event") != "ready") {
    return Error{Code::node_not_started, "no ready line: `" + std::string(line.substr(0, 200)) + "`", {}};
  }
  return ReadyLine{text("id"), static_cast<std::uint16_t>(number("port")),
                   static_cast<std::uint64_t>(number("incarnation"))};
}

std::string describe_end(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    const int signal = WTERMSIG(wait_status);
    return "signal " + std::to_string(signal) + " (" + strsignal(signal) + ")";
  }
  return "exit code " + std::to_string(WEXITSTATUS(wait_status));
}

std::string tail_of(const std::string& path, std::size_t lines) {
  constexpr std::streamoff kMost = 4096;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = file.tellg();
  if (size <= 0) return {};
  file.seekg(std::max<std::streamoff>(size - kMost, 0));
  std::string text(static_cast<std::size_t>(std::min(size, kMost)), '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  while (text.ends_with('\n')) text.pop_back();
  std::size_t at = text.size();
  for (std::size_t found = 0; at > 0; --at) {
    if (text[at - 1] == '\n' && ++found == lines) break;
  }
  return text.substr(at);
}

}  // namespace noodle::up
