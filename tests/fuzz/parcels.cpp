// Parcels of other nodes: any bytes are refused, or become messages that processes take, and nobody else is harmed.
//
// A system that nobody drives but this: it has two runs, one at home and one of a guest, and the actors that the
// parcels are for. Numbers of handlers and types in the input stand for hashes, so that mutations reach every handler.
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "messages/msg.hpp"
#include "runtime/bytecode/container.hpp"
#include "runtime/package/compile.hpp"
#include "runtime/process/background.hpp"
#include "runtime/process/worker.hpp"
#include "runtime/remote/parcel_wire.hpp"
#include "runtime/remote/remotes.hpp"
#include "runtime/stdlib/register.hpp"

namespace {

using namespace noodle;
using namespace noodle::process;

constexpr const char* kProgram = R"(
record Point(x: int, y: float, name: String)
actor Target(first: Point, more: List<int>) {
  on add(n: int) { }
  on point(p: Point, to: ActorRef<Target>): Point { monitor(to); return p; }
  on all(values: List<any>): List<any> { return values; }
  on other(value: any) { print(value); }
  on down(ref: ActorRef<any>, reason: Error) { print(reason.code); }
}
func work(to: ActorRef<any>, n: int) { link(to); send to <- n; }
func main() { let t = spawn Target(Point(1, 2.0, "a"), [1]); spawn work(t, 1); sleep(1h); }
)";

std::shared_ptr<const vm::Program> make_program() {
  stdlib::register_stdlib_natives();
  install();
  auto compilation = package::compile_text("fuzz.nc", kProgram, {});
  if (!compilation->module) __builtin_trap();
  auto program = vm::link(std::move(*compilation->module));
  if (!program) __builtin_trap();
  return *program;
}

class Nowhere final : public Carrier {
 public:
  Result<SystemNumber> system_of(std::string_view) override { return SystemNumber{1}; }
  std::vector<NodeFacts> nodes() override { return {}; }
  std::string name_of(SystemNumber) override { return "n"; }
  std::size_t waiting_bytes(SystemNumber) override { return 0; }
  void send(SystemNumber, Parcel) override {}
  Result<void> add_name(const std::string&, bool, Pid, const RunName&) override { return {}; }
  bool remove_name(const std::string&) override { return false; }
  Result<std::optional<NamedProcess>> find_name(const std::string&) override { return std::optional<NamedProcess>(); }
  std::vector<NameFacts> names(const std::string&, std::size_t) override { return {}; }
  Result<std::optional<std::uint64_t>> lease(const std::string&, Pid) override {
    return std::optional<std::uint64_t>();
  }
  bool release(const std::string&, Pid) override { return false; }
  void process_ended(Pid) override {}
};

class Silent final : public Output {
 public:
  void write(std::string_view) override {}
};

/// Numbers in the type table of an image become layout hashes.
void name_types(PortableImage& bytes, const vm::Program& program) {
  constexpr std::size_t kHeaderBytes = 16;
  if (bytes.size() < kHeaderBytes) return;
  std::uint32_t count;
  std::memcpy(&count, bytes.data() + 4, sizeof count);
  for (std::size_t i = 0; i < count && kHeaderBytes + 8 * (i + 1) <= bytes.size(); ++i) {
    std::uint64_t number;
    std::memcpy(&number, bytes.data() + kHeaderBytes + 8 * i, sizeof number);
    const vm::Class& cls = program.classes[bytecode::kAny + number % (program.classes.size() - bytecode::kAny)];
    std::memcpy(bytes.data() + kHeaderBytes + 8 * i, &cls.layout_hash, sizeof cls.layout_hash);
  }
}

/// Runs what there is to run; not for ever.
void settle(System& system) {
  for (int turn = 0; turn < 500 && system.worker(0).step(); ++turn) system.background().work_off();
}

void play(std::span<const char> bytes) {
  static const std::shared_ptr<const vm::Program> program = make_program();
  static const std::shared_ptr<const LoadedProgram> loaded = System::load(program);
  Nowhere nowhere;
  Silent silent;
  SystemOptions options;
  options.carrier = &nowhere;
  options.max_processes = 256;
  options.background_thread = false;
  options.jit = jit::Mode::off;
  System system(options);
  Remotes& remotes = *system.remotes();
  static const std::string nbc = bytecode::write_nbc(program->module).value();
  if (!remotes.add_program(program->content_hash, nbc)) __builtin_trap();
  RunSettings settings;
  settings.program = loaded;
  settings.function = program->module.main;
  settings.output = &silent;
  settings.limits.memory_bytes = 1 << 20;
  auto run = system.start(std::move(settings));
  if (!run) __builtin_trap();
  settle(system);
  const auto batch = Msg<wire::ParcelBatch>::from_bytes(Msg<wire::ParcelBatch>::kTypeId,
                                                        std::as_bytes(std::span(bytes)).first(bytes.size() / 8 * 8));
  if (!batch) return;
  const auto number = [](std::uint32_t index) -> std::optional<SystemNumber> {
    if (index > 8) return std::nullopt;
    return index == 0 ? SystemNumber{1} : index == 1 ? kThisSystem : SystemNumber{index};
  };
  unsigned count = 0;
  for (const auto one : (*batch)->getParcels()) {
    if (++count > 32) break;
    auto parcel = read_parcel(one, number);
    if (!parcel) continue;
    const auto kind = parcel->kind;
    if (kind == ParcelKind::call || kind == ParcelKind::ask) {
      parcel->hash = program->handler_hash[parcel->hash % program->handler_hash.size()];
    }
    if (parcel->order) {
      auto order = std::make_shared<SpawnOrder>(*parcel->order);
      order->program = program->content_hash;
      order->limits.memory_bytes = order->defaults.memory_bytes = 1 << 20;
      parcel->order = std::move(order);
    }
    name_types(parcel->image, *program);
    remotes.receive(1, std::move(*parcel));
    if (count % 4 == 0) settle(system);
  }
  settle(system);
  remotes.lost(1, {Code::node_lost, "over", {}});
  settle(system);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size <= 1 << 16) play({reinterpret_cast<const char*>(data), size});
  return 0;
}
