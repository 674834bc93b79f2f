#include "tests/support/terminal.hpp"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>

namespace noodle::test {

namespace {

constexpr auto kLimit = std::chrono::seconds(60);

/// True when `text` is a whole escape sequence: ESC letter, or ESC [ ... letter.
bool is_whole(const std::string& text) {
  if (text.size() < 2) return false;
  if (text[1] != '[' && text[1] != '(') return true;
  return text.size() > 2 && (text.back() >= '@' && text.back() <= '~');
}

}  // namespace

Terminal::Terminal(const std::string& program, const std::vector<std::string>& arguments,
                   const std::map<std::string, std::string>& environment) {
  winsize size{};
  size.ws_row = 50;
  size.ws_col = 100;
  child_ = forkpty(&terminal_, nullptr, nullptr, &size);
  if (child_ < 0) throw std::runtime_error("forkpty");
  if (child_ != 0) return;
  setenv("TERM", "xterm", 1);
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  execv(program.c_str(), argv.data());
  _exit(127);
}

Terminal::~Terminal() {
  if (child_ > 0) {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }
  close(terminal_);
}

void Terminal::type(const std::string& keys) {
  std::string_view rest = keys;
  while (!rest.empty()) {
    pollfd target{terminal_, POLLOUT, 0};
    poll(&target, 1, 100);
    if (target.revents & POLLOUT) {
      const ssize_t written = write(terminal_, rest.data(), std::min<std::size_t>(rest.size(), 512));
      if (written <= 0) return;
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
    while (read_more(0)) {  // the echo, or both sides would wait
    }
  }
}

bool Terminal::read_more(int timeout_ms) {
  pollfd source{terminal_, POLLIN, 0};
  if (poll(&source, 1, timeout_ms) <= 0) return false;
  char buffer[4096];
  const ssize_t got = read(terminal_, buffer, sizeof buffer);
  if (got <= 0) return false;
  for (ssize_t i = 0; i < got; ++i) {
    if (!escape_.empty() || buffer[i] == '\033') {
      escape_ += buffer[i];
      if (is_whole(escape_)) escape_.clear();
    } else if (buffer[i] != '\r') {
      shown_ += buffer[i];
    }
  }
  return true;
}

bool Terminal::wait_for(const std::string& text) {
  const auto end = std::chrono::steady_clock::now() + kLimit;
  for (;;) {
    const std::size_t at = shown_.find(text, found_);
    if (at != std::string::npos) {
      found_ = at + text.size();
      return true;
    }
    if (std::chrono::steady_clock::now() > end) return false;
    if (!read_more(100) && child_ < 0) return false;
    int status = 0;
    if (child_ > 0 && waitpid(child_, &status, WNOHANG) == child_) {
      child_ = -1;
      while (read_more(0)) {
      }
      if (shown_.find(text, found_) == std::string::npos) return false;
    }
  }
}

bool Terminal::wait_for_prompt() {
  while (wait_for("> ")) {
    if (found_ >= 3 && shown_[found_ - 3] >= '0' && shown_[found_ - 3] <= '9') return true;
  }
  return false;
}

bool Terminal::takes_keys() const {
  termios mode{};
  return tcgetattr(terminal_, &mode) == 0 && (mode.c_lflag & ICANON) == 0;
}

int Terminal::wait_for_end() {
  const auto end = std::chrono::steady_clock::now() + kLimit;
  int status = 0;
  while (std::chrono::steady_clock::now() < end) {
    read_more(10);
    if (waitpid(child_, &status, WNOHANG) != child_) continue;
    child_ = -1;
    while (read_more(0)) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return -1;
}

}  // namespace noodle::test
