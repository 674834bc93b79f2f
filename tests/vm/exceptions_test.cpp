#include "runtime/stdlib/register.hpp"
#include "tests/vm/machine.hpp"

using namespace noodle;
using namespace noodle::test;

namespace {

/// Index of scalar field `code` and pointer fields of Error, as NBC counts them.
constexpr std::int32_t kCodeField = 0;
constexpr std::int32_t kMessageField = 0;

/// thrower(): divides by zero.
std::uint32_t make_thrower(ModuleBuilder& b) {
  FunctionBuilder& f = b.function("thrower", {}, b.int_());
  f.ldi(0, 1).ldi(1, 0).line(11, 5).op(Op::div, 0, 0, 1).op(Op::rets, 0);
  return f.index();
}

}  // namespace

TEST_CASE("a handler around a call takes the error of the callee") {
  ModuleBuilder b;
  FunctionBuilder& main = b.function("main", {}, b.int_());
  const std::uint32_t thrower = make_thrower(b);
  const Label start = main.label(), end = main.label(), caught = main.label();
  main.bind(start).call(Op::call, 0, 0, thrower).bind(end).op(Op::rets, 0);
  main.bind(caught).op(Op::gets, 0, 0, kCodeField).op(Op::rets, 0).handler(start, end, caught, 0);
  CHECK(run_everywhere(b).value == "1601");
}

TEST_CASE("inner handlers come first, and what a handler throws goes outwards") {
  ModuleBuilder b;
  FunctionBuilder& main = b.function("main", {}, b.string());
  const std::uint32_t thrower = make_thrower(b);
  const Label outer = main.label(), inner = main.label(), inner_end = main.label(), outer_end = main.label();
  const Label at_inner = main.label(), at_outer = main.label();
  main.bind(outer).bind(inner).call(Op::call, 0, 0, thrower).bind(inner_end).jmp(outer_end);
  main.bind(at_inner).op(Op::throw_, 0).bind(outer_end);
  main.wide(Op::lds, 0, static_cast<std::int32_t>(b.text("not thrown"))).op(Op::retp, 0);
  main.bind(at_outer).op(Op::getp, 1, 1, kMessageField).op(Op::retp, 1);
  main.handler(inner, inner_end, at_inner, 0).handler(outer, outer_end, at_outer, 1);
  CHECK(run_everywhere(b).value == "division by zero: 1 / 0");
}

TEST_CASE("an uncaught error fails the run with code, message and the trace of all frames") {
  ModuleBuilder b;
  FunctionBuilder& main = b.function("main", {}, b.int_());
  FunctionBuilder& middle = b.function("middle", {}, b.int_());
  const std::uint32_t thrower = make_thrower(b);
  main.line(2, 7).call(Op::call, 0, 0, middle.index()).op(Op::rets, 0);
  middle.line(6, 9).call(Op::call, 0, 0, thrower).op(Op::rets, 0);
  const Outcome out = run_everywhere(b);
  CHECK(out.status == vm::RunStatus::failed);
  CHECK(out.code == 1601);
  CHECK(out.trace == "thrower (test.nc:11:5)\nmiddle (test.nc:6:9)\nmain (test.nc:2:7)");
}

TEST_CASE("a rethrown error keeps its first trace; null uses, casts and missing handlers name what was there") {
  ModuleBuilder b;
  FunctionBuilder& main = b.function("main", {}, b.int_());
  const std::uint32_t thrower = make_thrower(b);
  const Label start = main.label(), end = main.label(), caught = main.label();
  main.line(3, 1).bind(start).call(Op::call, 0, 0, thrower).bind(end).op(Op::rets, 0);
  main.bind(caught).line(4, 1).op(Op::throw_, 0).handler(start, end, caught, 0);
  CHECK(run_everywhere(b).trace == "thrower (test.nc:11:5)\nmain (test.nc:3:1)");

  const Outcome null = run_code(ModuleBuilder::string(), [](ModuleBuilder&, FunctionBuilder& f) {
    f.op(Op::ldn, 0).ext(Op::castn, 0, 0, 0, kString).op(Op::nnul, 0, 0).op(Op::retp, 0);
  });
  CHECK(null.code == 1603);
  CHECK(null.message == "null used as a value");

  const Outcome cast = run_code(ModuleBuilder::string(), [](ModuleBuilder&, FunctionBuilder& f) {
    f.ldi(0, 5)
        .ext(Op::box, 0, 0, 0, kBoxInt)
        .ext(Op::upc, 0, 0, 0, kAny)
        .ext(Op::cast, 0, 0, 0, kString)
        .op(Op::retp, 0);
  });
  CHECK(cast.code == 1605);
  CHECK(cast.message == "value is of type int, not String");

  const Outcome cast_null = run_code(ModuleBuilder::string(), [](ModuleBuilder&, FunctionBuilder& f) {
    f.op(Op::ldn, 0).ext(Op::castn, 0, 0, 0, kAny).ext(Op::cast, 0, 0, 0, kString).op(Op::retp, 0);
  });
  CHECK(cast_null.code == 1603);
  CHECK(cast_null.message == "null is not a String");
}

TEST_CASE("an error injected into a preempted process is thrown where it stands") {
  ModuleBuilder b;
  FunctionBuilder& main = b.function("main", {}, b.int_());
  const Label start = main.label(), end = main.label(), caught = main.label();
  main.bind(start).jmp(start).bind(end);
  main.bind(caught).op(Op::gets, 0, 0, kCodeField).op(Op::rets, 0).handler(start, end, caught, 0);
  const auto program = link_program(b);
  Machine machine(program);
  vm::Process& process = machine.process();
  vm::bind(process, machine.context());
  vm::begin_call(process, program->functions[0]);
  CHECK(vm::run(process, 10) == vm::RunStatus::preempted);
  vm::inject_error(process, vm::new_error(process, 1811, "no answer in time", nullptr));
  CHECK(vm::run(process, 100) == vm::RunStatus::done);
  CHECK(process.context->scalars[0].i == 1811);
}

namespace {

vm::NativeStatus wait(vm::NativeContext&) {
  return vm::NativeStatus::park;
}

/// Counts to its argument in steps of one, a unit of fuel each.
vm::NativeStatus count(vm::NativeContext& native) {
  std::int64_t& done = native.process.native_progress;
  while (done < native.s[0].i) {
    native.charge(1);
    ++done;
    if (native.process.fuel <= 0) return vm::NativeStatus::again;
  }
  native.s[0].i = done;
  done = 0;
  return vm::NativeStatus::ok;
}

constexpr vm::NativeEntry kTestNatives[] = {{"test.wait", "()int", wait}, {"test.count", "(int)int", count}};

struct Registered {
  Registered() { vm::register_natives(kTestNatives, 2); }
} registered;

}  // namespace

TEST_CASE("a parked process goes on with the result in the window, or with an error at the parked call") {
  ModuleBuilder b;
  FunctionBuilder& main = b.function("main", {}, b.int_());
  const std::uint32_t wait_native = b.native("test.wait", {}, b.int_());
  const Label start = main.label(), end = main.label(), caught = main.label();
  main.ldi(0, 100).bind(start).call(Op::ncall, 1, 0, wait_native).bind(end).op(Op::add, 0, 0, 1).op(Op::rets, 0);
  main.bind(caught).op(Op::gets, 0, 0, kCodeField).op(Op::rets, 0).handler(start, end, caught, 0);
  const auto program = link_program(b);
  for (const bool fail : {false, true}) {
    for (const bool copied : {false, true}) {
      Machine machine(program);
      vm::Process& process = machine.process();
      vm::bind(process, machine.context());
      vm::begin_call(process, program->functions[0]);
      REQUIRE(vm::run(process, 1000) == vm::RunStatus::parked);
      if (copied) {
        REQUIRE(vm::save_frames(process));
        CHECK(process.context == nullptr);
        vm::restore_frames(process, machine.context());
      }
      if (fail) {
        vm::inject_error(process, vm::new_error(process, 1812, "the asked process ended", nullptr));
      } else {
        vm::parked_window(process).s[0].i = 23;
      }
      REQUIRE(vm::run(process, 1000) == vm::RunStatus::done);
      CHECK(process.context->scalars[0].i == (fail ? 1812 : 123));
      vm::collect(process);
    }
  }
}

TEST_CASE("a native that works in steps costs the same fuel in any slices") {
  ModuleBuilder b;
  FunctionBuilder& main = b.function("main", {}, b.int_());
  main.ldi(0, 50).call(Op::ncall, 0, 0, b.native("test.count", {b.int_()}, b.int_())).op(Op::rets, 0);
  const Outcome out = run_everywhere(b);
  CHECK(out.value == "50");
  CHECK(out.fuel == 51);
}

TEST_CASE("host functions that are not there, or need a capability the process lacks, throw at the call") {
  ModuleBuilder b;
  FunctionBuilder& main = b.function("main", {}, b.int_());
  main.call(Op::ncall, 0, 0, b.native("Gateway.requests", {}, b.int_())).op(Op::rets, 0);
  const Outcome missing = run_everywhere(b);
  CHECK(missing.code == 1890);
  CHECK(missing.message == "Gateway.requests is not present on this node");

  stdlib::register_stdlib_natives();
  ModuleBuilder c;
  FunctionBuilder& now = c.function("main", {}, {kTime, false});
  now.call(Op::ncall, 0, 0, c.native("time.now", {}, {kTime, false}, "time")).op(Op::rets, 0);
  const Outcome denied = run_everywhere(c);
  CHECK(denied.code == 8001);
  CHECK(denied.message == "time.now needs the capability time; --allow time grants it");
}
