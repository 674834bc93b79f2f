// Message images from outside: any bytes are refused, or the values can be adopted, shown, compared and sent on.
//
// The hashes of the type table stand for types by number here, so that mutations reach every type of the program.
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "runtime/message/portable_image.hpp"
#include "runtime/package/compile.hpp"
#include "runtime/process/system.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/values/value.hpp"
#include "runtime/vm/context.hpp"
#include "runtime/vm/heap.hpp"
#include "runtime/vm/process.hpp"

namespace {

using namespace noodle;
using namespace noodle::process;

constexpr const char* kTypes = R"(
record Point(x: int, y: float, name: String)
enum Shape { dot, circle(center: Point, radius: float), group(parts: List<Shape>) }
enum Color { red, green }
class Node { value: int; next: Node?; on_: bool; tags: List<String> = []; seen: Set<Color>; }
func main() {
  let shapes: List<Shape> = [Shape.dot, Shape.circle(Point(1, 2.0, "a"), 1.0), Shape.group([])];
  let node = Node(value: 1);
  let colors = [Color.red];
  let map: Map<String, List<int>> = { "a": [1] };
  let flags: Map<bool, Point> = {};
  let set: Set<Point>;
  let times = [now(), now()];
  let durations: Set<Duration>;
  let any_: List<any> = [1, "a", true, 1.5, 1s, Error(2000, "x"), "b".bytes(), self];
}
)";

std::shared_ptr<const vm::Program> make_program() {
  stdlib::register_stdlib_natives();
  install();
  auto compilation = package::compile_text("fuzz.nc", kTypes, {});
  if (!compilation->module) __builtin_trap();
  auto program = vm::link(std::move(*compilation->module));
  if (!program) __builtin_trap();
  return *program;
}

/// Numbers in the type table become layout hashes.
void name_types(std::vector<char>& bytes, const vm::Program& program) {
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::shared_ptr<const vm::Program> program = make_program();
  std::vector<char> bytes(reinterpret_cast<const char*>(data), reinterpret_cast<const char*>(data) + size);
  name_types(bytes, *program);
  auto image = import_image(bytes, *program, {});
  if (!image || image->refs.empty()) return 0;

  vm::Process process;
  process.program = program.get();
  vm::Context* context = vm::create_context();
  vm::bind(process, *context);
  char* base = adopt_image(process, image->objects.data(), image->objects.size());
  std::vector<vm::Object*> roots;
  for (const ImageRef ref : image->refs) roots.push_back(resolve(ref, base));
  for (vm::Object* root : roots) {
    (void)vm::value_text(*program, root, 1 << 16);
    (void)vm::values_equal(*program, root, roots.front(), vm::NanRule::equal);
  }
  // What came in can be sent on, and comes in again.
  ImageWriter writer;
  auto again = export_image(writer, *program, roots, 64 << 20);
  if (!again || !import_image(*again, *program, {})) __builtin_trap();
  vm::collect(process);
  vm::discard_frames(process);
  vm::release_heap(process);
  vm::destroy_context(context);
  return 0;
}
