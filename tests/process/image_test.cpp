#include "runtime/message/image.hpp"

#include <cstring>

#include "runtime/message/portable_image.hpp"
#include "tests/process/program_fixture.hpp"
#include "tests/process/random_seed.hpp"

namespace {

using namespace noodle;
using namespace noodle::process;
using test::BareProcess;

constexpr std::size_t kLimit = 64 << 20;

constexpr const char* kValues = R"(
record Point(x: int, y: float, name: String)
enum Shape { dot, circle(center: Point, radius: float), group(parts: List<Shape>) }
enum Color { red, green }
class Node { value: int; next: Node?; tags: List<String> = []; }
class Holder { f: (func(): int)? = null; }

func scalars(): any { return [1, 2, 3, -4]; }
func texts(): any { return ["", "plain", "ünïcödé", "a longer text that does not fit a small block at all"]; }
func bools(): any { return [true, false, true]; }
func floats(): any { return [0.5, -1e300, 4.0]; }
func point(): any { return Point(1, 2.5, "p"); }
func shapes(): any { return Shape.group([Shape.dot, Shape.circle(Point(0, 0.0, "c"), 1.5), Shape.group([])]); }
func colors(): any { return [Color.green, Color.red]; }
func maps(): any { let m: Map<String, List<int>> = { "a": [1, 2], "b": [], "c": [3] }; return m; }
func sets(): any { let s: Set<int>; for (i in 0..<40) { s.add(i * 7); } s.remove(14); return s; }
func bigMap(): any { let m: Map<int, String>; for (i in 0..<100) { m[i] = "v" + i; } m.remove(50); return m; }
func nested(): any { let all: List<any> = []; for (i in 0..<50) { let pair: List<any> = [i, "x" + i]; all.push(pair); } return all; }
func durations(): any { return [1s, 250ms]; }
func nulls(): any { let l: List<String?> = ["a", null, "b"]; return l; }
func rope(): any { let s = ""; for (i in 0..<2000) { s = s + i + ","; } return s; }
func ropes(): any { let s = ""; let all: List<String> = []; for (i in 0..<60) { s = s + "part " + i + " of it,"; all.push(s); } return all; }
func leftRope(): any { let a = "x".repeat(300); let b = a + a; let c = b + a; return [c, b, a, c + b]; }
func error(): any { return Error(2001, "broken", [1, 2], Error(2002, "why")); }
func bytes(): any { return "bytes".bytes(); }

func cycle(): any {
  let a = Node(value: 1);
  let b = Node(value: 2, next: a);
  a.next = b;
  return a;
}
func longChain(): any {
  let first = Node(value: 0);
  let at = first;
  for (i in 1..<50000) { let n = Node(value: i); at.next = n; at = n; }
  return first;
}
func closure(): any { let h = Holder(); let n = 3; h.f = () => n; return [h]; }
func main() {
  let all: List<any> = [scalars(), texts(), bools(), floats(), point(), shapes(), colors(), maps(), sets(), bigMap(), nested(), durations(), nulls(), rope(), ropes(), leftRope(), error(), bytes(), cycle(), longChain(), closure()];
}
)";

constexpr const char* kNames[] = {"scalars", "texts",    "bools",  "floats", "point",     "shapes", "colors",
                                  "maps",    "sets",     "bigMap", "nested", "durations", "nulls",  "rope",
                                  "ropes",   "leftRope", "error",  "bytes",  "cycle"};

const std::shared_ptr<const vm::Program>& values_program() {
  static const auto program = test::program_of(kValues, false);
  return program;
}

std::vector<char> heap_bytes_of(const vm::Process& process) {
  return {process.heap.start, process.heap.next};
}

}  // namespace

TEST_CASE("an image is a deep copy, and writing it leaves the sender's heap as it was") {
  for (const char* name : kNames) {
    CAPTURE(name);
    BareProcess sender(values_program()), receiver(values_program());
    vm::Object* value = sender.call(name);
    const std::vector<char> before = heap_bytes_of(sender.process);
    for (const bool share : {true, false}) {
      ImageWriter writer;
      REQUIRE(writer.write(sender.program(), std::span(&value, 1), share, kLimit));
      CHECK(heap_bytes_of(sender.process) == before);
      char* base = adopt_image(receiver.process, writer.data(), writer.size());
      REQUIRE(base != nullptr);
      vm::Object* copy = resolve(writer.refs()[0], base);
      CHECK(receiver.text(copy) == sender.text(value));
    }
  }
}

TEST_CASE("sharing and cycles survive the copy") {
  BareProcess sender(values_program()), receiver(values_program());
  vm::Object* first = sender.call("cycle");
  vm::Object* const roots[] = {first, first};
  ImageWriter writer;
  REQUIRE(writer.write(sender.program(), roots, true, kLimit));
  CHECK(writer.refs()[0] == writer.refs()[1]);
  char* base = adopt_image(receiver.process, writer.data(), writer.size());
  vm::Object* copy = resolve(writer.refs()[0], base);
  const vm::Class& node = receiver.program().class_of(copy);
  vm::Object* next = copy->pointers()[node.pointer_slots[0]];
  CHECK(next->pointers()[node.pointer_slots[0]] == copy);
}

TEST_CASE("a chain of 50 000 objects is copied without recursion") {
  BareProcess sender(values_program()), receiver(values_program());
  vm::Object* first = sender.call("longChain");
  ImageWriter writer;
  REQUIRE(writer.write(sender.program(), std::span(&first, 1), true, kLimit));
  char* base = adopt_image(receiver.process, writer.data(), writer.size());
  vm::Object* at = resolve(writer.refs()[0], base);
  const vm::Class& node = receiver.program().class_of(at);
  int length = 0;
  for (; at != nullptr; at = at->pointers()[node.pointer_slots[0]]) ++length;
  CHECK(length == 50'000);
}

TEST_CASE("functions cannot be sent, large messages are refused, and both leave the heap as it was") {
  BareProcess sender(values_program());
  vm::Object* value = sender.call("closure");
  std::vector<char> before = heap_bytes_of(sender.process);
  ImageWriter writer;
  CHECK_FALSE(writer.write(sender.program(), std::span(&value, 1), true, kLimit));
  CHECK(writer.error().code == Code::unsendable_value);
  CHECK(heap_bytes_of(sender.process) == before);
  value = sender.call("longChain");
  before = heap_bytes_of(sender.process);
  CHECK_FALSE(writer.write(sender.program(), std::span(&value, 1), true, 100'000));
  CHECK(writer.error().code == Code::message_too_large);
  CHECK(heap_bytes_of(sender.process) == before);
}

TEST_CASE("a copy that does not fit the receiver's memory limit is refused with 1701") {
  BareProcess sender(values_program()), receiver(values_program());
  receiver.process.heap.limit_bytes = 100'000;
  vm::Object* value = sender.call("longChain");
  ImageWriter writer;
  REQUIRE(writer.write(sender.program(), std::span(&value, 1), true, kLimit));
  CHECK(adopt_image(receiver.process, writer.data(), writer.size()) == nullptr);
  REQUIRE(receiver.process.pending_error != nullptr);
  CHECK(receiver.process.pending_error->slots()[vm::kErrorCode].i == 1701);
}

TEST_CASE("a portable image carries values to a program with the same types in another order") {
  const std::string other =
      std::string("record Other(a: int, b: String)\nfunc unused(): any { return Other(1, \"\"); }\n") + kValues;
  const auto receiver_program = test::program_of(other, false);
  for (const char* name : kNames) {
    CAPTURE(name);
    BareProcess sender(values_program()), receiver(receiver_program);
    vm::Object* value = sender.call(name);
    ImageWriter writer;
    auto bytes = export_image(writer, sender.program(), std::span(&value, 1), kLimit);
    REQUIRE(bytes.ok());
    auto image = import_image(*bytes, receiver.program(), {});
    REQUIRE_MESSAGE(image.ok(), image.error().message);
    char* base = adopt_image(receiver.process, image->objects.data(), image->objects.size());
    CHECK(receiver.text(resolve(image->refs[0], base)) == sender.text(value));
  }
}

TEST_CASE("types that the receiver does not have are refused with 1541") {
  BareProcess sender(values_program());
  const auto receiver = test::program_of("func main() { print(1); }");
  vm::Object* value = sender.call("point");
  ImageWriter writer;
  auto bytes = export_image(writer, sender.program(), std::span(&value, 1), kLimit);
  REQUIRE(bytes.ok());
  auto image = import_image(*bytes, *receiver, {});
  REQUIRE_FALSE(image.ok());
  CHECK(image.error().code == Code::image_unknown_type);
}

TEST_CASE("values of another type than expected are refused") {
  BareProcess sender(values_program());
  vm::Object* value = sender.call("point");
  ImageWriter writer;
  auto bytes = export_image(writer, sender.program(), std::span(&value, 1), kLimit);
  const bytecode::TypeRef text{bytecode::kString, false};
  auto image = import_image(*bytes, sender.program(), std::span(&text, 1));
  REQUIRE_FALSE(image.ok());
  CHECK(image.error().code == Code::image_malformed);
}

TEST_CASE("a damaged image is refused or harmless") {
  NOODLE_RANDOM(random);
  for (const char* name : kNames) {
    CAPTURE(name);
    BareProcess sender(values_program());
    vm::Object* value = sender.call(name);
    ImageWriter writer;
    auto bytes = export_image(writer, sender.program(), std::span(&value, 1), kLimit);
    REQUIRE(bytes.ok());
    for (int round = 0; round < 300; ++round) {
      auto damaged = *bytes;
      for (std::uint64_t changes = 1 + random() % 4; changes > 0; --changes) {
        char& byte = damaged[random() % damaged.size()];
        byte = random() % 2 ? static_cast<char>(random()) : static_cast<char>(byte ^ (1 << random() % 8));
      }
      if (random() % 8 == 0) damaged.resize(random() % damaged.size());
      auto image = import_image(damaged, sender.program(), {});
      if (!image) continue;
      BareProcess receiver(values_program());
      char* base = adopt_image(receiver.process, image->objects.data(), image->objects.size());
      if (!image->objects.empty()) REQUIRE(base != nullptr);
      for (const ImageRef ref : image->refs) {
        vm::Object* copy = resolve(ref, base);
        receiver.text(copy);
        CHECK((copy == nullptr || vm::values_equal(receiver.program(), copy, copy, vm::NanRule::equal)));
      }
    }
  }
}
