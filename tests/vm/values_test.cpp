#include <limits>

#include "runtime/values/map.hpp"
#include "runtime/values/rope.hpp"
#include "tests/vm/machine.hpp"

using namespace noodle;
using namespace noodle::test;

namespace {

/// A process whose heap the test fills by hand.
struct Workshop {
  ModuleBuilder builder;
  TypeIndex list_any, list_int, map_text_any, set_int, record, instance, tree, color, box_color;
  std::unique_ptr<Machine> machine;

  Workshop() {
    ModuleBuilder& b = builder;
    b.function("main", {}, b.none()).op(Op::ret);
    list_any = b.list(b.any());
    list_int = b.list(b.int_());
    map_text_any = b.map(b.string(), b.any());
    set_int = b.set(b.int_());
    record = b.record("shapes.Point", {{"x", b.float_()}, {"next", b.any()}});
    instance = b.object("shapes.Square<int>", {{"side", b.any()}});
    tree = b.enumeration("shapes.Tree", {{"leaf", {}}, {"node", {{"value", b.int_()}, {"rest", b.any()}}}});
    color = b.scalar_enum("shapes.Color", {"red", "green"});
    box_color = b.box(color);
    machine = std::make_unique<Machine>(link_program(b));
    machine->process().heap.limit_bytes = 64 << 20;
    REQUIRE(vm::reserve(machine->process(), 48 << 20));  // so that the objects of a test stay where they are
  }

  vm::Process& process() { return machine->process(); }
  const vm::Program& program() const { return machine->program(); }
  vm::Object* text(std::string_view value) { return vm::new_string(process(), value); }
  vm::Object* integer(std::int64_t value) { return vm::new_box(process(), kBoxInt, vm::Slot{value}); }
  vm::Object* real(double value) { return vm::new_box(process(), kBoxFloat, vm::Slot{.f = value}); }
  vm::Object* list(std::vector<vm::Object*> elements) {
    std::vector<std::unique_ptr<vm::Root>> roots;
    for (vm::Object* element : elements) roots.push_back(std::make_unique<vm::Root>(process(), element));
    auto* made = vm::new_list(process(), list_any, static_cast<std::int64_t>(elements.size()));
    for (const auto& root : roots) made->storage->pointers()[made->count++] = root->object;
    return made;
  }
  vm::Object* plain(TypeIndex type) { return vm::new_object(process(), program().classes[type]); }
  std::string show(const vm::Object* value, std::size_t limit = 1 << 20) {
    return vm::value_text(program(), value, limit);
  }
  bool equal(const vm::Object* a, const vm::Object* b) { return vm::values_equal(program(), a, b); }
};

}  // namespace

TEST_CASE("values have the texts of rule 16") {
  Workshop w;
  CHECK(w.show(nullptr) == "null");
  CHECK(w.show(w.text("a\"b")) == "a\"b");
  CHECK(w.show(w.list({w.text("a\"b\n"), w.integer(1), nullptr})) == R"(["a\"b\n", 1, null])");
  CHECK(w.show(vm::new_box(w.process(), w.box_color, vm::Slot{1})) == "Color.green");
  CHECK(w.show(vm::new_box(w.process(), w.box_color, vm::Slot{77})) == "Color.77");
  CHECK(w.show(vm::new_bytes(w.process(), std::string_view("\x01\xff", 2))) == "Bytes{01 ff}");
  vm::Object* point = w.plain(w.record);
  point->slots()[0].f = 1.5;
  CHECK(w.show(point) == "Point(x: 1.5, next: null)");
  vm::Object* square = w.plain(w.instance);
  CHECK(w.show(square) == "Square{side: null}");
  const auto& cases = w.program().module.types[w.tree].case_types;
  CHECK(w.show(w.plain(cases[0])) == "Tree.leaf");
  vm::Object* node = w.plain(cases[1]);
  node->slots()[0].i = 3;
  CHECK(w.show(node) == "Tree.node(3, null)");
  CHECK(w.show(vm::new_error(w.process(), 1602, "bad index", nullptr)) == "error 1602: bad index");
}

TEST_CASE(
    "the text of a cycle ends with dots, shared values are written twice, and long texts are cut between characters") {
  Workshop w;
  vm::Root shared(w.process(), w.list({w.integer(1)}));
  vm::Object* twice = w.list({shared.object, shared.object});
  CHECK(w.show(twice) == "[[1], [1]]");
  auto* cycle = static_cast<vm::ListObject*>(w.list({nullptr, nullptr}));
  cycle->storage->pointers()[0] = cycle;
  CHECK(w.show(cycle) == "[..., null]");
  CHECK(w.show(cycle) == "[..., null]");
  CHECK(w.show(w.text("水水"), 4) == "水...");
}

TEST_CASE("a hundred thousand nested lists have a text, are equal to their like, and can be compared in steps") {
  Workshop w;
  vm::Root a(w.process()), b(w.process());
  for (int k = 0; k < 100'000; ++k) {
    a.object = w.list({a.object});
    b.object = w.list({b.object});
  }
  CHECK(w.show(a.object).size() == 200'000 + 4);
  CHECK(w.equal(a.object, b.object));
  vm::ValueComparison comparison(w.program(), vm::NanRule::unequal, a.object, b.object);
  int steps = 0;
  while (comparison.step(1000) == vm::ValueComparison::Answer::unknown) ++steps;
  CHECK(steps == 100);
  CHECK(comparison.step(1) == vm::ValueComparison::Answer::equal);
}

TEST_CASE("equality is structural for data and identity for instances") {
  Workshop w;
  CHECK(w.equal(nullptr, nullptr));
  CHECK_FALSE(w.equal(nullptr, w.integer(0)));
  CHECK(w.equal(w.integer(5), w.integer(5)));
  CHECK_FALSE(w.equal(w.integer(5), w.real(5)));
  CHECK(w.equal(w.real(0.0), w.real(-0.0)));
  vm::Root nan(w.process(), w.real(std::numeric_limits<double>::quiet_NaN()));
  CHECK_FALSE(w.equal(nan.object, nan.object));
  CHECK(vm::values_equal(w.program(), nan.object, nan.object, vm::NanRule::equal));
  CHECK(w.equal(w.list({w.integer(1), w.text("x")}), w.list({w.integer(1), w.text("x")})));
  CHECK_FALSE(w.equal(w.list({w.integer(1)}), w.list({w.integer(2)})));
  CHECK_FALSE(w.equal(w.list({}), vm::new_list(w.process(), w.list_int, 0)));
  CHECK(w.equal(w.plain(w.record), w.plain(w.record)));
  CHECK_FALSE(w.equal(w.plain(w.instance), w.plain(w.instance)));
  vm::Root one(w.process(), vm::new_error(w.process(), 1602, "a", nullptr));
  CHECK(w.equal(one.object, vm::new_error(w.process(), 1602, "a", nullptr)));
  CHECK_FALSE(w.equal(one.object, vm::new_error(w.process(), 1602, "b", nullptr)));
}

TEST_CASE("cyclic values of the same shape are equal") {
  Workshop w;
  const auto make = [&](std::int64_t last) {
    vm::Root root(w.process(), w.list({nullptr, nullptr}));
    vm::Object* number = w.integer(last);
    auto* list = static_cast<vm::ListObject*>(root.object);
    list->storage->pointers()[0] = list;
    list->storage->pointers()[1] = number;
    return root.object;
  };
  vm::Root a(w.process(), make(1)), b(w.process(), make(1)), c(w.process(), make(2));
  CHECK(w.equal(a.object, b.object));
  CHECK_FALSE(w.equal(a.object, c.object));
}

TEST_CASE("maps and sets are equal whatever the order of insertion, with and without index") {
  Workshop w;
  const auto make = [&](bool reversed, std::int64_t count) {
    vm::Root map(w.process(), vm::new_map(w.process(), w.map_text_any));
    for (std::int64_t k = 0; k < count; ++k) {
      const std::int64_t number = reversed ? count - 1 - k : k;
      vm::Root key(w.process(), w.text(std::to_string(number)));
      vm::Root value(w.process(), w.integer(number));
      REQUIRE(vm::map_put(w.process(), map.object, {{}, key.object}, key.object, {{}, value.object}, value.object) ==
              1);
    }
    return map.object;
  };
  for (const std::int64_t count : {3, 100}) {
    vm::Root a(w.process(), make(false, count)), b(w.process(), make(true, count)),
        c(w.process(), make(true, count + 1));
    CHECK(w.equal(a.object, b.object));
    CHECK_FALSE(w.equal(a.object, c.object));
    static_cast<vm::MapObject*>(b.object)->index = nullptr;
    CHECK(w.equal(a.object, b.object));
  }
  CHECK(w.show(make(true, 2)) == R"({"1": 1, "0": 0})");
  vm::Root set(w.process(), vm::new_map(w.process(), w.set_int));
  vm::Object* none = nullptr;
  for (const std::int64_t member : {3, 1}) {
    REQUIRE(vm::map_put(w.process(), set.object, {vm::Slot{member}, nullptr}, none, {}, none) == 1);
  }
  CHECK(w.show(set.object) == "Set{3, 1}");
}

TEST_CASE("equal values have equal hashes, ropes like flat texts") {
  Workshop w;
  const std::string long_text(400, 'q');
  vm::Root flat(w.process(), w.text(long_text));
  vm::Root half(w.process(), w.text(long_text.substr(0, 200)));
  vm::Object* halves[2] = {half.object, half.object};
  vm::Root parts[2] = {vm::Root(w.process(), halves[0]), vm::Root(w.process(), halves[1])};
  vm::Object* texts[2] = {parts[0].object, parts[1].object};
  vm::Object* rope = vm::concatenate(w.process(), texts, 2);
  CHECK(rope->class_id() == vm::kRope);
  CHECK(vm::hash_text(rope) == vm::hash_text(flat.object));
  CHECK(w.equal(rope, flat.object));
  CHECK(vm::value_hash(w.program(), w.integer(7)) == vm::value_hash(w.program(), w.integer(7)));
  CHECK(vm::value_hash(w.program(), w.real(0.0)) == vm::value_hash(w.program(), w.real(-0.0)));
  CHECK(vm::value_hash(w.program(), w.plain(w.record)) == vm::value_hash(w.program(), w.plain(w.record)));
}
