#include "runtime/bytecode/inference.hpp"

#include <doctest/doctest.h>

#include "tests/support/module_builder.hpp"

using namespace noodle;
using namespace noodle::test;

namespace {

const JoinState* join_at(const Module& m, std::uint32_t function, std::uint32_t word) {
  for (const JoinState& j : m.functions[function].joins) {
    if (j.word == word) return &j;
  }
  return nullptr;
}

std::uint16_t failure(const ModuleBuilder& b) {
  const Result<Module> m = b.try_build();
  return m ? 0 : m.error().number();
}

}  // namespace

TEST_CASE("a loop keeps its variables set at the loop head") {
  ModuleBuilder b;
  FunctionBuilder& f = b.function("sum", {b.int_()}, b.int_());
  f.ldi(1, 0).ldi(2, 0);
  const Label head = f.here();
  f.op(Op::add, 2, 2, 1).op(Op::addk, 1, 1, 1).op(Op::mov, 3, 2).jump(Op::jlt, 1, 0, head).op(Op::rets, 2);
  const Module m = b.build();
  REQUIRE(m.functions[0].joins.size() == 1);
  const JoinState* head_state = join_at(m, 0, 2);
  REQUIRE(head_state);
  CHECK(head_state->scalars == std::vector<bool>{true, true, true, false});  // S3 is not set on the way in
}

TEST_CASE("ways that meet merge the types of pointer registers") {
  ModuleBuilder b;
  const TypeIndex shape = b.interface("Shape");
  const TypeIndex base = b.object("Base", {});
  const TypeIndex left = b.object("Left", {}, base), right = b.object("Right", {}, base);
  const TypeIndex lone = b.object("Lone", {});
  b.type(lone).interfaces = {shape};
  const TypeIndex e = b.enumeration("E", {{"a", {}}, {"b", {}}});
  const TypeIndex ea = b.type(e).case_types[0], eb = b.type(e).case_types[1];
  const TypeIndex act = b.actor("Act", {});
  const TypeIndex ref = b.actor_ref(act);
  const TypeIndex fn = b.func({}, b.none());
  const TypeIndex c1 = b.closure(fn), c2 = b.closure(fn);
  const std::uint32_t code1 = b.function("c1", {b.of(c1)}, b.none()).op(Op::ret).index();
  const std::uint32_t code2 = b.function("c2", {b.of(c2)}, b.none()).op(Op::ret).index();
  b.type(c1).function = code1;
  b.type(c2).function = code2;
  struct Row {
    TypeRef x, y, merged;
  };
  const Row rows[] = {
      {b.string(), b.string(), b.string()},
      {b.string(), b.maybe(kString), b.maybe(kString)},
      {b.of(left), b.of(right), b.of(base)},
      {b.of(left), b.maybe(right), b.maybe(base)},
      {b.of(left), b.of(base), b.of(base)},
      {b.of(base), b.of(right), b.of(base)},
      {b.of(left), b.of(lone), b.of(kAny)},
      {b.of(lone), b.of(shape), b.of(shape)},
      {b.of(ea), b.of(eb), b.of(e)},
      {b.of(e), b.of(eb), b.of(e)},
      {b.of(ref), b.of(kActorRefAny), b.of(kActorRefAny)},
      {b.of(c1), b.of(c2), b.of(fn)},
      {b.of(c1), b.of(fn), b.of(fn)},
      {b.string(), b.maybe(kBytes), b.any()},
      {b.of(kBoxInt), b.of(kBoxFloat), b.of(kAny)},
      {b.string(), b.any(), b.any()},
  };
  std::vector<std::uint32_t> words;
  const std::uint32_t first = 2;
  for (const Row& row : rows) {
    FunctionBuilder& f = b.function("f", {b.bool_(), row.x, row.y}, b.none());
    const Label other = f.label(), join = f.label();
    f.jump(Op::jt, 0, 0, other).op(Op::mvp, 2, 0).jmp(join).bind(other).op(Op::mvp, 2, 1).bind(join);
    words.push_back(static_cast<std::uint32_t>(f.def().code.size()));
    f.op(Op::ret);
  }
  const Module m = b.build();
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    CAPTURE(i);
    const JoinState* join = join_at(m, first + static_cast<std::uint32_t>(i), words[i]);
    REQUIRE(join);
    CHECK(join->pointers[2] == rows[i].merged);
  }
}

TEST_CASE("null merges with a type to the nullable type") {
  ModuleBuilder b;
  FunctionBuilder& f = b.function("f", {b.bool_()}, b.maybe(kString));
  const Label join = f.label();
  f.op(Op::ldn, 0).jump(Op::jf, 0, 0, join).wide(Op::lds, 0, static_cast<int>(b.text("x"))).bind(join).op(Op::retp, 0);
  const Module m = b.build();
  CHECK(m.functions[0].joins[0].pointers[0] == b.maybe(kString));
}

TEST_CASE("tests for null refine the register on both edges") {
  ModuleBuilder b;
  FunctionBuilder& f = b.function("f", {b.maybe(kString)}, b.int_());
  const Label none = f.label();
  f.jump(Op::jnul, 0, 0, none).op(Op::slen, 0, 0).op(Op::rets, 0).bind(none).ldi(0, -1).op(Op::rets, 0);
  FunctionBuilder& g = b.function("g", {b.maybe(kString)}, b.int_());
  const Label some = g.label();
  g.jump(Op::jnnul, 0, 0, some).ldi(0, -1).op(Op::rets, 0).bind(some).op(Op::slen, 0, 0).op(Op::rets, 0);
  const Module m = b.build();
  CHECK(m.functions[0].joins[0].pointers[0] == TypeRef{kNull, true});
  CHECK(m.functions[1].joins[0].pointers[0] == b.string());
}

TEST_CASE("code that only a null constant could not reach is dead and needs no types") {
  ModuleBuilder b;
  FunctionBuilder& f = b.function("f", {}, b.int_());
  const Label some = f.label(), none = f.label();
  f.op(Op::ldn, 0).jump(Op::jnnul, 0, 0, some).jump(Op::jnul, 0, 0, none);
  f.op(Op::slen, 0, 0)
      .op(Op::rets, 0)
      .bind(some)
      .op(Op::slen, 0, 0)
      .op(Op::rets, 0)
      .bind(none)
      .ldi(0, 3)
      .op(Op::rets, 0);
  const Module m = b.build();
  CHECK(m.functions[0].joins.size() == 1);
}

TEST_CASE("a call clobbers the registers of its window and above") {
  ModuleBuilder b;
  FunctionBuilder& callee = b.function("callee", {b.int_(), b.string()}, b.int_());
  callee.op(Op::rets, 0);
  FunctionBuilder& f = b.function("f", {b.string()}, b.int_());
  f.ldi(0, 1).ldi(1, 2).ldi(2, 3).op(Op::mvp, 1, 0).op(Op::mvp, 2, 0).call(Op::call, 1, 1, callee.index());
  const Label join = f.here();
  f.op(Op::mvp, 1, 0).jump(Op::jeqk, 1, 0, join).op(Op::rets, 1);
  const Module m = b.build();
  const JoinState& state = m.functions[1].joins[0];
  CHECK(state.scalars == std::vector<bool>{true, true, false});
  CHECK(state.pointers == std::vector<TypeRef>{b.string(), {kVoid, false}, {kVoid, false}});

  FunctionBuilder& g = b.function("g", {b.string()}, b.int_());
  g.ldi(0, 1).ldi(1, 1).op(Op::mvp, 1, 0).op(Op::mvp, 2, 0).call(Op::call, 0, 1, callee.index()).op(Op::rets, 1);
  CHECK(failure(b) == 1513);
}

TEST_CASE("an exception handler sees what every instruction of its range may leave") {
  ModuleBuilder b;
  FunctionBuilder& callee = b.function("callee", {}, b.int_());
  callee.ldi(0, 1).op(Op::rets, 0);
  FunctionBuilder& f = b.function("f", {b.string()}, b.int_());
  f.ldi(0, 1);
  const Label start = f.here();
  f.op(Op::ldn, 1).ldi(1, 5).op(Op::mvp, 2, 0).call(Op::call, 1, 2, callee.index()).op(Op::mvp, 1, 0);
  const Label end = f.here();
  f.op(Op::rets, 0);
  const Label caught = f.here();
  f.op(Op::throw_, 3);
  f.handler(start, end, caught, 3);
  const Module m = b.build();
  const JoinState& state = m.functions[1].joins[0];
  CHECK(state.scalars == std::vector<bool>{true, false});
  // P1 is null before the range and after ldn; the write of the last instruction does not count. P2 is clobbered.
  CHECK(state.pointers == std::vector<TypeRef>{b.string(), {kNull, true}, {kVoid, false}, b.error()});
}

TEST_CASE("inference reports code that is not well typed") {
  ModuleBuilder b;
  b.function("f", {}, b.int_()).op(Op::rets, 0);
  CHECK(failure(b) == 1513);
  ModuleBuilder c;
  c.function("f", {c.maybe(kString)}, c.int_()).op(Op::slen, 0, 0).op(Op::rets, 0);
  const Result<Module> m = c.try_build();
  REQUIRE(!m);
  CHECK(m.error().number() == 1512);
  CHECK(m.error().message == "function `f`, word 0 (slen): P0 is String?, expected String");
}

TEST_CASE("one function can be inferred on its own") {
  ModuleBuilder b;
  FunctionBuilder& f = b.function("f", {b.int_()}, b.none());
  const Label head = f.here();
  f.jump(Op::jgtk, 0, 3, head).op(Op::ret);
  Module m = b.assemble();
  REQUIRE(infer_joins(m, m.functions[0]));
  CHECK(m.functions[0].joins.size() == 1);
  m.functions[0].signature.params[0] = {99, false};
  CHECK(!infer_joins(m, m.functions[0]));
}
