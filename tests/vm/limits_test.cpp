#include "runtime/vm/block_cache.hpp"
#include "tests/vm/machine.hpp"

using namespace noodle;
using namespace noodle::test;

namespace {

/// main(): pushes fresh texts to a list for ever.
void make_hoarder(ModuleBuilder& b) {
  FunctionBuilder& f = b.function("main", {}, b.int_());
  const auto text = static_cast<std::int32_t>(b.text(std::string(40, 'x')));
  const Label loop = f.label();
  f.ldi(0, 0).ext(Op::newl, 0, 0, 0, b.list(b.string())).bind(loop);
  f.wide(Op::lds, 1, text)
      .wide(Op::lds, 2, text)
      .op(Op::scat, 1, 1, 2)
      .op(Op::lpp, 0, 1)
      .op(Op::addk, 0, 0, 1)
      .jmp(loop);
}

}  // namespace

TEST_CASE("the memory limit ends a hoarder with 1701 after the same number of steps in every mode") {
  ModuleBuilder b;
  make_hoarder(b);
  const auto limit = [](vm::ProcessLimits& limits) { limits.memory_bytes = 20'000; };
  const Outcome out = run_everywhere(b, 0, {}, limit);
  CHECK(out.code == 1701);
  CHECK(out.message.substr(0, 54) == "memory limit of the process reached: 20000 bytes, want");
}

TEST_CASE("1701 can be caught, and the memory is free again when the handler lets go of it") {
  ModuleBuilder b;
  FunctionBuilder& main = b.function("main", {}, b.int_());
  FunctionBuilder& hoard = b.function("hoard", {}, b.int_());
  const auto text = static_cast<std::int32_t>(b.text(std::string(40, 'x')));
  const Label loop = hoard.label();
  hoard.ldi(0, 0).ext(Op::newl, 0, 0, 0, b.list(b.string())).bind(loop);
  hoard.wide(Op::lds, 1, text).wide(Op::lds, 2, text).op(Op::scat, 1, 1, 2).op(Op::lpp, 0, 1).jmp(loop);
  // Five times: hoard, catch.
  const Label again = main.label(), end = main.label(), caught = main.label(), done = main.label();
  main.ldi(0, 5).ldi(1, 0).bind(again).jump(Op::jeqk, 0, 0, done);
  main.call(Op::call, 2, 1, hoard.index()).bind(end).op(Op::rets, 2);
  main.bind(caught).op(Op::gets, 2, 0, 0).op(Op::add, 1, 1, 2).op(Op::addk, 0, 0, -1).op(Op::ldn, 0).jmp(again);
  main.bind(done).op(Op::rets, 1).handler(again, end, caught, 0);
  const auto limit = [](vm::ProcessLimits& limits) { limits.memory_bytes = 10'000; };
  const Outcome out = run_everywhere(b, 0, {}, limit);
  CHECK(out.value == std::to_string(5 * 1701));
}

TEST_CASE("an allocation larger than the limit fails at once, without taking memory") {
  ModuleBuilder b;
  FunctionBuilder& f = b.function("main", {}, b.int_());
  f.wide(Op::ldk, 0, static_cast<std::int32_t>(b.constant(1ull << 40))).ext(Op::newl, 0, 0, 0, b.list(b.int_()));
  f.op(Op::llen, 0, 0).op(Op::rets, 0);
  CHECK(run_everywhere(b).code == 1701);
}

TEST_CASE("the node limit stops heaps that are inside their own limit with 1708") {
  ModuleBuilder b;
  make_hoarder(b);
  const auto program = link_program(b);
  vm::set_vm_memory_limit(vm::vm_memory_used() + (2 << 20));
  {
    Machine machine(program);
    CHECK(machine.call(0, 1'000'000'000).code == 1708);
  }
  vm::set_vm_memory_limit(~0ull);
  Machine machine(program);
  machine.limits().memory_bytes = 1 << 20;
  CHECK(machine.call(0, 1'000'000'000).code == 1701);
}

TEST_CASE("an idle process has no heap, and its first one is small") {
  ModuleBuilder b;
  FunctionBuilder& f = b.function("main", {}, b.int_());
  f.ldi(0, 4).op(Op::rets, 0);
  FunctionBuilder& g = b.function("box", {}, b.of(kBoxInt));
  g.ldi(0, 4).ext(Op::box, 0, 0, 0, kBoxInt).op(Op::retp, 0);
  const auto program = link_program(b);
  Machine machine(program);
  machine.call(0, 100);
  CHECK(vm::heap_bytes(machine.process()) == 0);
  machine.call(1, 100);
  CHECK(vm::heap_bytes(machine.process()) == 256);
  CHECK(sizeof(vm::Process) <= 296);
}

TEST_CASE("a heap that was full is trimmed to its live data") {
  ModuleBuilder b;
  make_hoarder(b);
  const auto program = link_program(b);
  Machine machine(program);
  machine.limits().memory_bytes = 4 << 20;
  CHECK(machine.call(0, 1'000'000'000).code == 1701);
  CHECK(vm::heap_bytes(machine.process()) >= 2 << 20);
  vm::trim_heap(machine.process());
  CHECK(vm::heap_bytes(machine.process()) <= 1024);
  CHECK(machine.process().pending_error->slots()[vm::kErrorCode].i == 1701);
}

TEST_CASE("a large heap asks for a collection in the background and goes on behind it") {
  ModuleBuilder b;
  FunctionBuilder& f = b.function("main", {}, b.int_());
  const Label loop = f.label(), done = f.label();
  const TypeIndex cell = b.object("Cell", {{"value", b.int_()}, {"next", {kAny, true}}});
  f.ldi(0, 0)
      .wide(Op::ldk, 1, static_cast<std::int32_t>(b.constant(400'000)))
      .op(Op::ldn, 0)
      .ext(Op::castn, 0, 0, 0, kAny);
  f.bind(loop).jump(Op::jeq, 0, 1, done).wide(Op::new_, 1, static_cast<std::int32_t>(cell)).op(Op::setp, 1, 0, 0);
  f.op(Op::sets, 1, 0, 0).ext(Op::upc, 0, 1, 0, kAny).op(Op::addk, 0, 0, 1).jmp(loop).bind(done).op(Op::rets, 0);
  const auto program = link_program(b);
  Machine machine(program);
  vm::Process& process = machine.process();
  vm::bind(process, machine.context());
  vm::begin_call(process, program->functions[0]);
  process.heap.background = true;
  int collections = 0;
  while (vm::run(process, 1'000'000'000) == vm::RunStatus::preempted) {
    REQUIRE(vm::wants_background_collection(process));
    vm::collect(process);
    CHECK_FALSE(vm::wants_background_collection(process));
    ++collections;
  }
  CHECK(process.context->scalars[0].i == 400'000);
  CHECK(collections >= 1);
  CHECK(collections <= 4);
}
