// `noodle top`: the screen, its keys, and a reading of the cluster each second.
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "runtime/base/clock.hpp"
#include "runtime/session/top.hpp"
#include "tools/noodle/console.hpp"
#include "tools/noodle/shell/commands.hpp"
#include "tools/noodle/shell/connection.hpp"

namespace noodle::tools {

namespace {

constexpr int kRefreshMs = 1000;
constexpr std::uint32_t kActorsOfNode = 200;

/// The terminal without line mode and echo, on its second screen, until it is destroyed.
class FullScreen {
 public:
  FullScreen() {
    tcgetattr(STDIN_FILENO, &before_);
    termios raw = before_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG);  // Ctrl-C is read as a key
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    std::cout << "\033[?1049h\033[?25l" << std::flush;
  }
  ~FullScreen() {
    std::cout << "\033[?25h\033[?1049l" << std::flush;
    tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }
  FullScreen(const FullScreen&) = delete;
  FullScreen& operator=(const FullScreen&) = delete;

  void draw(const std::string& text) const {
    std::string out = "\033[H";
    for (const char c : text) out += c == '\n' ? std::string("\033[K\r\n") : std::string(1, c);
    std::cout << out << "\033[J" << std::flush;
  }
  /// True when it is time to quit; returns after a refresh's time or at a key.
  bool quits() const {
    pollfd keys{STDIN_FILENO, POLLIN, 0};
    if (poll(&keys, 1, kRefreshMs) <= 0) return false;
    char key = 0;
    return ::read(STDIN_FILENO, &key, 1) <= 0 || key == 'q' || key == '\x03' || key == '\x04';
  }

 private:
  termios before_{};
};

session::TopScreen screen_of(bool terminal) {
  session::TopScreen screen;
  winsize size{};
  if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    screen.width = size.ws_col;
    screen.height = size.ws_row;
  } else {
    screen.width = 0;
    screen.height = 1000;
  }
  screen.color = terminal && std::getenv("NO_COLOR") == nullptr;
  return screen;
}

Result<session::TopReading> read_cluster(actors::SessionClient& client) {
  auto members = client.members();
  if (!members) return members.error();
  session::TopReading reading;
  reading.members = *members;
  for (const wire::MemberRow::Reader row : reading.members->getMembers()) {
    if (row.getState() == "dead" || row.getState() == "left") continue;
    const std::string name = row.getName().cStr();
    reading.nodes.push_back(
        {name, client.health(Msg<wire::HealthRequest>::build([&](wire::HealthRequest::Builder wanted) {
           wanted.setNode(name);
           wanted.setOrder(wire::HealthOrder::BUSIEST);
           wanted.setLimit(kActorsOfNode);
         }))});
  }
  reading.at_ns = system_clock().monotonic_ns();
  return reading;
}

}  // namespace

int top_command(const ShellCommand& command, const CommonOptions& common) {
  const auto fail = [&common](const Error& error) {
    print_error(error, common.json);
    return kExitUncaught;
  };
  auto connection = Connection::open(command.context, command.node);
  if (!connection) return fail(connection.error());
  auto client = (*connection)->session({});
  if (!client) return fail(client.error());
  auto now = read_cluster(**client);
  if (!now) return fail(now.error());
  if (isatty(STDIN_FILENO) == 0 || !stdout_is_terminal()) {
    std::cout << top_text(*now, nullptr, screen_of(false));
    return kExitOk;
  }
  const FullScreen terminal;
  session::TopReading before = *now;
  bool first = true;
  for (;;) {
    session::TopScreen screen = screen_of(true);
    if (now) {
      terminal.draw(top_text(*now, first ? nullptr : &before, screen));
      before = *now;
      first = false;
    } else {
      screen.problem = now.error().to_string() + "; trying again";
      terminal.draw(top_text(before, nullptr, screen));
      if (auto again = (*client)->ended() ? (*connection)->session({})
                                          : Result<std::unique_ptr<actors::SessionClient>>(now.error())) {
        client = std::move(again);
      }
    }
    if (terminal.quits()) return kExitOk;
    now = read_cluster(**client);
  }
}

}  // namespace noodle::tools
