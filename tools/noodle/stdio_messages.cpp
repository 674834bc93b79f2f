#include "tools/noodle/stdio_messages.hpp"

#include <unistd.h>

#include <cerrno>

#include "runtime/base/write_all.hpp"

namespace noodle::tools {

void write_message(const std::string& message) {
  write_all(STDOUT_FILENO, language_server::framed(message));
}

void read_messages(const std::function<bool(language_server::FrameReader::Next&)>& take) {
  language_server::FrameReader frames;
  char buffer[1 << 16];
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    frames.feed({buffer, static_cast<std::size_t>(got)});
    while (auto next = frames.next()) {
      if (!take(*next) || next->is_last) return;
    }
  }
}

}  // namespace noodle::tools
