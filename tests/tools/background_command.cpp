#include "tests/support/background_command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace noodle::test {

BackgroundCommand::BackgroundCommand(const std::string& program, const std::vector<std::string>& arguments) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  process_ = fork();
  if (process_ < 0) throw std::runtime_error("fork");
  if (process_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(ends[1], 1);
    execv(program.c_str(), argv.data());
    _exit(127);
  }
  close(ends[1]);
  out_ = ends[0];
}

BackgroundCommand::~BackgroundCommand() {
  if (!ended_) {
    signal(SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  close(out_);
}

void BackgroundCommand::signal(int number) const {
  kill(process_, number);
}

bool BackgroundCommand::read_more() {
  pollfd wait{out_, POLLIN, 0};
  if (poll(&wait, 1, kBackgroundLimitMs) <= 0) return false;
  char buffer[4096];
  const ssize_t count = read(out_, buffer, sizeof buffer);
  if (count > 0) output_.append(buffer, static_cast<std::size_t>(count));
  return count > 0;
}

std::string BackgroundCommand::wait_for(const std::string& event) {
  for (;;) {
    for (std::size_t end; (end = output_.find('\n', at_)) != std::string::npos;) {
      const std::string line = output_.substr(at_, end - at_);
      at_ = end + 1;
      const auto json = nlohmann::json::parse(line, nullptr, false);
      if (json.is_object() && json.value("event", "") == event) return line;
    }
    if (!read_more()) return "null";
  }
}

int BackgroundCommand::wait_for_end() {
  const int descriptor = open_process(process_);
  const bool in_time = wait_for_process(descriptor);
  if (!in_time) return -1;
  int status = 0;
  waitpid(process_, &status, 0);
  ended_ = true;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int open_process(pid_t process) {
  return static_cast<int>(syscall(SYS_pidfd_open, process, 0));
}

bool wait_for_process(int descriptor) {
  if (descriptor < 0) return true;  // gone already
  pollfd wait{descriptor, POLLIN, 0};
  const bool ended = poll(&wait, 1, kBackgroundLimitMs) > 0;
  close(descriptor);
  return ended;
}

}  // namespace noodle::test
