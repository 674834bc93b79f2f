#include <doctest/doctest.h>

#include <map>

#include "runtime/bytecode/container.hpp"
#include "runtime/vm/capability.hpp"
#include "runtime/vm/handlers.hpp"
#include "runtime/vm/interpreter.hpp"
#include "runtime/vm/native.hpp"
#include "runtime/vm/native_signature.hpp"
#include "runtime/vm/program.hpp"
#include "tests/bytecode/sample_module.hpp"

using namespace noodle;
using namespace noodle::test;
using vm::Handler;

namespace {

std::shared_ptr<const vm::Program> linked(Module m) {
  Result<std::shared_ptr<const vm::Program>> program = vm::link(std::move(m));
  if (!program) FAIL(program.error().to_string());
  return *program;
}

std::uint16_t link_error(Module m) {
  const Result<std::shared_ptr<const vm::Program>> program = vm::link(std::move(m));
  return program ? 0 : program.error().number();
}

/// A running word, taken apart.
struct Running {
  Handler handler;
  std::uint16_t a, b, c;
  std::int16_t signed_c() const { return static_cast<std::int16_t>(c); }
};

Running running(const vm::Function& f, std::size_t word) {
  static const std::map<std::uint16_t, Handler> names = [] {
    std::map<std::uint16_t, Handler> all;
    for (std::size_t i = 0; i < vm::kHandlerCount; ++i) all[vm::handler_offsets()[i]] = static_cast<Handler>(i);
    return all;
  }();
  const std::uint64_t w = f.code[word];
  return {names.at(static_cast<std::uint16_t>(w)), static_cast<std::uint16_t>(w >> 16),
          static_cast<std::uint16_t>(w >> 32), static_cast<std::uint16_t>(w >> 48)};
}

std::uint32_t type_named(const vm::Program& p, const std::string& name) {
  return p.type_by_name.at(name);
}

}  // namespace

TEST_CASE("every handler has a code of its own") {
  std::map<std::uint16_t, std::size_t> codes;
  for (std::size_t i = 0; i < vm::kHandlerCount; ++i) CHECK(codes.emplace(vm::handler_offsets()[i], i).second);
}

TEST_CASE("linking lays out classes") {
  const auto program = linked(sample_module());
  const vm::Class& square = program->classes[type_named(*program, "Square")];
  CHECK(square.slot_count == 3);
  CHECK(square.pointer_map[0] == 1);
  CHECK(!square.all_scalars);
  CHECK(square.scalar_slots[0] == 1);
  CHECK(square.scalar_slots[1] == 2);
  CHECK(square.pointer_slots[0] == 0);
  CHECK(square.depth == 1);
  CHECK(square.ancestors[0] == type_named(*program, "Shape"));
  CHECK(square.ancestors[1] == square.id);
  CHECK(square.vtable[0] == &program->functions[0]);
  REQUIRE(square.interface_table);
  std::uint32_t at = 0;
  while (square.interface_table[at & square.interface_mask].selector != 0) ++at;
  CHECK(square.interface_table[at & square.interface_mask].function == &program->functions[1]);
  const vm::Class& map = program->classes[type_named(*program, "Map<String, List<int>?>")];
  CHECK(map.element == vm::Storage::pointer);
  CHECK(map.value == vm::Storage::pointer);
  CHECK(program->classes[type_named(*program, "List<int>")].element == vm::Storage::scalar);
  const std::uint32_t counter = type_named(*program, "Counter");
  CHECK(program->actor_ref_type[counter] == type_named(*program, "ActorRef<Counter>"));
  CHECK(program->type_by_layout.at(square.layout_hash) == square.id);
  CHECK(program->classes[type_named(*program, "Reply.failed")].tag == 1);
  CHECK(program->classes[kBoxInt].slot_count == 1);
}

TEST_CASE("literals and closures without captures are static objects") {
  const auto program = linked(sample_module());
  const auto* text = reinterpret_cast<const vm::StringObject*>(program->strings[0]);
  CHECK(text->is_static());
  CHECK(text->class_id() == kString);
  CHECK(text->view() == "hello ");
  CHECK(text->is_ascii());
  const vm::Object* closure = program->static_closures[2];
  REQUIRE(closure);
  CHECK(program->class_of(closure).function == &program->functions[2]);
  CHECK(program->closure_class[2] == closure->class_id());
  CHECK(program->static_closures[0] == nullptr);
}

TEST_CASE("is_instance follows classes, interfaces, enums, functions and references") {
  const auto program = linked(sample_module());
  const auto type = [&](const char* name) { return type_named(*program, name); };
  const auto is = [&](std::uint32_t id, TypeIndex target) { return vm::is_instance(*program, id, target); };
  CHECK(is(type("Square"), type("Shape")));
  CHECK(!is(type("Shape"), type("Square")));
  CHECK(is(type("Square"), type("Square")));
  CHECK(is(type("Square"), type("Greeter")));
  CHECK(!is(type("Shape"), type("Greeter")));
  CHECK(is(type("Reply.ok"), type("Reply")));
  CHECK(!is(type("Square"), type("Reply")));
  CHECK(is(program->closure_class[2], type("func(int): int")));
  CHECK(!is(type("Square"), type("func(int): int")));
  CHECK(is(type("ActorRef<Counter>"), kActorRefAny));
  CHECK(!is(kActorRefAny, type("ActorRef<Counter>")));
  CHECK(is(vm::kRope, kString));
  CHECK(is(vm::kRope, kAny));
  CHECK(!is(vm::kPointerArray, kAny));
  CHECK(!is(kString, kBytes));
}

TEST_CASE("code is predecoded: operands scaled, constants and callees inline") {
  const auto program = linked(sample_module());
  const vm::Function& main = program->functions[7];
  CHECK(main.scalar_args == 0);
  CHECK(main.pointer_args == 1);
  CHECK(main.result == 's');
  CHECK(running(main, 0).handler == Handler::ldi);
  CHECK(running(main, 2).handler == Handler::ldi);  // a constant that fits
  CHECK(running(main, 2).a == 16);
  CHECK(running(main, 2).b == 7);
  CHECK(running(main, 3).handler == Handler::add);
  CHECK(running(main, 4).signed_c() == -1);
  CHECK(running(main, 5).handler == Handler::ljgtk);
  CHECK(running(main, 5).signed_c() == -3);
  CHECK(running(main, 6).handler == Handler::new_);
  CHECK(running(main, 6).b == 32);
  CHECK(main.code[7] == vm::make_header(type_named(*program, "Square"), 3));
  CHECK(running(main, 8).handler == Handler::ldo);
  CHECK(main.code[9] == reinterpret_cast<std::uintptr_t>(program->strings[1]));
  CHECK(running(main, 10).handler == Handler::setp);
  CHECK(running(main, 10).b == 8);
  CHECK(running(main, 12).handler == Handler::vcall);
  CHECK(running(main, 12).a == 24);
  REQUIRE(main.catches.size() == 1);
  CHECK(main.catches[0].start == 6);
  CHECK(main.catches[0].error_register == 5);
  CHECK(running(main, main.catches[0].target).handler == Handler::throw_);
  CHECK(main.portable_word[7] == 7);
  CHECK(main.portable_word[8] == 8);
  CHECK(main.portable_word.size() == main.code_words);
  CHECK(running(program->functions[0], 0).c == 16);  // area: second scalar slot of the object
  const vm::Function& every = program->functions[5];
  CHECK(running(every, 0).handler == Handler::ldk);
  CHECK(every.code[1] == 5'000'000'000);
}

TEST_CASE("fields that cannot be null are loaded with a check, upcasts cost nothing, tests are specialised") {
  ModuleBuilder b;
  const TypeIndex node = b.object("Node", {{"name", b.string()}, {"next", b.maybe(kError)}});
  const TypeIndex face = b.interface("Face");
  const TypeIndex kind = b.enumeration("Kind", {{"a", {}}});
  FunctionBuilder& f = b.function("f", {b.of(node), b.any()}, b.none());
  const Label skip = f.label();
  f.op(Op::getp, 2, 0, 0).op(Op::getp, 2, 0, 1);
  f.ext(Op::upc, 0, 0, 0, node).ext(Op::upc, 3, 0, 0, kAny).jump(Op::jnul, 1, 0, skip);
  f.ext(Op::isa, 0, 1, 0, node).ext(Op::isa, 0, 1, 0, kString).ext(Op::isa, 0, 1, 0, face).ext(Op::isa, 0, 1, 0, kind);
  f.ext(Op::cast, 2, 1, 0, node).ext(Op::castn, 2, 1, 0, kString).ext(Op::castn, 2, 1, 0, kAny);
  f.ext(Op::isa, 0, 1, 0, kActorRefAny).bind(skip).op(Op::ret);
  const auto program = linked(b.build());
  const vm::Function& code = program->functions[0];
  const Handler expected[] = {Handler::getpc,      Handler::getp,        Handler::mvp,   Handler::jnul,
                              Handler::isa_class,  Handler::isa_exact,   Handler::isa,   Handler::isa_class,
                              Handler::cast_class, Handler::castn_exact, Handler::castn, Handler::isa,
                              Handler::ret};
  std::size_t word = 0;
  for (const Handler h : expected) {
    CAPTURE(word);
    REQUIRE(word < code.code_words);
    CHECK(running(code, word).handler == h);
    const std::uint32_t portable = code.portable_word[word];
    while (word < code.code_words && code.portable_word[word] == portable) ++word;
  }
  CHECK(word == code.code_words);
  CHECK(running(code, 3).signed_c() == 16);
  CHECK(code.code[5] == std::uint64_t{node});
}

TEST_CASE("a dropped instruction at a loop head moves the branch target behind it") {
  ModuleBuilder b;
  FunctionBuilder& f = b.function("f", {b.string(), b.int_()}, b.none());
  const Label head = f.here();
  f.ext(Op::upc, 0, 0, 0, kString).jump(Op::jltk, 0, 3, head).op(Op::ret);
  const auto program = linked(b.build());
  CHECK(running(program->functions[0], 0).handler == Handler::ljltk);
  CHECK(running(program->functions[0], 0).signed_c() == -1);
}

TEST_CASE("positions are found from running words") {
  const auto program = linked(sample_module());
  const vm::Function& main = program->functions[7];
  CHECK(program->position(main, 0).line == 10);
  CHECK(program->position(main, 4).line == 11);
  CHECK(program->position(main, 4).column == 5);
  CHECK(program->position(main, 7).line == 12);
  CHECK(program->position(main, 9'999).line == 0);
  CHECK(program->position(program->functions[4], 0).line == 0);
}

TEST_CASE("natives are resolved, host functions may be missing, anything else is an error") {
  const auto program = linked(sample_module());
  CHECK(program->natives[0].entry == vm::find_native("map.put"));
  CHECK(program->natives[0].pointer_args == 3);
  CHECK(program->natives[1].capability_bit == vm::capability_bit("log"));
  Module m = sample_module();
  m.natives[0].name = "no.such";
  CHECK(link_error(m) == 1532);
  m.natives[0].capability = "db.query";
  CHECK(link_error(m) == 0);
  m.natives[0] = sample_module().natives[0];
  m.natives[0].name = "string.length";
  CHECK(link_error(m) == 1517);
  m = sample_module();
  m.unresolved = {{"area", {}, 0}};
  m.functions[0].code.clear();
  CHECK(link_error(m) == 1530);
  m = sample_module();
  m.functions[0].code = {0xffffffff};
  CHECK(link_error(m) == 1510);
}

TEST_CASE("a function that grows too much when it is predecoded is refused") {
  ModuleBuilder b;
  FunctionBuilder& f = b.function("f", {}, b.none());
  const int big = static_cast<int>(b.constant(1ull << 40));
  for (int i = 0; i < 20'000; ++i) f.wide(Op::ldk, 0, big);
  f.op(Op::ret);
  CHECK(link_error(b.build()) == 1516);
}

TEST_CASE("hashes are the same for equal modules and tell contents apart") {
  const auto a = linked(sample_module()), again = linked(sample_module());
  CHECK(a->content_hash == again->content_hash);
  CHECK(a->handler_hash == again->handler_hash);
  Module m = sample_module();
  m.strings[0] += "!";
  CHECK(linked(m)->content_hash != a->content_hash);
  m.handlers[0].name = "plus";
  CHECK(linked(m)->handler_hash != a->handler_hash);
}

TEST_CASE("handlers with equal texts and different types are refused") {
  ModuleBuilder b;
  const TypeIndex face = b.interface("Face"), other = b.interface("Other");
  const TypeIndex one = b.record("Point", {{"x", b.int_()}}), two = b.record("Point", {{"x", b.string()}});
  b.handler(face, "move", {b.of(one)}, b.none());
  b.handler(other, "move", {b.of(one)}, b.none());
  CHECK(link_error(b.build()) == 0);
  b.handler(other, "move", {b.of(two)}, b.none());
  CHECK(link_error(b.build()) == 1518);
}

TEST_CASE("signatures of natives fit their patterns") {
  ModuleBuilder b;
  const TypeIndex ints = b.list(b.int_()), map = b.map(b.string(), b.int_()),
                  mapn = b.map(b.string(), b.maybe(kString));
  const TypeIndex fn = b.func({b.int_()}, b.bool_()), act = b.actor("Act", {}), ref = b.actor_ref(act);
  const TypeIndex proc = b.func({}, b.none());
  const TypeIndex node = b.object("Node", {});
  TypeDef host;
  host.kind = TypeKind::host;
  host.name = "Logger";
  const TypeIndex logger = b.add(host);
  struct Row {
    const char* pattern;
    std::vector<TypeRef> params;
    TypeRef result;
    bool fits;
  };
  const Row rows[] = {
      {"()", {}, b.none(), true},
      {"()void", {}, b.none(), true},
      {"()int", {}, b.none(), false},
      {"()", {}, b.int_(), false},
      {"(int, float)String", {b.int_(), b.float_()}, b.string(), true},
      {"(int, float) String", {b.int_(), b.float_()}, b.string(), true},
      {"(int)", {b.bool_()}, b.none(), false},
      {"(int)", {b.int_(), b.int_()}, b.none(), false},
      {"(int, int)", {b.int_()}, b.none(), false},
      {"(String?)", {b.maybe(kString)}, b.none(), true},
      {"(String?)", {b.string()}, b.none(), false},
      {"(String)", {b.maybe(kString)}, b.none(), false},
      {"(int?)", {b.maybe(kBoxInt)}, b.none(), true},
      {"(int)", {b.of(kBoxInt)}, b.none(), false},
      {"(any)", {b.any()}, b.none(), true},
      {"(any)Json", {b.any()}, b.any(), true},
      {"(List<T>, T)", {b.of(ints), b.int_()}, b.none(), true},
      {"(List<T>, T)", {b.of(ints), b.bool_()}, b.none(), false},
      {"(List<T>, T)", {b.of(kListString), b.string()}, b.none(), true},
      {"(List<T>, T)", {b.of(kListString), b.maybe(kString)}, b.none(), false},
      {"(List<T>)T?", {b.of(ints)}, b.maybe(kBoxInt), true},
      {"(List<T>)T?", {b.of(ints)}, b.maybe(kBoxBool), false},
      {"(List<T>)T?", {b.of(kListString)}, b.maybe(kString), true},
      {"(List<T>)T?", {b.of(kListString)}, b.string(), false},
      {"(Map<K,V>, K)V?", {b.of(map), b.string()}, b.maybe(kBoxInt), true},
      {"(Map<K,V>, K)V?", {b.of(mapn), b.string()}, b.maybe(kString), true},
      {"(List<T>, func(T): bool)", {b.of(ints), b.of(fn)}, b.none(), true},
      {"(List<T>, func(T): T)", {b.of(ints), b.of(fn)}, b.none(), false},
      {"(List<T>, func(T))", {b.of(ints), b.of(fn)}, b.none(), false},
      {"(func())", {b.of(proc)}, b.none(), true},
      {"(func(): T)", {b.of(proc)}, b.none(), false},
      {"(ActorRef<any>)", {b.of(kActorRefAny)}, b.none(), true},
      {"(ActorRef<any>)", {b.of(ref)}, b.none(), false},
      {"()ActorRef<A>", {}, b.of(ref), true},
      {"()ActorRef<A>", {}, b.of(kActorRefAny), true},
      {"()A", {}, b.of(node), false},
      {"(String)I", {b.string()}, b.of(logger), true},
      {"(String)I", {b.string()}, b.string(), false},
      {"(N)N", {b.int_()}, b.int_(), true},
      {"(N)N", {b.string()}, b.string(), false},
      {"(Node)Error", {b.of(node)}, b.error(), true},
      {"(Node<T>)", {b.of(node)}, b.none(), false},
      {"(Set<T>)", {b.of(ints)}, b.none(), false},
      {"int", {}, b.none(), false},
      {"(int", {b.int_()}, b.none(), false},
      {"(int)int int", {b.int_()}, b.int_(), false},
      {"(,)", {}, b.none(), false},
      {"(List<)", {b.of(ints)}, b.none(), false},
      {"(func)", {b.of(proc)}, b.none(), false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.pattern);
    CHECK(vm::matches_native(b.module(), {row.params, row.result}, row.pattern) == row.fits);
  }
}

TEST_CASE("capabilities have one bit each and unknown ones are never held") {
  std::uint64_t all = 0;
  for (const std::string_view name : vm::capability_names()) {
    CHECK((all & vm::capability_bit(name)) == 0);
    all |= vm::capability_bit(name);
  }
  CHECK((all & vm::kUnknownCapability) == 0);
  CHECK(vm::capability_bit("") == 0);
  CHECK(vm::capability_bit("fs.read:/data") == vm::capability_bit("fs.read"));
  CHECK(vm::capability_bit("agents.score") == vm::capability_bit("agents.plan"));
  CHECK(vm::capability_bit("launch.missiles") == vm::kUnknownCapability);
}
