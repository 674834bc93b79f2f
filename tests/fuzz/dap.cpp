// Any bytes as a client's stream: the debug adapter answers or ends; every answer is JSON. Inputs are also taken as one
// session on a small program: each line a message, framed here, so that the fuzzer gets behind the header. A line `+`
// waits until the program stops or ends.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <semaphore>
#include <string>
#include <string_view>

#include "runtime/debugger/server.hpp"
#include "runtime/stdlib/register.hpp"
#include "tests/support/fuzz_lines.hpp"

using namespace noodle;
using debugger::Message;
using language_server::FrameReader;
using noodle::test::never;
using noodle::test::require;

namespace {

constexpr const char* kText =
    "actor Adder {\n  total: int\n  on add(n: int): int {\n    total += n\n    return total\n  }\n}\n"
    "func main() {\n  const adder = spawn Adder()\n  let xs = [1, 2, 3]\n  for (x in xs) {\n"
    "    print(ask adder.add(x) within 1h)\n  }\n  print({\"a\": xs}, xs[7])\n}\n";

/// The program as a file, until the end of the process.
class ProgramFile {
 public:
  ProgramFile()
      : path_(std::filesystem::temp_directory_path() / ("noodle-fuzz-dap-" + std::to_string(getpid()) + ".nc")) {
    std::ofstream(path_) << kText;
  }
  ~ProgramFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  std::string path() const { return path_.string(); }

 private:
  const std::filesystem::path path_;
};

std::string program_file() {
  static const ProgramFile file;
  return file.path();
}

void run(std::string_view stream, bool launched) {
  std::counting_semaphore<> quiet(0);
  debugger::Server server({[&quiet](const std::string& message) {
                             const auto json = nlohmann::json::parse(message, nullptr, false);
                             require(!json.is_discarded());
                             const std::string event = json.value("event", "");
                             if (event == "stopped" || event == "terminated") quiet.release();
                           },
                           [](const debugger::Launch&) {
                             process::RunOptions options;
                             options.workers = 1;
                             options.time_limit_ms = 500;
                             return options;
                           }});
  const auto request = [&server](const std::string& command, const nlohmann::json& arguments) {
    const nlohmann::json message{{"seq", 0}, {"type", "request"}, {"command", command}, {"arguments", arguments}};
    server.handle(debugger::read_request(message.dump()), never);
  };
  if (launched) {
    request("initialize", nlohmann::json::object());
    request("launch", {{"program", program_file()}, {"stopOnEntry", true}});
  }
  FrameReader frames;
  frames.feed(stream);
  while (auto next = frames.next()) {
    if (next->message == "+") {
      static_cast<void>(quiet.try_acquire_for(std::chrono::seconds(1)));
      continue;
    }
    Message message = next->failure ? Message() : debugger::read_request(next->message);
    if (next->failure) message.failure = *next->failure;
    // It reads any file that a client names, which is not what is tried here.
    if (message.method == "launch") continue;
    server.handle(message, never);
    if (server.has_exited()) return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool registered = (stdlib::register_stdlib_natives(), true);
  static_cast<void>(registered);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  run(text, false);
  run(noodle::test::framed_lines(text), true);
  return 0;
}
