// `noodle swap` as a user meets it: a program that runs under a name is upgraded from another shell.
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <future>
#include <nlohmann/json.hpp>

#include "tests/support/run_command.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace noodle::test;
using nlohmann::json;

namespace {

const std::string kExample = std::string(NOODLE_SOURCE_DIR) + "/examples/live_counter/";

CommandResult noodle_run(const std::vector<std::string>& arguments) {
  return run_command(NOODLE_BINARY, arguments);
}

std::string fresh_name() {
  static int number = 0;
  return "test-" + std::to_string(getpid()) + "-" + std::to_string(++number);
}

/// A program that runs under a name, until it ends.
class Running {
 public:
  explicit Running(const std::string& path) : name(fresh_name()) {
    ended_ = std::async(std::launch::async, [this, path] { return noodle_run({"run", "--name", name, path}); });
    while (noodle_run({"swap"}).out.find(name) == std::string::npos) {
      REQUIRE(ended_.wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
    }
  }
  CommandResult result() { return ended_.get(); }

  const std::string name;

 private:
  std::future<CommandResult> ended_;
};

/// A connection as `noodle swap` makes it, for saying other things.
class Connection {
 public:
  explicit Connection(const std::string& name) : descriptor_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    const std::string path =
        (runtime && *runtime ? std::string(runtime) + "/noodle/" : "/tmp/noodle-" + std::to_string(geteuid()) + "/") +
        name + ".sock";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    REQUIRE(connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  ~Connection() { close(descriptor_); }
  void say(const std::string& bytes) {
    CHECK(send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
  }

 private:
  int descriptor_;
};

}  // namespace

TEST_CASE("the live counter is swapped under load and counts every message") {
  Running running(kExample + "v1.nc");
  const CommandResult check = noodle_run({"swap", running.name, kExample + "v2.nc", "--check"});
  CHECK(check.exit_code == 0);
  CHECK(check.out.find("Counter.total is gone") != std::string::npos);
  const CommandResult swapped = noodle_run({"swap", running.name, kExample + "v2.nc", "--json"});
  CHECK(swapped.exit_code == 0);
  const json report = json::parse(swapped.out);
  CHECK(report["moved"] == 3);
  CHECK(report["behind"] == 0);
  const CommandResult end = running.result();
  CHECK(end.exit_code == 0);
  CHECK(end.out == "version 1 is at work\nversion 2 is at work\nevery message was counted\n");
  const CommandResult gone = noodle_run({"swap", running.name, kExample + "v2.nc"});
  CHECK(gone.exit_code == 1);
  CHECK(gone.err.find("error 1553") != std::string::npos);
}

TEST_CASE("a version that does not fit is refused with what it breaks, and nothing happens to the program") {
  const TemporaryFolder folder;
  Running running(kExample + "v1.nc");
  const std::string other =
      folder.write("other.nc", "actor Counter() { on add(n: String) { } }\nfunc main() { spawn Counter(); }\n");
  const CommandResult refused = noodle_run({"swap", running.name, other});
  CHECK(refused.exit_code == 1);
  CHECK(refused.err.find("error 1550") != std::string::npos);
  CHECK(refused.err.find("Counter.add") != std::string::npos);
  const CommandResult broken = noodle_run({"swap", running.name, folder.write("broken.nc", "func main( {\n")});
  CHECK(broken.exit_code == 2);
  const CommandResult taken = noodle_run({"run", "--name", running.name, kExample + "v1.nc"});
  CHECK(taken.exit_code == 1);
  CHECK(taken.err.find("error 1815") != std::string::npos);
  CHECK(noodle_run({"run", "--name", "../up", kExample + "v1.nc"}).err.find("error 7012") != std::string::npos);
  CHECK(noodle_run({"swap", running.name, kExample + "v2.nc"}).exit_code == 0);
  CHECK(running.result().exit_code == 0);
}

TEST_CASE("whatever is said to the socket, the program goes on and can be swapped") {
  Running running(kExample + "v1.nc");
  Connection(running.name).say("");
  Connection(running.name).say("GET / HTTP/1.1\r\n\r\n");
  Connection(running.name).say(std::string(16, '\xff'));
  Connection(running.name).say(std::string("\x10\0\0\0\0\0\0\0\1\2\3\4\5\6\7\10", 16) + std::string(16, '\x7f'));
  Connection(running.name).say(std::string("\x10\0\0\0\0\0\0\0", 8));
  CHECK(noodle_run({"swap", running.name, kExample + "v2.nc"}).exit_code == 0);
  CHECK(running.result().exit_code == 0);
}
