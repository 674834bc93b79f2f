#include <algorithm>
#include <cstdlib>
#include <limits>
#include <random>

#include "runtime/values/map.hpp"
#include "tests/vm/machine.hpp"

using namespace noodle;
using namespace noodle::test;

namespace {

/// A map as it should be: keys in the order of insertion.
struct Model {
  std::vector<std::pair<std::int64_t, std::int64_t>> entries;

  auto find(std::int64_t key) {
    return std::find_if(entries.begin(), entries.end(), [key](const auto& entry) { return entry.first == key; });
  }
  void put(std::int64_t key, std::int64_t value) {
    const auto found = find(key);
    if (found == entries.end()) {
      entries.emplace_back(key, value);
    } else {
      found->second = value;
    }
  }
  bool remove(std::int64_t key) {
    const auto found = find(key);
    if (found == entries.end()) return false;
    entries.erase(found);
    return true;
  }
};

std::uint64_t seed_of_run() {
  const char* given = std::getenv("NOODLE_SEED");
  return given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

enum class Keys { ints, bytes, texts, records };

/// A process with one map, and keys of a kind made from numbers.
class MapMachine {
 public:
  MapMachine(const std::shared_ptr<const vm::Program>& program, TypeIndex map_type, TypeIndex record_type, Keys keys)
      : machine_(program),
        record_type_(record_type),
        keys_(keys),
        map_(machine_.process()),
        key_(machine_.process()),
        value_(machine_.process()) {
    machine_.limits().memory_bytes = 64 << 20;
    machine_.process().heap.limit_bytes = 64 << 20;
    map_.object = vm::new_map(machine_.process(), map_type);
    REQUIRE(map_.object);
  }

  vm::MapValue make_key(std::int64_t number) {
    vm::Process& process = machine_.process();
    key_.object = nullptr;
    if (keys_ == Keys::texts) {
      key_.object = vm::new_string(process, "key " + std::to_string(number));
    } else if (keys_ == Keys::records) {
      key_.object = vm::new_object(process, machine_.program().classes[record_type_]);
      key_.object->slots()[0].i = number;
      vm::Object* text = vm::new_string(process, std::to_string(number % 3));
      key_.object->pointers()[1] = text;
    }
    return {vm::Slot{number}, key_.object};
  }

  void put(std::int64_t key, std::int64_t value) {
    const vm::MapValue made = make_key(key);
    value_.object = nullptr;
    REQUIRE(vm::map_put(machine_.process(), map_.object, made, key_.object, {vm::Slot{value}, nullptr},
                        value_.object) >= 0);
  }
  bool remove(std::int64_t key) {
    const vm::MapValue made = make_key(key);
    return vm::map_remove(machine_.process(), map_.object, made, key_.object) == 1;
  }
  /// Value of a key, or -1.
  std::int64_t get(std::int64_t key) {
    const vm::MapValue made = make_key(key);
    const std::int64_t entry = vm::map_find(machine_.process(), map_.object, made, key_.object);
    REQUIRE(entry != -2);
    return entry < 0 ? -1 : vm::value_at(machine_.program().class_of(map_.object), map(), entry).scalar.i;
  }
  vm::MapObject* map() { return static_cast<vm::MapObject*>(map_.object); }
  std::vector<std::int64_t> values() {
    std::vector<std::int64_t> out;
    const vm::Class& cls = machine_.program().class_of(map_.object);
    for (std::int64_t entry = vm::next_entry(map(), 0); entry >= 0; entry = vm::next_entry(map(), entry + 1)) {
      out.push_back(vm::value_at(cls, map(), entry).scalar.i);
    }
    return out;
  }
  vm::Process& process() { return machine_.process(); }

 private:
  Machine machine_;
  TypeIndex record_type_;
  Keys keys_;
  vm::Root map_, key_, value_;
};

}  // namespace

TEST_CASE("maps of every kind of key do what a simple model does, under collections too") {
  const std::uint64_t seed = seed_of_run();
  MESSAGE("NOODLE_SEED=" << seed);
  ModuleBuilder b;
  b.function("main", {}, b.none()).op(Op::ret);
  const TypeIndex record = b.record("Pair", {{"number", b.int_()}, {"text", b.string()}});
  const TypeIndex by_int = b.map(b.int_(), b.int_());
  const TypeIndex by_byte = b.map({kByte, false}, b.int_());
  const TypeIndex by_text = b.map(b.string(), b.int_());
  const TypeIndex by_record = b.map(b.of(record), b.int_());
  const auto program = link_program(b);
  struct Kind {
    TypeIndex map;
    Keys keys;
    std::int64_t range;
  };
  for (const bool stressed : {false, true}) {
    vm::set_gc_stress(stressed);
    for (const Kind& kind : {Kind{by_int, Keys::ints, 300}, Kind{by_byte, Keys::bytes, 256},
                             Kind{by_text, Keys::texts, 200}, Kind{by_record, Keys::records, 100}}) {
      std::mt19937_64 random(seed);
      MapMachine machine(program, kind.map, record, kind.keys);
      Model model;
      for (int step = 0; step < (stressed ? 1000 : 6000); ++step) {
        const auto key = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(kind.range));
        switch (random() % 8) {
          case 0:
          case 1:
          case 2:
            machine.put(key, step);
            model.put(key, step);
            break;
          case 3:
          case 4:
            REQUIRE(machine.remove(key) == model.remove(key));
            break;
          case 5:
            machine.map()->index = nullptr;
            break;  // as a copy from a message has it
          case 6:
            if (random() % 200 == 0) {
              vm::map_clear(machine.map());
              model.entries.clear();
            }
            break;
          default:
            break;
        }
        const auto found = model.find(key);
        REQUIRE(machine.get(key) == (found == model.entries.end() ? -1 : found->second));
        REQUIRE(machine.map()->count == static_cast<std::int64_t>(model.entries.size()));
        if (step % 50 == 0) {
          std::vector<std::int64_t> expected;
          for (const auto& [k, v] : model.entries) expected.push_back(v);
          REQUIRE(machine.values() == expected);
        }
      }
    }
  }
  vm::set_gc_stress(false);
}

TEST_CASE("float keys: one zero, and nan is a key") {
  ModuleBuilder b;
  b.function("main", {}, b.none()).op(Op::ret);
  const TypeIndex map_type = b.map(b.float_(), b.int_());
  const auto program = link_program(b);
  MapMachine machine(program, map_type, kError, Keys::ints);
  const auto bits = [](double value) {
    vm::Slot slot{.f = value};
    return slot.i;
  };
  machine.put(bits(0.0), 1);
  machine.put(bits(-0.0), 2);
  machine.put(bits(std::numeric_limits<double>::quiet_NaN()), 3);
  machine.put(bits(-std::numeric_limits<double>::quiet_NaN()), 4);
  CHECK(machine.map()->count == 2);
  CHECK(machine.get(bits(0.0)) == 2);
  CHECK(machine.get(bits(std::numeric_limits<double>::quiet_NaN())) == 4);
}

TEST_CASE("a large map keeps its order and finds everything") {
  ModuleBuilder b;
  b.function("main", {}, b.none()).op(Op::ret);
  const TypeIndex map_type = b.map(b.string(), b.int_());
  const auto program = link_program(b);
  MapMachine machine(program, map_type, kError, Keys::texts);
  for (std::int64_t k = 0; k < 20'000; ++k) machine.put(k, k);
  for (std::int64_t k = 0; k < 20'000; k += 2) REQUIRE(machine.remove(k));
  for (std::int64_t k = 0; k < 20'000; ++k) REQUIRE(machine.get(k) == (k % 2 ? k : -1));
  std::int64_t expected = 1;
  for (const std::int64_t value : machine.values()) {
    REQUIRE(value == expected);
    expected += 2;
  }
}

TEST_CASE("map natives work from code, and iteration notices changes") {
  ModuleBuilder b;
  FunctionBuilder& f = b.function("main", {}, b.int_());
  const TypeIndex map = b.map(b.string(), b.int_());
  const TypeRef m = b.of(map);
  const std::uint32_t make = b.native("map.new", {}, m);
  const std::uint32_t put = b.native("map.put", {m, b.string(), b.int_()}, b.none());
  const std::uint32_t at = b.native("map.at", {m, b.string()}, b.int_());
  const std::uint32_t version = b.native("map.version", {m}, b.int_());
  const std::uint32_t next = b.native("map.next", {m, b.int_(), b.int_()}, b.int_());
  const std::uint32_t get = b.native("map.get", {m, b.string()}, b.maybe(kBoxInt));
  const auto one = static_cast<std::int32_t>(b.text("one"));
  const auto two = static_cast<std::int32_t>(b.text("two"));
  f.call(Op::ncall, 0, 0, make);
  const auto put_entry = [&](std::int32_t key, std::int32_t value) {
    f.op(Op::mvp, 1, 0).wide(Op::lds, 2, key).ldi(5, value).call(Op::ncall, 5, 1, put);
  };
  put_entry(one, 10);
  put_entry(two, 20);
  put_entry(one, 11);
  f.op(Op::mvp, 1, 0).wide(Op::lds, 2, one).call(Op::ncall, 0, 1, at);  // S0 = 11
  f.op(Op::mvp, 1, 0).wide(Op::lds, 2, two).call(Op::ncall, 1, 1, get).op(Op::nnul, 1, 1).op(Op::unbox, 1, 1);
  f.op(Op::add, 0, 0, 1);                                                                            // S0 = 31
  f.op(Op::mvp, 1, 0).call(Op::ncall, 1, 1, version);                                                // S1 = version
  f.op(Op::mvp, 1, 0).ldi(2, 1).op(Op::mov, 3, 1).call(Op::ncall, 2, 1, next).op(Op::add, 0, 0, 2);  // + entry 1
  put_entry(static_cast<std::int32_t>(b.text("three")), 30);
  const Label start = f.label(), end = f.label(), caught = f.label();
  f.bind(start).op(Op::mvp, 1, 0).ldi(2, 0).op(Op::mov, 3, 1).call(Op::ncall, 2, 1, next).bind(end).op(Op::rets, 2);
  f.bind(caught).op(Op::gets, 1, 3, 0).op(Op::add, 0, 0, 1).op(Op::rets, 0).handler(start, end, caught, 3);
  CHECK(run_everywhere(b).value == std::to_string(32 + 1608));
  ModuleBuilder c;
  FunctionBuilder& g = c.function("main", {}, c.int_());
  const TypeRef n = c.of(c.map(c.string(), c.int_()));
  const std::uint32_t make_again = c.native("map.new", {}, n);
  const std::uint32_t at_again = c.native("map.at", {n, c.string()}, c.int_());
  g.call(Op::ncall, 0, 0, make_again).wide(Op::lds, 1, static_cast<std::int32_t>(c.text("no")));
  g.call(Op::ncall, 0, 0, at_again).op(Op::rets, 0);
  const Outcome missing = run_everywhere(c);
  CHECK(missing.code == 1604);
  CHECK(missing.message == "the map has no key no");
}
