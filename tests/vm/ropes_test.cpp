#include <random>

#include "runtime/values/rope.hpp"
#include "runtime/values/utf8.hpp"
#include "tests/vm/machine.hpp"

using namespace noodle;
using namespace noodle::test;

namespace {

std::string content(const vm::Object* text) {
  std::string out(vm::text_bytes(text), '\0');
  vm::copy_text(text, out.data());
  return out;
}

struct RopeTexts {
  RopeTexts() {
    ModuleBuilder b;
    b.function("main", {}, b.none()).op(Op::ret);
    machine = std::make_unique<Machine>(link_program(b));
    machine->process().heap.limit_bytes = 256 << 20;
  }
  vm::Process& process() { return machine->process(); }
  /// Concatenation of texts that lie in registers, as code would do it.
  vm::Object* join(std::initializer_list<vm::Object*> texts) {
    vm::bind(process(), machine->context());
    vm::Object** registers = process().context->pointers;
    std::copy(texts.begin(), texts.end(), registers);
    process().context->pointers_top = registers + texts.size();
    vm::Object* joined = vm::concatenate(process(), registers, static_cast<unsigned>(texts.size()));
    process().context->pointers_top = registers;
    return joined;
  }
  std::unique_ptr<Machine> machine;
};

}  // namespace

TEST_CASE("appending in a loop makes a text in time and memory proportional to it") {
  RopeTexts t;
  vm::Root text(t.process(), vm::new_string(t.process(), ""));
  std::string expected;
  for (int k = 0; k < 200'000; ++k) {
    const std::string part = std::to_string(k % 100) + ",";
    vm::Object* piece = vm::new_string(t.process(), part);
    text.object = t.join({text.object, piece});
    REQUIRE(text.object);
    expected += part;
  }
  CHECK(vm::text_bytes(text.object) == expected.size());
  CHECK(content(text.object) == expected);
  vm::collect(t.process());
  CHECK(t.process().heap.used_bytes() < 4 * expected.size());
  vm::StringObject* flat = vm::flat_string(t.process(), text.object);
  REQUIRE(flat);
  CHECK(flat->view() == expected);
  CHECK(flat->is_ascii());
}

TEST_CASE("prepending in a loop makes a deep tree that is put together without recursion") {
  RopeTexts t;
  vm::Root text(t.process(), vm::new_string(t.process(), std::string(300, 'e')));
  for (int k = 0; k < 50'000; ++k) {
    vm::Object* piece = vm::new_string(t.process(), k % 2 ? "ab" : "ß");
    text.object = t.join({piece, text.object});
    REQUIRE(text.object);
  }
  vm::StringObject* flat = vm::flat_string(t.process(), text.object);
  CHECK(flat->length() == 100'000 + 300);
  CHECK(flat->code_points == 50'000 + 25'000 + 300);
  CHECK(flat->view().substr(0, 8) == "abßabß");
}

TEST_CASE("texts built in any way from each other hold what simple strings hold, also when collected at every step") {
  const std::uint64_t seed = std::getenv("NOODLE_SEED") ? std::strtoull(std::getenv("NOODLE_SEED"), nullptr, 10) : 4711;
  MESSAGE("NOODLE_SEED=" << seed);
  for (const bool stressed : {false, true}) {
    RopeTexts t;
    vm::set_gc_stress(stressed);
    std::mt19937_64 random(seed);
    constexpr std::size_t kVariables = 6;
    std::vector<std::unique_ptr<vm::Root>> texts;
    std::vector<std::string> expected(kVariables);
    for (std::size_t k = 0; k < kVariables; ++k) {
      expected[k] = std::string(random() % 300, static_cast<char>('a' + k));
      texts.push_back(std::make_unique<vm::Root>(t.process(), vm::new_string(t.process(), expected[k])));
    }
    for (int step = 0; step < (stressed ? 600 : 4000); ++step) {
      const std::size_t a = random() % kVariables, b = random() % kVariables, c = random() % kVariables,
                        to = random() % kVariables;
      if (expected[a].size() + expected[b].size() + expected[c].size() > 20'000) {
        expected[a] = "short";
        texts[a]->object = vm::new_string(t.process(), "short");
      } else if (random() % 4 == 0) {
        texts[to]->object = t.join({texts[a]->object, texts[b]->object, texts[c]->object});
        expected[to] = expected[a] + expected[b] + expected[c];
      } else {
        texts[to]->object = t.join({texts[a]->object, texts[b]->object});
        expected[to] = expected[a] + expected[b];
      }
      if (random() % 5 == 0) REQUIRE(vm::flat_string(t.process(), texts[c]->object)->view() == expected[c]);
      REQUIRE(content(texts[to]->object) == expected[to]);
      bool failed = false;
      const int order = vm::compare_texts(t.process(), texts[a]->object, texts[b]->object, failed);
      const int wanted = expected[a].compare(expected[b]);
      REQUIRE(order == (wanted < 0 ? -1 : wanted > 0));
    }
    vm::set_gc_stress(false);
  }
}

TEST_CASE("a text above 256 MiB is refused with 1706, before memory is taken") {
  RopeTexts t;
  vm::Root text(t.process(), vm::new_string(t.process(), std::string(1 << 20, 'x')));
  // Doubling a tree costs nothing until it is read.
  int doublings = 0;
  while (vm::Object* twice = t.join({text.object, text.object})) {
    if (twice->class_id() != vm::kRope || ++doublings > 20) break;
    text.object = twice;
    if (vm::heap_bytes(t.process()) > (100u << 20)) break;
  }
  CHECK(doublings >= 5);
  vm::Process& process = t.process();
  process.pending_error = nullptr;
  CHECK(vm::new_blank_string(process, vm::kLargestTextBytes + 1, 0) == nullptr);
  REQUIRE(process.pending_error);
  CHECK(process.pending_error->slots()[vm::kErrorCode].i == 1706);
}

TEST_CASE("code instructions read ropes like flat texts") {
  const std::string part(200, 'p');
  const Outcome out = run_code(ModuleBuilder::int_(), [&](ModuleBuilder& b, FunctionBuilder& f) {
    const auto literal = static_cast<std::int32_t>(b.text(part));
    const auto whole = static_cast<std::int32_t>(b.text(part + part));
    const Label equal = f.label();
    f.wide(Op::lds, 0, literal).wide(Op::lds, 1, literal).op(Op::scat, 2, 0, 2).op(Op::slen, 0, 2);
    f.ldi(1, 399).op(Op::sbyte, 1, 2, 1).op(Op::add, 0, 0, 1);  // 400 + 'p'
    f.op(Op::mvp, 0, 2).wide(Op::lds, 1, literal).op(Op::scat, 3, 0, 2).op(Op::slen, 1, 3).op(Op::add, 0, 0, 1);  // +
                                                                                                                  // 600
    f.wide(Op::lds, 4, whole).op(Op::streq, 1, 2, 4).op(Op::add, 0, 0, 1).op(Op::strcmp, 1, 3, 2).op(Op::add, 0, 0, 1);
    f.jump(Op::jstreq, 4, 2, equal).ldi(0, 0).bind(equal).op(Op::rets, 0);
  });
  CHECK(out.value == std::to_string(400 + 'p' + 600 + 1 + 1));
}

TEST_CASE("UTF-8 is counted and cut by code points") {
  const std::string text = "aß水😀z and more than eight bytes: äöü";
  CHECK(vm::count_code_points(text) == 36);
  CHECK(vm::offset_of_code_point(text, 0) == 0);
  CHECK(vm::offset_of_code_point(text, 3) == 6);
  CHECK(vm::offset_of_code_point(text, 4) == 10);
  CHECK(vm::offset_of_code_point(text, 99) == text.size());
  for (std::size_t k = 0; k < vm::count_code_points(text); ++k) {
    const std::size_t at = vm::offset_of_code_point(text, k);
    std::string encoded;
    vm::append_code_point(encoded, vm::decode_code_point(text, at));
    CHECK(text.compare(at, encoded.size(), encoded) == 0);
  }
}
