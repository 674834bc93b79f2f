// Fuzzes recordings: any bytes -> blocks -> beginning and events. Checksums are made right first, or nothing would get
// past them. Then the events, whatever they say, are replayed with a program of their own.
#include <cstdint>
#include <cstring>
#include <sstream>
#include <string>

#include "runtime/package/compile.hpp"
#include "runtime/replay/event_reader.hpp"
#include "runtime/replay/record.hpp"
#include "runtime/replay/replay.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/vm/program.hpp"

using namespace noodle;

namespace {

constexpr const char* kProgram = R"(
requires random, time, env, fs.read, fs.write;
func main() {
  let deadline = now().plus(1ms);
  try { print(random.int(0, 9), random.bytes(3), uuid(), env.get("A"), env.names()); } catch (e) { print(e.code); }
  try { print(fs.list("/"), fs.read("/a"), fs.stat("/a")); } catch (e) { print(e.code); }
  try { fs.write("/a", "b"); fs.mkdir("/c"); } catch (e) { print(e.code); }
  sleep(1ms);
  print(now() < deadline);
}
)";

/// The prelude and first block of a recording of kProgram.
const std::string& beginning() {
  static const std::string bytes = [] {
    stdlib::register_stdlib_natives();
    process::install();
    auto compilation = package::compile_text("fuzz.nc", kProgram, {});
    auto program = vm::link(std::move(*compilation->module));
    std::ostringstream out;
    process::RunOptions options;
    options.output = [](std::string_view) {};
    replay::record(*program, (*program)->module.main, {}, options, out);
    std::uint32_t size = 0;
    std::memcpy(&size, out.str().data() + replay::kPreludeBytes, sizeof size);
    return out.str().substr(0, replay::kPreludeBytes + replay::kBlockHeaderBytes + size);
  }();
  return bytes;
}

void run(const std::string& recording) {
  std::istringstream in(recording);
  replay::ReplayOptions options;
  options.output = [](std::string_view) {};
  options.jit = jit::Mode::off;
  (void)replay::replay(in, options);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string file(reinterpret_cast<const char*>(data), size);
  std::uint32_t number = 0;
  for (std::size_t at = replay::kPreludeBytes; at + replay::kBlockHeaderBytes <= file.size(); ++number) {
    std::uint32_t header[3];
    std::memcpy(header, file.data() + at, sizeof header);
    if (header[0] > file.size() - at - replay::kBlockHeaderBytes) break;
    const std::string_view payload = std::string_view(file).substr(at + replay::kBlockHeaderBytes, header[0]);
    header[1] = number;
    header[2] = replay::block_checksum(number, payload);
    std::memcpy(file.data() + at, header, sizeof header);
    at += replay::kBlockHeaderBytes + header[0];
  }
  std::istringstream in(file);
  replay::EventReader reader(in);
  if (reader.begin()) {
    while (reader.peek()) reader.drop();
    if (reader.problem() && reader.problem()->message.empty()) __builtin_trap();
  }

  const std::string_view payload(reinterpret_cast<const char*>(data), size);
  const std::uint32_t header[] = {static_cast<std::uint32_t>(size), 1, replay::block_checksum(1, payload)};
  run(beginning() + std::string(reinterpret_cast<const char*>(header), sizeof header) + std::string(payload));
  return 0;
}
