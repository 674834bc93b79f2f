#include "tests/vm/machine.hpp"

using namespace noodle;
using namespace noodle::test;

TEST_CASE("fields of scalars and pointers keep their values; new objects are zeroed") {
  ModuleBuilder b;
  FunctionBuilder& main = b.function("main", {}, b.any());
  const TypeIndex point =
      b.record("Point", {{"x", b.int_()}, {"name", b.string()}, {"y", b.int_()}, {"next", {kAny, true}}});
  main.wide(Op::new_, 0, static_cast<std::int32_t>(point)).ldi(0, 7).op(Op::sets, 0, 1, 0);
  main.wide(Op::lds, 1, static_cast<std::int32_t>(b.text("a\"b"))).op(Op::setp, 0, 0, 1);
  main.op(Op::gets, 1, 0, 1).op(Op::addk, 1, 1, 1).op(Op::sets, 0, 0, 1).op(Op::getp, 1, 0, 0);
  main.op(Op::getp, 2, 0, 1).ext(Op::upc, 0, 0, 0, kAny).op(Op::retp, 0);
  CHECK(run_everywhere(b).value == "Point(x: 8, name: \"a\\\"b\", y: 7, next: null)");
}

TEST_CASE("a field without null traps while it was never set") {
  ModuleBuilder b;
  FunctionBuilder& main = b.function("main", {}, b.string());
  const TypeIndex cls = b.object("Box", {{"text", b.string()}});
  main.wide(Op::new_, 0, static_cast<std::int32_t>(cls)).op(Op::getp, 1, 0, 0).op(Op::retp, 1);
  const Outcome out = run_everywhere(b);
  CHECK(out.code == 1603);
  CHECK(out.message == "field was used before it was set");
}

TEST_CASE("type tests see exact types, base classes, enums, interfaces and any") {
  ModuleBuilder b;
  FunctionBuilder& main = b.function("main", {}, b.int_());
  const TypeIndex base = b.object("Base", {});
  const TypeIndex derived = b.object("Derived", {}, base);
  const TypeIndex other = b.object("Other", {});
  const TypeIndex tree = b.enumeration("Tree", {{"leaf", {}}, {"node", {{"value", b.int_()}}}});
  const TypeIndex node = b.type(tree).case_types[1];
  // Each question puts a bit into S0.
  main.ldi(0, 0);
  int bit = 0;
  const auto ask = [&](TypeIndex made, TypeIndex type) {
    main.wide(Op::new_, 0, static_cast<std::int32_t>(made)).ext(Op::upc, 0, 0, 0, kAny);
    main.ext(Op::isa, 1, 0, 0, type).op(Op::shlk, 1, 1, bit++).op(Op::bor, 0, 0, 1);
  };
  ask(derived, base);                     // 1
  ask(base, derived);                     // 0
  ask(derived, derived);                  // 1
  ask(derived, other);                    // 0
  ask(node, tree);                        // 1
  ask(node, node);                        // 1
  ask(b.type(tree).case_types[0], node);  // 0
  ask(other, kAny);                       // 1
  main.op(Op::rets, 0);
  CHECK(run_everywhere(b).value == std::to_string(0b10110101));
}

TEST_CASE("a rope is a String for type tests and casts") {
  const std::string part(200, 'x');
  const Outcome out = run_code(ModuleBuilder::int_(), [&](ModuleBuilder& b, FunctionBuilder& f) {
    const auto text = static_cast<std::int32_t>(b.text(part));
    f.wide(Op::lds, 0, text).wide(Op::lds, 1, text).op(Op::scat, 0, 0, 2).ext(Op::upc, 0, 0, 0, kAny);
    f.ext(Op::isa, 0, 0, 0, kString)
        .ext(Op::cast, 1, 0, 0, kString)
        .op(Op::slen, 1, 1)
        .op(Op::mul, 0, 0, 1)
        .op(Op::rets, 0);
  });
  CHECK(out.value == "400");
}

TEST_CASE("boxes hold their scalar, and enum tags tell the case") {
  const Outcome out = run_code(ModuleBuilder::int_(), [](ModuleBuilder& b, FunctionBuilder& f) {
    const TypeIndex tree = b.enumeration("Tree", {{"leaf", {}}, {"node", {{"value", b.int_()}}}});
    f.ldi(0, 41).ext(Op::box, 0, 0, 0, kBoxInt).op(Op::unbox, 1, 0);
    f.wide(Op::new_, 1, static_cast<std::int32_t>(b.type(tree).case_types[1])).ext(Op::upc, 1, 1, 0, tree);
    f.op(Op::etag, 2, 1).op(Op::add, 0, 1, 2).op(Op::rets, 0);
  });
  CHECK(out.value == "42");
}

TEST_CASE("linked objects survive collections, shared and cyclic ones too") {
  ModuleBuilder b;
  FunctionBuilder& main = b.function("main", {}, b.int_());
  const TypeIndex cell = b.object("Cell", {{"value", b.int_()}, {"next", {kAny, true}}});
  // A chain of 300 cells, the last pointing to the first; then the sum of 600 steps.
  const Label build = main.label(), walk = main.label(), built = main.label(), done = main.label();
  main.ldi(0, 0).ldi(3, 300).wide(Op::new_, 0, static_cast<std::int32_t>(cell)).op(Op::mvp, 1, 0).op(Op::sets, 0, 0, 0);
  main.bind(build).op(Op::addk, 0, 0, 1).jump(Op::jeq, 0, 3, built);
  main.wide(Op::new_, 2, static_cast<std::int32_t>(cell)).op(Op::sets, 2, 0, 0).ext(Op::upc, 3, 2, 0, kAny);
  main.op(Op::setp, 1, 0, 3).op(Op::mvp, 1, 2).jmp(build);
  main.bind(built).ext(Op::upc, 3, 0, 0, kAny).op(Op::setp, 1, 0, 3);
  main.ldi(0, 600).ldi(1, 0);
  main.bind(walk).jump(Op::jeqk, 0, 0, done).op(Op::gets, 2, 0, 0).op(Op::add, 1, 1, 2);
  main.op(Op::getp, 3, 0, 0).ext(Op::cast, 0, 3, 0, cell).op(Op::addk, 0, 0, -1).jmp(walk);
  main.bind(done).op(Op::rets, 1);
  CHECK(run_everywhere(b).value == std::to_string(2 * 299 * 300 / 2));
}
