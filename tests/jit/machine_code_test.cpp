// Machine code: it does what the interpreter does, leaves to it what is rare, and goes away with its program.
#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "runtime/jit/compiler.hpp"
#include "runtime/jit/tiering.hpp"
#include "runtime/lang/diagnostic.hpp"
#include "runtime/package/compile.hpp"
#include "runtime/process/system.hpp"
#include "runtime/stdlib/register.hpp"
#include "tests/support/run_source.hpp"
#include "tests/vm/machine.hpp"

using namespace noodle;

namespace {

std::shared_ptr<const vm::Program> linked(const std::string& text) {
  stdlib::register_stdlib_natives();
  process::install();
  auto compilation = package::compile_text("test.nc", text, {});
  std::string problems;
  for (const auto& diagnostic : compilation->diagnostics.all()) problems += lang::render(diagnostic, false);
  INFO(problems);
  REQUIRE(compilation->module.has_value());
  auto program = vm::link(*compilation->module);
  REQUIRE(program.ok());
  return *program;
}

const vm::Function& function_named(const vm::Program& program, const std::string& name) {
  for (const vm::Function& function : program.functions) {
    if (function.def->name == name) return function;
  }
  FAIL("no function " << name);
  return program.functions[0];
}

bool has_machine_code(const vm::Function& function) {
  return function.entry != function.code;
}

/// Runs a program interpreted and compiled, calmly, in tiny slices and collecting always; all must end alike.
test::RunOutcome same_in_both(const std::string& text) {
  const auto program = linked(text);
  const test::RunMode modes[] = {test::RunMode{}, test::RunMode{.slice_fuel = 1}, test::RunMode{.slice_fuel = 5},
                                 test::RunMode{.collect_always = true}};
  test::RunOutcome first;
  bool begun = false;
  for (const jit::Mode jit : {jit::Mode::off, jit::Mode::eager}) {
    for (test::RunMode mode : modes) {
      mode.jit = jit;
      const test::RunOutcome outcome = test::run_program(program, mode);
      if (!begun) first = outcome;
      begun = true;
      INFO("machine code " << (jit == jit::Mode::eager) << ", slice " << mode.slice_fuel);
      CHECK(outcome.output == first.output);
      CHECK(outcome.exit_code == first.exit_code);
      CHECK(outcome.error_code == first.error_code);
      CHECK(outcome.error_message == first.error_message);
      CHECK(outcome.error_trace == first.error_trace);
    }
  }
  CHECK(has_machine_code(function_named(*program, "main")));
  return first;
}

/// The same for a function of a module made by hand.
test::Outcome same_in_both(const test::ModuleBuilder& builder, std::uint32_t function) {
  const auto program = test::link_program(builder);
  const test::Outcome interpreted = test::run_everywhere(program, function);
  CHECK(jit::compile(program->functions[function]));
  const test::Outcome compiled = test::run_everywhere(program, function);
  CHECK(compiled == interpreted);
  CHECK(compiled.fuel == interpreted.fuel);
  return compiled;
}

}  // namespace

TEST_CASE("division by constants agrees with division for all signs and sizes") {
  std::string text =
      "func main(): int {\n  for (n in [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 63, 64, 65, 100, 101, 1000003,\n"
      "    9223372036854775807, 4611686018427387904]) {\n    for (x in [n, -n, 1 - n, -n - 1]) {\n";
  for (const int divisor : {1,  2,   3,   4,   5,  6,  7,  9,  10, 11, 12,  13,   16,   25,
                            64, 100, 125, 127, -2, -3, -4, -5, -7, -8, -10, -100, -127, -128}) {
    const std::string d = std::to_string(divisor);
    text += "      { let by = int(\"" + d + "\".length) * 0 + " + d + "; if (x / " + d +
            " != x / by) { print(\"quotient\", x, " + d + "); } if (x % " + d + " != x % by) { print(\"rest\", x, " +
            d + "); } }\n";
  }
  text += "    }\n  }\n  print(\"done\");\n  return 0;\n}\n";
  CHECK(same_in_both(text).output == "done\n");
}

TEST_CASE("an overflow in a loop leaves all variables as they were before the instruction") {
  const test::RunOutcome outcome = same_in_both(R"(
func climb(start: int, step: int): int {
  let a = start; let b = 1; let f = 0.5; let rounds = 0;
  try {
    while (true) { a = a + step; b = b * 3 - b; f = f + 1.0; rounds += 1; }
  } catch (e) { print(e.code, a, b, f, rounds, e.trace); }
  return a;
}
func down(n: int): int {
  let a = n;
  try { while (true) { a -= 4611686018427387904; } } catch (e) { print(e.message, a); }
  try { while (true) { a = a * a; } } catch (e) { print(e.message, a); }
  try { a = 9223372036854775807; a = -(a) - 1; a = -a; } catch (e) { print(e.message, a); }
  return a;
}
func main(): int { climb(9223372036854775000, 100); down(3); return 0; }
)");
  CHECK(outcome.output.find("1600 9223372036854775800 256 8.5 8") == 0);
}

TEST_CASE("every trap has the place, the message and the trace of the interpreter") {
  for (const char* body :
       {"print(list[n])", "list[n] = 3", "print(10 / (n - 7))", "print(10 % (n - 7))", "print(1 << (n * 20))",
        "print(int(1e300 * float(n)))", "print(byte(n * 100))",
        "let k: any = n; print(String(k is String ? k : (nothing() ?? throwIt())))", "print(text.byteAt(n * 9))",
        "for (x in list) { list.push(x); }", "print(maybe(n)!.length)"}) {
    CAPTURE(body);
    const std::string text = std::string(
                                 "func nothing(): String? { return null; }\n"
                                 "func throwIt(): String { throw Error(8001, \"thrown\"); }\n"
                                 "func maybe(n: int): String? { return n > 100 ? \"x\" : null; }\n"
                                 "func work(n: int) {\n  let list = [1, 2, 3];\n  let text = \"abc\";\n  let i = 0;\n"
                                 "  while (i < 3) { i += 1; if (i == 2) { ") +
                             body + "; } }\n  print(list.length, text);\n}\nfunc main(): int { work(7); return 0; }\n";
    auto compilation = package::compile_text("probe.nc", text, {});
    if (!compilation->module) continue;  // not every body is legal in every edition of the language
    same_in_both(text);
  }
}

TEST_CASE("floats compare, convert and print alike, also what is not a number") {
  same_in_both(R"(
func line(a: float, b: float) {
  print(a < b, a <= b, a > b, a >= b, a == b, a != b, -a, abs(a), a + b, a - b, a * b, a / b, a % b);
  if (a < b) { print("less"); } else if (a >= b) { print("not less"); } else { print("unordered"); }
  if (!(a <= b)) { print("not less or equal"); }
}
func main(): int {
  let zero = 0.0;
  let values = [0.0, -0.0, 1.5, -2.25, 1e300, 5e-324, zero / zero, 1.0 / zero, -1.0 / zero];
  for (a in values) { for (b in values) { line(a, b); } }
  return 0;
}
)");
}

TEST_CASE("a scalar result that was spilled as a float comes back whole") {
  CHECK(same_in_both(R"(
func f(p: float): float {
  let text = "5";
  try { if (text != "7") { return p / p - p; } print(5); } catch (e) { print("left"); } finally { print("on the way"); }
  return 2.0;
}
func main(): int { print(f((1.5 - 0.0) - (1.5 - -2.25))); return 0; }
)")
            .output == "on the way\n3.25\n");
}

TEST_CASE("recursion without end stops at the same depth, whatever the native stack") {
  const auto program = linked(R"(
func deep(n: int): int { return deep(n + 1) + 1; }
func main(): int {
  try { deep(0); } catch (e) { print(e.code, e.message); }
  return 0;
}
)");
  const test::RunOutcome interpreted = test::run_program(program, {.jit = jit::Mode::off});
  CHECK(interpreted.output.find("1700") == 0);
  CHECK(test::run_program(program, {.jit = jit::Mode::eager}).output == interpreted.output);
}

TEST_CASE("virtual, interface and closure calls, tests of types and casts agree") {
  same_in_both(R"(
interface Sized { func size(): int }
class Animal(name: String) implements Sized { legs: int = 4; func size(): int { return legs; } func noise(n: int): int { return n + legs; } }
class Bird extends Animal { constructor() { super("bird"); legs = 2; } func noise(n: int): int { return n * 2; } }
class Stone implements Sized { func size(): int { return 9; } }
enum Shape { empty, circle(radius: float), box(width: int, label: String) }
record Point(x: int, y: int);
func weigh(x: any): int {
  return match (x) {
    case n: int if n < 0 => -1
    case n: int => n
    case f: float => f < 0.0 ? 1 : 2
    case p: Point => p.x + p.y
    case s: String => s.length
    case a: Animal => a.noise(3)
    case xs: List<int> => xs.length
    case null => 9
    case _ => 10
  };
}
func area(s: Shape): float { return match (s) { case Shape.circle(r) => r * r, case Shape.box(w, l) => float(w + l.length), case Shape.empty => 0.0 }; }
func main(): int {
  let total = 0;
  let things: List<Sized> = [Animal("a"), Bird(), Stone()];
  let adders = [(n: int) => n + total, (n: int) => n * 3];
  for (round in 0..<50) {
    for (thing in things) { total += thing.size(); }
    for (add in adders) { total = add(total) % 1000; }
    let mixed: List<any> = [1, -4, 2.5, "text", Point(1, 2), Bird(), Animal("b"), [1, 2], null, Stone()];
    for (x in mixed) { total += weigh(x); }
    total += int(area(Shape.box(round, "x")) + area(Shape.circle(1.5)) + area(Shape.empty));
    if (things[round % 3] is Animal) { total += 1; }
  }
  print(total);
  return 0;
}
)");
}

TEST_CASE("lists, texts and boxes keep their contents through collections in loops") {
  same_in_both(R"(
func fill(n: int): List<String> {
  let words: List<String> = [];
  let kept: List<any> = [];
  for (i in 0..<n) {
    words.push("w" + i);
    if (i % 3 == 0) { kept.push(i); kept.push(words[i / 2]); }
    if (words[i] == words[0] && i > 0) { print("equal"); }
  }
  let bytes = 0;
  for (word in words) { for (k in 0..<word.byteLength()) { bytes += int(word.byteAt(k)); } }
  print(kept.length, kept[1], bytes);
  return words;
}
func main(): int {
  let words = fill(60);
  let all = "";
  for (word in words) { all += word; }
  let flags = [true, false, true];
  flags[1] = flags[0] && all.byteLength() > 10;
  print(all.length, flags, all < words[0], all == words[0], words[59]);
  return 0;
}
)");
}

TEST_CASE("behind an exception handler a loop goes on in machine code without the lists of what was thrown out of") {
  CHECK(same_in_both(R"(
func main(): int {
  let i = 0; let sum = 0;
  while (i < 3) {
    i += 1;
    try {
      sum += 10 / (i - 1);
      for (x in [4, 5]) { sum += x; }
    } catch (e) { sum += e.code; }
  }
  print(sum);
  return 0;
}
)")
            .output == "1634\n");
}

TEST_CASE("tests of what is always null agree, in loops, behind handlers and joins") {
  CHECK(same_in_both(R"(
func lengths(rounds: int): int {
  let none: List<int>? = null;
  let kept: List<int>? = null;
  let sum = 0;
  for (round in 0..<rounds) {
    if (none != null) { sum += none.length; } else { sum += 1; }
    for (x in none ?? [round, 2]) { sum += x; }
    try {
      if (kept == null) { sum += 10 / (round - 1); } else { sum += kept.length; }
    } catch (e) { kept = [e.code, round]; }
    if (kept != null) { for (x in kept) { sum += x; } }
  }
  return sum;
}
func main(): int { print(lengths(0), lengths(1), lengths(6)); return 0; }
)")
            .output == "0 -7 8041\n");
}

TEST_CASE("no list is read before a loop for what lies behind a check that never passes") {
  using namespace test;
  ModuleBuilder b;
  FunctionBuilder& f = b.function("f", {b.int_()}, b.int_());
  f.op(Op::ldn, 0);
  const Label head = f.here();
  f.op(Op::nnul, 1, 0).op(Op::llen, 1, 0).op(Op::addk, 0, 0, -1).jump(Op::jgtk, 0, 0, head).op(Op::rets, 0);
  FunctionBuilder& passing = b.function("passing", {b.maybe(b.list(b.int_()))}, b.int_());
  passing.ldi(0, 3);
  const Label again = passing.here();
  passing.op(Op::nnul, 1, 0).op(Op::llen, 1, 1).op(Op::addk, 0, 0, -1).jump(Op::jgtk, 0, 0, again).op(Op::rets, 0);
  CHECK(same_in_both(b, f.index()).code == 1603);
  CHECK(same_in_both(b, passing.index()).code == 1603);
}

TEST_CASE("what no verifier has looked at, because it lies behind what is always null, is not compiled") {
  using namespace test;
  ModuleBuilder b;
  FunctionBuilder& wide = b.function("wide", std::vector<TypeRef>(200, b.int_()), b.int_());
  wide.op(Op::rets, 0);
  FunctionBuilder& null = b.function("null", {b.int_()}, b.int_());
  const Label taken = null.label();
  null.jump(Op::jnul, 0, 0, taken).call(Op::call, 1, 0, wide.index()).op(Op::rets, 1).bind(taken).op(Op::rets, 0);
  FunctionBuilder& value = b.function("value", {b.int_()}, b.int_());
  const Label never = value.label();
  value.jump(Op::jnnul, 0, 0, never).op(Op::rets, 0).bind(never).call(Op::call, 1, 0, wide.index()).op(Op::rets, 1);
  FunctionBuilder& check = b.function("check", {b.int_()}, b.int_());
  check.op(Op::nnul, 1, 0).call(Op::call, 1, 0, wide.index()).op(Op::rets, 1);
  CHECK(same_in_both(b, null.index()).value == "0");
  CHECK(same_in_both(b, value.index()).value == "0");
  CHECK(same_in_both(b, check.index()).code == 1603);
}

TEST_CASE("a message starts handlers often enough to be compiled, and actors answer as before") {
  const auto program = linked(R"(
actor Counter { n: int = 0; on add(by: int): int { n += by; return n; } }
func main(): int {
  let counter = spawn Counter();
  let last = 0;
  for (i in 0..<5000) { last = ask counter.add(2) within 60s; }
  print(last);
  return 0;
}
)");
  for (const jit::Mode mode : {jit::Mode::off, jit::Mode::on, jit::Mode::eager}) {
    CHECK(test::run_program(program, {.jit = mode}).output == "10000\n");
  }
  CHECK(has_machine_code(function_named(*program, "Counter.add")));
}

TEST_CASE("machine code goes away with its program") {
  const std::uint64_t before = jit::statistics().code_bytes;
  {
    const auto program = linked(
        "func twice(n: int): int { return n > 9 ? twice(n - 1) : n * 2; }\nfunc main(): int { return twice(0); }\n");
    CHECK(jit::compile(function_named(*program, "twice")));
    CHECK_FALSE(jit::compile(function_named(*program, "twice")));
    CHECK(jit::statistics().code_bytes > before);
  }
  CHECK(jit::statistics().code_bytes == before);
}

TEST_CASE("no page is writable and executable at once") {
  const auto program = linked("func main(): int { let n = 0; while (n < 100) { n += 1; } return 0; }\n");
  jit::compile_all(*program);
  std::ifstream maps("/proc/self/maps");
  std::string line;
  int executable = 0;
  while (std::getline(maps, line)) {
    const std::string rights = line.substr(line.find(' ') + 1, 3);
    CHECK(rights != "rwx");
    executable += rights[2] == 'x';
  }
  CHECK(executable > 0);
}

TEST_CASE("what is compiled includes the functions it calls by name") {
  const auto program = linked(R"(
func inner(n: int): int { if (n > 3) { return inner(n - 1); } return n; }
func outer(n: int): int { if (n > 100) { return outer(n - 1); } return inner(n) + 1; }
func main(): int { return outer(0) - 1; }
)");
  jit::compile_with_callees(function_named(*program, "outer"));
  CHECK(has_machine_code(function_named(*program, "outer")));
  CHECK(has_machine_code(function_named(*program, "inner")));
  CHECK_FALSE(has_machine_code(function_named(*program, "main")));
}

TEST_CASE("a compiled loop without end is ended by the time limit, and others run beside it") {
  const auto program = linked(R"(
actor Spinner { on spin() { while (true) { } } }
actor Echo { on echo(n: int): int { return n; } }
func main(): int {
  let spinner = spawn Spinner();
  send spinner.spin();
  let echo = spawn Echo();
  let sum = 0;
  for (n in 0..<200) { sum += ask echo.echo(n) within 60s; }
  print(sum);
  stop spinner;
  return 0;
}
)");
  CHECK(test::run_program(program, {.jit = jit::Mode::eager}).output == "19900\n");
}
