// A module that uses every table of NBC, for tests of the container, the disassembler and the linker.
#pragma once

#include "tests/support/module_builder.hpp"

namespace noodle::test {

inline Module sample_module() {
  ModuleBuilder b;
  const TypeIndex greeter = b.interface("Greeter");
  const std::uint32_t greet = b.selector(greeter, "greet", {b.string()}, b.string());
  const TypeIndex shape = b.object("Shape", {{"name", b.string()}, {"area", b.float_()}});
  const TypeIndex square = b.object("Square", {{"side", b.int_()}}, shape);
  b.type(square).interfaces = {greeter};
  const TypeIndex color = b.scalar_enum("Color", {"red", "green"});
  b.box(color);
  const TypeIndex reply = b.enumeration("Reply", {{"ok", {{"value", b.int_()}}}, {"failed", {{"why", b.error()}}}});
  const TypeIndex ints = b.list(b.int_());
  const TypeIndex map = b.map(b.string(), b.maybe(ints));
  const TypeIndex counter = b.actor("Counter", {{"count", b.int_()}});
  const TypeIndex counter_ref = b.actor_ref(counter);
  const TypeIndex message = b.record("Counter.add", {{"by", b.int_()}});
  const TypeIndex callback = b.func({b.int_()}, b.int_());
  const TypeIndex twice = b.closure(callback);
  const std::uint32_t put = b.native("map.put", {b.of(map), b.string(), b.maybe(ints)}, b.none());
  b.native("Logger.warning", {b.string()}, b.none(), "log");

  FunctionBuilder& area = b.function("Shape.area", {b.of(shape)}, b.float_());
  area.line(3).op(Op::gets, 0, 0, 0).op(Op::rets, 0);
  b.type(shape).vtable = {area.index()};
  b.type(square).vtable = {area.index()};
  FunctionBuilder& hello = b.function("Square.greet", {b.of(square), b.string()}, b.string());
  hello.line(5).wide(Op::lds, 2, static_cast<int>(b.text("hello "))).op(Op::mvp, 3, 1).op(Op::scat, 0, 2, 2);
  hello.line(6, 9).op(Op::retp, 0);
  b.type(square).methods = {{greet, hello.index()}};
  FunctionBuilder& twice_code = b.function("main.lambda", {b.of(twice), b.int_()}, b.int_());
  twice_code.line(8).op(Op::mulk, 0, 0, 2).op(Op::rets, 0);
  b.type(twice).function = twice_code.index();

  FunctionBuilder& init = b.function("Counter.constructor", {b.of(counter), b.int_()}, b.none());
  init.op(Op::sets, 0, 0, 0).op(Op::ret);
  FunctionBuilder& add = b.function("Counter.add", {b.of(counter), b.int_()}, b.int_());
  add.op(Op::gets, 1, 0, 0).op(Op::add, 1, 1, 0).op(Op::sets, 0, 0, 1).op(Op::rets, 1);
  FunctionBuilder& every = b.function("Counter.every", {b.of(counter)}, TypeRef{kDuration, false});
  every.wide(Op::ldk, 0, static_cast<int>(b.constant(5'000'000'000))).op(Op::rets, 0);
  FunctionBuilder& tick = b.function("Counter.tick", {b.of(counter)}, b.none());
  tick.op(Op::ret);
  const std::uint32_t add_message = b.handler(counter, "add", {b.int_()}, b.int_(), add.index());
  b.module().handlers[add_message].message_type = message;
  ActorDef& actor = b.module().actors[0];
  actor.constructor = init.index();
  actor.constructor_args.params = {b.int_()};
  actor.everys = {{every.index(), tick.index()}};
  actor.metadata = {{"name", "counter"}};
  actor.requires_ = {"log"};

  FunctionBuilder& main = b.function("main", {b.of(kListString)}, b.int_());
  main.line(10).ldi(0, 0).ldi(1, 10).wide(Op::ldk, 2, static_cast<int>(b.constant(7)));
  const Label loop = main.here();
  main.line(11, 5).op(Op::add, 0, 0, 1).op(Op::addk, 1, 1, -1).jump(Op::jgtk, 1, 0, loop);
  const Label start = main.here(), end = main.label(), caught = main.label(), done = main.label();
  main.line(12).wide(Op::new_, 1, static_cast<int>(square)).wide(Op::lds, 2, static_cast<int>(b.text("sq\n\"x\"")));
  main.op(Op::setp, 1, 0, 2).op(Op::mvp, 3, 1).call(Op::vcall, 3, 3, 0);
  main.line(13).op(Op::mvp, 3, 1).op(Op::mvp, 4, 2).call(Op::icall, 3, 3, greet);
  main.ext(Op::ldf, 3, 0, 0, twice_code.index()).op(Op::mov, 3, 2).call(Op::ccall, 3, 3, callback);
  main.line(14).op(Op::ldn, 4).ldi(3, 1).ext(Op::spawn, 3, 3, 4, counter).ldi(3, 1000).ldi(4, 2);
  main.call(Op::ask, 3, 3, add_message).bind(end).jmp(done);
  main.bind(caught).op(Op::throw_, 5);
  main.handler(start, end, caught, 5);
  main.bind(done).line(16).ldi(3, 4).ext(Op::newl, 3, 3, 0, ints).op(Op::lps, 3, 0).op(Op::mvp, 5, 3);
  main.wide(Op::new_, 3, static_cast<int>(b.type(reply).case_types[0])).op(Op::etag, 3, 3).op(Op::rets, 0);
  FunctionBuilder& use_map = b.function("use_map", {b.of(map), b.string()}, b.none());
  use_map.op(Op::ldn, 2).call(Op::ncall, 0, 0, put).op(Op::ret);
  FunctionBuilder& test = b.function("test", {}, b.none());
  test.op(Op::ret);

  Module& m = b.module();
  m.name = "sample";
  m.version = "1.2.3";
  m.files = {"src/main.nc"};
  m.sources = {"func main() {}\n"};
  m.tests = {{"it works", test.index(), 20, 0}};
  m.exports = {{"main", main.index()}, {"Counter.add", add.index()}};
  m.capabilities = {"log", "fs.read(\"/data\")"};
  m.main = main.index();
  (void)counter_ref;
  return b.build();
}

}  // namespace noodle::test
