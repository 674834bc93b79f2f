// Which calls a call becomes: inlined, direct, by vtable, by interface; and one body for each instantiation.
#include <doctest/doctest.h>

#include <sstream>

#include "tests/codegen/compiled.hpp"

using namespace noodle;
using test::code_of;
using test::code_of_f;
using test::compiled;
using test::function_of;

namespace {

/// How often an operation occurs.
int count(const std::string& code, const std::string& op) {
  int found = 0;
  std::istringstream lines(code);
  for (std::string line; std::getline(lines, line);) found += line.starts_with(op + " ") ? 1 : 0;
  return found;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const std::string kHalf = "func half(n: int): int { return n / 2; }\n";

}  // namespace

TEST_CASE("small functions that call nothing are inlined, with the literals given to them") {
  CHECK(code_of_f(kHalf + "func f(n: int): int { return half(n); }", "1") == "divk S1, S0, 2\nrets S1\n");
  CHECK(code_of_f("func scale(n: int, by: int): int { return n * by; }\n"
                  "func f(n: int): int { return scale(n, 3); }",
                  "1") == "mulk S1, S0, 3\nrets S1\n");
}

TEST_CASE("recursive functions and functions that call others stay calls") {
  CHECK(count(code_of_f("func down(n: int): int { return n == 0 ? 0 : down(n - 1); }\n"
                        "func f(n: int): int { return down(n); }",
                        "1"),
              "call") == 1);
  CHECK(count(code_of_f("func g(n: int) { print(n); }\nfunc h(n: int) { g(n); }\nfunc f(n: int) { h(n); }", "1"),
              "call") == 1);
}

TEST_CASE("without optimisation nothing is inlined") {
  const auto plain = compiled(kHalf + "func f(n: int): int { return half(n); }\nfunc main() { spawn f(1); }", false);
  CHECK(count(code_of(*plain, "f"), "call") == 1);
}

TEST_CASE("an argument is evaluated once, before the inlined body") {
  const std::string code = code_of_f(
      "func twice(n: int): int { return n + n; }\nfunc next(): int { while (now() == now()) { } return 2; }\n"
      "func f(): int { return twice(next()); }",
      "");
  CHECK(count(code, "call") == 1);
  CHECK(code.find("call ") < code.find("add "));
}

TEST_CASE("a method is called by vtable only if some class of the program overrides it") {
  const std::string animal = "class Animal { func noise(): int { while (now() == now()) { } return 1; } }\n";
  const std::string f = "func f(a: Animal): int { return a.noise(); }";
  CHECK(count(code_of_f(animal + f, "Animal()"), "call") == 1);
  CHECK(count(code_of_f(animal + f, "Animal()"), "vcall") == 0);
  const std::string dog = "class Dog extends Animal { func noise(): int { return 2; } }\n";
  CHECK(count(code_of_f(animal + dog + f, "Dog()"), "vcall") == 1);
}

TEST_CASE("methods of interfaces are called by selector, of type parameters directly") {
  const std::string named =
      "interface Named { func name(): String }\n"
      "class X implements Named { func name(): String { print(1); return \"x\"; } }\n";
  CHECK(count(code_of_f(named + "func f(n: Named): String { return n.name(); }", "X()"), "icall") == 1);
  const auto generic = compiled(named +
                                "func f<T: Named>(n: T): String { for (i in 0..1) { n.name(); } return n.name(); }\n"
                                "func main() { for (i in 0..1) { print(f(X())); print(f<X>(X())); } }");
  REQUIRE(generic->module);
  REQUIRE(function_of(*generic, "f<X>") != nullptr);
  CHECK(count(code_of(*generic, "f<X>"), "icall") == 0);
}

TEST_CASE("generic functions have one body for each instantiation, chosen by representation") {
  const auto program = compiled(
      "func first<T>(xs: List<T>): T { while (xs.length < 0) { } return xs[0]; }\n"
      "func main() { print(first([1]), first([2]), first([\"a\"]), first([true])); }");
  REQUIRE(program->module);
  std::size_t bodies = 0;
  for (const auto& function : program->module->functions) bodies += function.name.starts_with("first<") ? 1 : 0;
  CHECK(bodies == 3);
  CHECK(contains(code_of(*program, "first<int>"), "lgs S"));
  CHECK(contains(code_of(*program, "first<String>"), "lgp P"));
  CHECK(contains(code_of(*program, "first<bool>"), "lgb S"));
  REQUIRE(function_of(*program, "first<int>") != nullptr);
  CHECK(function_of(*program, "first<int>")->signature.result.index == bytecode::kInt);
}

TEST_CASE("functions that nothing uses have no code") {
  const auto program = compiled("func used() { print(1); }\nfunc unused() { print(2); }\nfunc main() { used(); }");
  CHECK(contains(code_of(*program, "main"), "ncall"));
  CHECK(function_of(*program, "unused") == nullptr);
  CHECK(function_of(*program, "List.map<int, int>") == nullptr);
}

TEST_CASE("captured variables are values in the closure, in a cell when somebody assigns them") {
  const std::string value = code_of_f("func f(n: int): func(): int { return () => n; }", "1");
  CHECK(contains(value, "sets P0, 0, S0"));
  const auto cell = compiled(
      "func f(): func(): int { let n = 0; return () => { n += 1; return n; }; }\n"
      "func main() { print(f()()); spawn f(); }");
  REQUIRE(cell->module);
  bool has_cell = false;
  for (const auto& type : cell->module->types) has_cell |= type.name == "$cell<int>";
  CHECK(has_cell);
}

TEST_CASE("generics without end and classes with too many fields are refused at their place") {
  CHECK(test::errors_of(*compiled("func grow<T>(value: T, n: int): int {\n"
                                  "  return n == 0 ? 0 : grow([value], n - 1);\n}\nprint(grow(1, 3));")) == "1154@2");
  std::string wide = "class Wide {\n";
  for (int i = 0; i < 251; ++i) wide += "  f" + std::to_string(i) + ": int;\n";
  CHECK(test::errors_of(*compiled(wide + "}\nprint(Wide().f0);")) == "1170@1");
  std::string many = "func f(a: int): int {\n";
  for (int i = 0; i < 300; ++i) many += "  let v" + std::to_string(i) + " = a + " + std::to_string(i) + ";\n";
  many += "  return v0";
  for (int i = 1; i < 300; ++i) many += " + v" + std::to_string(i);
  CHECK(test::errors_of(*compiled(many + ";\n}\nprint(f(1));")) == "1164@1");
}
