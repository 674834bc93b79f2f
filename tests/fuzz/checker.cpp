// Any text as a program: it is refused with diagnostics, or its code verifies, and its run with small limits ends, with
// a result or an error code.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

#include "runtime/bytecode/verifier.hpp"
#include "runtime/package/compile.hpp"
#include "runtime/process/system.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/vm/program.hpp"

using namespace noodle;
using namespace noodle::process;

namespace {

constexpr std::size_t kLargestText = 20'000;
constexpr int kSlices = 2'000;  // until the run is killed
constexpr std::int64_t kSliceFuel = 200;
constexpr std::int64_t kIdleNs = 100'000'000;  // that pass when nothing can run

void require(bool condition, const char* what, const std::string& detail) {
  if (condition) return;
  std::fprintf(stderr, "%s\n%s\n", what, detail.c_str());
  std::abort();
}

class NoOutput final : public Output {
 public:
  void write(std::string_view) override {}
};

/// One worker, driven here, by a clock that passes when everything waits.
struct Node {
  ManualClock clock{1'000'000'000, 1'700'000'000'000'000'000};
  NoOutput output;
  System system{options()};

  SystemOptions options() {
    SystemOptions made;
    made.clock = &clock;
    made.slice_fuel = kSliceFuel;
    made.max_processes = 1'000;
    made.vm_memory_bytes = 64 << 20;
    return made;
  }

  void run(std::shared_ptr<const vm::Program> program) {
    RunSettings settings;
    settings.function = program->module.main;
    settings.program = System::load(std::move(program));
    settings.output = &output;
    settings.limits.memory_bytes = 256 << 10;
    settings.limits.frames = 300;
    settings.limits.fuel = 100'000;
    settings.limits.children = 50;
    settings.limits.mailbox_messages = 20;
    std::atomic<bool> ended{false};
    RunEnd last;
    settings.on_end = [&](const RunEnd& end) {
      last = end;
      ended.store(true);
    };
    auto run = system.start(std::move(settings));
    if (!run) return require(find_error(run.error().number()) != nullptr, "unknown error", run.error().to_string());
    for (int slices = 0; !ended.load(); ++slices) {
      if (slices == kSlices) (*run)->kill("fuzz");
      if (system.worker(0).step()) continue;
      clock.advance_ns(kIdleNs);
      std::this_thread::yield();
    }
    const std::uint16_t code = last.main.code;
    require(code >= 2000 || find_error(code) != nullptr, "unknown code",
            std::to_string(code) + " " + last.main.message);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kLargestText) return 0;
  static Node& node = *[] {
    stdlib::register_stdlib_natives();
    install();
    return new Node;
  }();
  auto compiled = package::compile_text("fuzz.nc", std::string(reinterpret_cast<const char*>(data), size), {});
  for (const lang::Diagnostic& item : compiled->diagnostics.all()) require(!render(item, false).empty(), "render", "");
  if (!compiled->module) {
    require(compiled->diagnostics.has_errors(), "no module and no error", "");
    return 0;
  }
  const auto verified = bytecode::verify(*compiled->module);
  require(bool(verified), "compiled code is refused", verified ? "" : verified.error().to_string());
  auto program = vm::link(std::move(*compiled->module));
  if (!program) {  // functions without a body are looked for when a program starts
    return require(program.error().code == Code::link_unresolved, "does not link", program.error().to_string()), 0;
  }
  node.run(std::move(program).value());
  return 0;
}
