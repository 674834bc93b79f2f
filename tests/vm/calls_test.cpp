#include "tests/vm/machine.hpp"

using namespace noodle;
using namespace noodle::test;

namespace {

/// fib(n) by recursion, as function `f` of the builder.
void make_fib(FunctionBuilder& f) {
  const Label large = f.label();
  f.jump(Op::jgek, 0, 2, large).op(Op::rets, 0).bind(large);
  f.op(Op::addk, 1, 0, -1).call(Op::call, 1, 0, f.index());
  f.op(Op::addk, 2, 0, -2).call(Op::call, 2, 0, f.index());
  f.op(Op::add, 1, 1, 2).op(Op::rets, 1);
}

Machine::Arguments int_argument(std::int64_t value) {
  return [value](vm::Process& process) { process.context->scalars[0].i = value; };
}

/// down(n): recursion to depth n, then n again on the way back.
std::uint32_t make_down(ModuleBuilder& b, std::uint32_t scalars) {
  FunctionBuilder& f = b.function("down", {b.int_()}, b.int_());
  const Label deeper = f.label();
  f.reserve(scalars, 0);
  f.jump(Op::jgtk, 0, 0, deeper).op(Op::rets, 0).bind(deeper);
  f.op(Op::addk, 1, 0, -1).line(4, 10).call(Op::call, 1, 0, f.index()).op(Op::addk, 1, 1, 1).op(Op::rets, 1);
  return f.index();
}

}  // namespace

TEST_CASE("recursive calls give their results and burn one unit of fuel each") {
  ModuleBuilder b;
  make_fib(b.function("fib", {b.int_()}, b.int_()));
  const Outcome out = run_everywhere(b, 0, int_argument(15));
  CHECK(out.value == "610");
  CHECK(out.fuel == 1972);  // all calls but the outermost
}

TEST_CASE("a call whose callee has fewer registers leaves the caller's objects alone") {
  ModuleBuilder b;
  FunctionBuilder& main = b.function("main", {}, b.string());
  FunctionBuilder& small = b.function("small", {}, b.string());
  const auto text = static_cast<std::int32_t>(b.text("x"));
  // The caller holds a fresh string in P5, above the callee's only register, while the callee allocates.
  main.wide(Op::lds, 0, text).wide(Op::lds, 1, text).op(Op::scat, 5, 0, 2).reserve(1, 7);
  main.op(Op::mvp, 2, 5).call(Op::call, 0, 6, small.index()).op(Op::mvp, 3, 6).op(Op::scat, 4, 2, 2).op(Op::retp, 4);
  small.wide(Op::lds, 0, text).op(Op::scat, 0, 0, 1).op(Op::retp, 0);
  CHECK(run_everywhere(b).value == "xxx");
}

TEST_CASE("virtual calls go to the class of the receiver") {
  ModuleBuilder b;
  FunctionBuilder& main = b.function("main", {}, b.int_());
  const TypeIndex base = b.object("Base", {});
  FunctionBuilder& of_base = b.function("Base.f", {b.of(base)}, b.int_());
  b.type(base).vtable = {of_base.index()};
  const TypeIndex derived = b.object("Derived", {}, base);
  FunctionBuilder& of_derived = b.function("Derived.f", {b.of(derived)}, b.int_());
  b.type(derived).vtable = {of_derived.index()};
  of_base.ldi(0, 10).op(Op::rets, 0);
  of_derived.ldi(0, 3).op(Op::rets, 0);
  main.wide(Op::new_, 0, static_cast<std::int32_t>(base)).call(Op::vcall, 0, 0, 0).op(Op::mov, 1, 0);
  main.wide(Op::new_, 0, static_cast<std::int32_t>(derived)).ext(Op::upc, 0, 0, 0, base);
  main.call(Op::vcall, 2, 0, 0).op(Op::mul, 1, 1, 2).op(Op::rets, 1);
  CHECK(run_everywhere(b).value == "30");
}

TEST_CASE("interface calls find the method of the receiver's class") {
  ModuleBuilder b;
  FunctionBuilder& main = b.function("main", {}, b.int_());
  const TypeIndex shape = b.interface("Shape");
  const std::uint32_t selector = b.selector(shape, "area", {}, b.int_());
  std::vector<TypeIndex> classes;
  for (int k = 0; k < 2; ++k) {
    const TypeIndex cls = b.object(k ? "Circle" : "Square", {});
    FunctionBuilder& area = b.function("area", {b.of(cls)}, b.int_());
    area.ldi(0, k ? 7 : 5).op(Op::rets, 0);
    b.type(cls).interfaces = {shape};
    b.type(cls).methods = {{selector, area.index()}};
    classes.push_back(cls);
  }
  main.wide(Op::new_, 0, static_cast<std::int32_t>(classes[0])).ext(Op::upc, 0, 0, 0, shape);
  main.call(Op::icall, 0, 0, selector).op(Op::mov, 1, 0);
  main.wide(Op::new_, 0, static_cast<std::int32_t>(classes[1])).ext(Op::upc, 0, 0, 0, shape);
  main.call(Op::icall, 2, 0, selector).op(Op::mul, 1, 1, 2).op(Op::rets, 1);
  CHECK(run_everywhere(b).value == "35");
}

TEST_CASE("closures carry their captures") {
  ModuleBuilder b;
  FunctionBuilder& main = b.function("main", {}, b.int_());
  const TypeIndex func = b.func({b.int_()}, b.int_());
  const TypeIndex closure = b.closure(func, {{"base", b.int_()}});
  FunctionBuilder& code = b.function("lambda", {b.of(closure), b.int_()}, b.int_());
  b.type(closure).function = code.index();
  code.op(Op::gets, 1, 0, 0).op(Op::add, 0, 0, 1).op(Op::rets, 0);
  main.wide(Op::new_, 0, static_cast<std::int32_t>(closure)).ldi(0, 40).op(Op::sets, 0, 0, 0);
  main.ext(Op::upc, 0, 0, 0, func).ldi(1, 2).call(Op::ccall, 1, 0, func).op(Op::rets, 1);
  CHECK(run_everywhere(b).value == "42");
}

TEST_CASE("the frame limit ends recursion with 1700, which can be caught, at the same depth in every mode") {
  ModuleBuilder b;
  make_down(b, 2);
  const auto limit = [](vm::ProcessLimits& limits) { limits.frames = 50; };
  CHECK(run_everywhere(b, 0, int_argument(49), limit).value == "49");
  const Outcome out = run_everywhere(b, 0, int_argument(50), limit);
  CHECK(out.code == 1700);
  CHECK(out.message == "stack limit reached in down at a depth of 50 calls");
}

TEST_CASE("the register limit counts the bytes of both stacks") {
  ModuleBuilder b;
  make_down(b, 250);
  const auto limit = [](vm::ProcessLimits& limits) { limits.stack_bytes = 2008 + 40 * 8; };
  // Each call moves the window by one register; the last window has 250 scalars and a pointer.
  CHECK(run_everywhere(b, 0, int_argument(40), limit).value == "40");
  CHECK(run_everywhere(b, 0, int_argument(41), limit).code == 1700);
}

TEST_CASE("a hundred thousand frames are possible, and their trace is cut in the middle") {
  ModuleBuilder b;
  make_down(b, 2);
  const auto program = link_program(b);
  Machine machine(program);
  CHECK(machine.call(0, 1'000'000'000, int_argument(99'999)).value == "99999");
  Machine other(program);
  const Outcome out = other.call(0, 1'000'000'000, int_argument(100'001));
  CHECK(out.code == 1700);
  CHECK(out.trace.substr(out.trace.find("..."), 15) == "... 99950 more\n");
  CHECK(std::count(out.trace.begin(), out.trace.end(), '\n') == 50);
}

TEST_CASE("frames that are too large to copy stay on their context") {
  ModuleBuilder b;
  make_down(b, 2);
  const auto program = link_program(b);
  Machine machine(program);
  vm::Process& process = machine.process();
  vm::bind(process, machine.context());
  process.context->scalars[0].i = 20'000;
  vm::begin_call(process, program->functions[0]);
  CHECK(vm::run(process, 10'000) == vm::RunStatus::preempted);
  CHECK_FALSE(vm::save_frames(process));
  CHECK(process.context == &machine.context());
  CHECK(vm::run(process, 1'000'000) == vm::RunStatus::done);
  CHECK(process.context->scalars[0].i == 20'000);
}
