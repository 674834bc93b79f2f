#include "tests/support/message_client.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>

namespace noodle::test {

namespace {

constexpr auto kLimit = std::chrono::seconds(60);

}  // namespace

MessageClient::MessageClient(const std::string& program, const std::string& command) {
  int in[2], out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  signal(SIGPIPE, SIG_IGN);
  child_ = fork();
  if (child_ < 0) throw std::runtime_error("fork");
  if (child_ == 0) {
    dup2(in[0], 0);
    dup2(out[1], 1);
    execl(program.c_str(), program.c_str(), command.c_str(), "--stdio", nullptr);
    _exit(127);
  }
  close(in[0]);
  close(out[1]);
  to_ = in[1];
  from_ = out[0];
}

MessageClient::~MessageClient() {
  close_input();
  if (child_ > 0) {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }
  close(from_);
}

void MessageClient::send(const std::string& message) {
  send_bytes("Content-Length: " + std::to_string(message.size()) + "\r\n\r\n" + message);
}

void MessageClient::send_bytes(const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t written = write(to_, bytes.data() + done, bytes.size() - done);
    if (written <= 0) return;
    done += static_cast<std::size_t>(written);
  }
}

void MessageClient::close_input() {
  if (to_ >= 0) close(to_);
  to_ = -1;
}

std::string MessageClient::receive() {
  const auto end = std::chrono::steady_clock::now() + kLimit;
  while (std::chrono::steady_clock::now() < end) {
    const std::size_t header = buffer_.find("\r\n\r\n");
    if (header != std::string::npos) {
      const std::size_t size = std::stoul(buffer_.substr(buffer_.find(':') + 1));
      if (buffer_.size() >= header + 4 + size) {
        std::string message = buffer_.substr(header + 4, size);
        buffer_.erase(0, header + 4 + size);
        return message;
      }
    }
    pollfd source{from_, POLLIN, 0};
    if (poll(&source, 1, 1000) <= 0) continue;
    char bytes[1 << 14];
    const ssize_t got = read(from_, bytes, sizeof bytes);
    if (got <= 0) return {};
    buffer_.append(bytes, static_cast<std::size_t>(got));
  }
  return {};
}

int MessageClient::wait_for_end() {
  const auto end = std::chrono::steady_clock::now() + kLimit;
  while (!receive().empty() && std::chrono::steady_clock::now() < end) {
  }
  // Its end of the pipe is closed, or it is late.
  if (std::chrono::steady_clock::now() >= end) kill(child_, SIGKILL);
  int status = 0;
  waitpid(child_, &status, 0);
  child_ = -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace noodle::test
