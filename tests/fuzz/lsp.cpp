// Any bytes as an editor's stream: the server answers or ends; every answer is JSON and inside the limits. Inputs are
// also taken as one session: each line a message, framed here, so that the fuzzer gets behind the header.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "runtime/language_server/server.hpp"
#include "tests/support/fuzz_lines.hpp"

using namespace noodle::language_server;
using noodle::test::never;
using noodle::test::require;

namespace {

constexpr const char* kText =
    "import std.math;\nfunc area(w: float): float { return w * math.pi; }\nfunc main() {\n"
    "  let 😀 = 1;\n  print(area(2.0), [1].map(n => n + 1));\n}\n";

void run(std::string_view stream, bool started) {
  Server server([](const std::string& message) { require(nlohmann::json::accept(message)); });
  if (started) {
    server.handle(read_message(R"({"id":0,"method":"initialize","params":{"capabilities":{}}})"), never);
    const nlohmann::json document{{"uri", "untitled:a.nc"}, {"version", 1}, {"text", kText}};
    server.handle(
        read_message(
            nlohmann::json{{"method", "textDocument/didOpen"}, {"params", {{"textDocument", document}}}}.dump()),
        never);
  }
  FrameReader frames;
  frames.feed(stream);
  while (auto next = frames.next()) {
    Message message = next->failure ? Message() : read_message(next->message);
    if (next->failure) message.failure = *next->failure;
    server.handle(message, never);
    if (server.has_exited()) return;
  }
  server.publish(never, never);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  run(text, false);
  run(noodle::test::framed_lines(text), true);
  return 0;
}
