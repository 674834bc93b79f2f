// What stands beside the code: lines, inlined calls, types at joins, handlers.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/codegen/compiled.hpp"

using namespace noodle;
using test::compiled;
using test::function_of;

namespace {

/// Line and column of an instruction.
std::string place_of(const bytecode::FunctionDef& function, bytecode::Op op) {
  std::uint32_t at = bytecode::kNone;
  for (std::uint32_t word = 0; word < function.code.size();) {
    const auto here = static_cast<bytecode::Op>(function.code[word] & 0xff);
    if (here == op) {
      at = word;
      break;
    }
    word += bytecode::has_extra_word(here) ? 2 : 1;
  }
  std::string place = "none";
  for (const bytecode::LineEntry& line : function.lines) {
    if (at != bytecode::kNone && line.word <= at) place = std::to_string(line.line) + ":" + std::to_string(line.column);
  }
  return place;
}

std::string types_at(const package::Compilation& program, const bytecode::JoinState& join) {
  std::string out;
  for (const bytecode::TypeRef& type : join.pointers) {
    out += (out.empty() ? "" : ", ") + program.module->types[type.index].name + (type.nullable ? "?" : "");
  }
  return out;
}

}  // namespace

TEST_CASE("instructions that can trap have the place of their operator or call") {
  const auto program = compiled(
      "func f(a: int, xs: List<int>): int {\n"
      "  let b = a +\n"
      "    10 / a;\n"
      "  return b *\n"
      "    xs[a];\n"
      "}\n"
      "func main() { spawn f(1, [1]); }");
  const bytecode::FunctionDef* f = function_of(*program, "f");
  REQUIRE(f);
  CHECK(place_of(*f, bytecode::Op::div) == "3:5");
  CHECK(place_of(*f, bytecode::Op::add) == "2:11");
  CHECK(place_of(*f, bytecode::Op::lgs) == "5:5");
  CHECK(place_of(*f, bytecode::Op::mul) == "4:10");
}

TEST_CASE("lines ascend and are left out where nothing can fail") {
  const auto program = compiled("func f(a: bool): int { return a ? 1 : 2; }\nfunc main() { spawn f(true); }");
  CHECK(function_of(*program, "f")->lines.empty());
  for (const bytecode::FunctionDef& function : program->module->functions) {
    CHECK(std::is_sorted(function.lines.begin(), function.lines.end(),
                         [](const auto& a, const auto& b) { return a.word < b.word; }));
  }
}

TEST_CASE("inlined calls are named with the place of the call") {
  const auto program = compiled(
      "func half(n: int): int { return 1 / n; }\n"
      "func same<T>(list: List<T>): T { return list[0]; }\n"
      "func f(n: int): int {\n"
      "  return half(n) +\n"
      "    same([n]);\n"
      "}\n"
      "func main() { spawn f(1); }");
  const bytecode::FunctionDef* f = function_of(*program, "f");
  REQUIRE(f);
  REQUIRE(f->inlined.size() == 2);
  CHECK(f->inlined[0].name == "half");
  CHECK(f->inlined[0].line == 4);
  CHECK(f->inlined[0].column == 10);
  CHECK(f->inlined[1].name == "same<int>");
  CHECK(f->inlined[1].line == 5);
  CHECK(f->inlined[0].end <= f->inlined[1].start);
  CHECK(place_of(*f, bytecode::Op::div) == "1:33");
  CHECK(place_of(*f, bytecode::Op::add) == "4:10");
}

TEST_CASE("an inlined body that cannot fail leaves no trace") {
  const auto program = compiled(
      "func pick(a: bool): int { return a ? 1 : 2; }\nfunc f(a: bool): int { return pick(a); }\n"
      "func main() { spawn f(true); }");
  CHECK(function_of(*program, "f")->inlined.empty());
}

TEST_CASE("branches that meet agree on the declared type, not on one branch's class") {
  const auto program = compiled(
      "class Animal { } class Dog extends Animal { } class Cat extends Animal { }\n"
      "func f(b: bool): Animal { let a: Animal = Dog(); if (b) { a = Cat(); } return a; }\n"
      "func g(b: bool): String? { let s: String? = null; if (b) { s = \"x\"; } return s; }\n"
      "func main() { spawn f(true); spawn g(true); }");
  REQUIRE(program->module);
  const bytecode::FunctionDef* f = function_of(*program, "f");
  REQUIRE(f->joins.size() == 1);
  CHECK(types_at(*program, f->joins[0]).starts_with("Animal"));
  const bytecode::FunctionDef* g = function_of(*program, "g");
  REQUIRE(g->joins.size() == 1);
  CHECK(types_at(*program, g->joins[0]) == "String?");
}

TEST_CASE("handlers guard exactly the body, inner ones first, and lie behind it") {
  const auto program = compiled(
      "func g(n: int): int { return n < 0 ? g(n + 1) : n; }\n"
      "func f(n: int): int {\n"
      "  try {\n"
      "    try { return g(n); } catch (e) { return g(n + 1); }\n"
      "  } catch (e) { return 0; }\n"
      "}\n"
      "func main() { spawn f(1); }");
  const bytecode::FunctionDef* f = function_of(*program, "f");
  REQUIRE(f);
  REQUIRE(f->handlers.size() >= 2);
  for (const bytecode::HandlerRange& handler : f->handlers) CHECK(handler.target >= handler.end);
  CHECK(f->handlers[0].start == f->handlers[1].start);
  CHECK(f->handlers[0].target < f->handlers[1].target);
}

TEST_CASE("equal sources give equal modules") {
  const std::string text =
      "func f(n: int): String { return `${n}`; }\nfunc main() { print(f(1), [1].map(n => n + 1)); }";
  CHECK(bytecode::disassemble(*compiled(text)->module) == bytecode::disassemble(*compiled(text)->module));
}
