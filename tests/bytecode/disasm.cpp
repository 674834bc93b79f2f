#include "runtime/bytecode/disasm.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <nlohmann/json.hpp>

#include "tests/bytecode/sample_module.hpp"

using namespace noodle;
using namespace noodle::test;

TEST_CASE("a function is shown with its operands, targets, names and source lines") {
  Module m = sample_module();
  m.sources = {"\n\nfunc area(): float { ... }\n\n  greet"};
  CHECK(disassemble(m, {.function = "Square.greet"}) ==
        "\nfunction 1 Square.greet(Square, String): String  // 0 S, 4 P, 4 words\n"
        "  // src/main.nc:5:1  greet\n"
        "     0  lds     P2, string 0                ; \"hello \"\n"
        "     1  mvp     P3, P1\n"
        "     2  scat    P0, P2, 2\n"
        "  // src/main.nc:6:9\n"
        "     3  retp    P0\n");
}

TEST_CASE("branches, calls and handlers are named in the comments") {
  const std::string text = disassemble(sample_module(), {.function = "main", .states = true, .sources = false});
  CAPTURE(text);
  for (const char* part : {"     2  ldk     S2, scalar 1                ; 7\n", "jgtk    S1, 0, -> 3\n",
                           "vcall   S3, P3, slot 0\n", "; Greeter.greet(String): String\n", "; main.lambda(closure ",
                           "; func(int): int\n", "; Counter.add(int): int\n", "; Square\n", "; \"sq\\n\\\"x\\\"\"\n",
                           "  catch ", "error in P5", "  state S0 S1 S2 "}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("the whole module shows its tables first") {
  const std::string text = disassemble(sample_module());
  CAPTURE(text);
  for (const char* part :
       {"module sample 1.2.3\n", "requires log\n", "object Square of Shape { name: String, area: float, side: int }",
        "native map.put(Map<String, List<int>?>, String, List<int>?)\n", "native Logger.warning(String) needs log\n",
        "actor Counter(int)\n  on add(int): int\n", "export main\n", "test \"it works\"\n"}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("constants that are hardly ints are shown as floats too") {
  ModuleBuilder b;
  const auto half = static_cast<int>(b.constant(std::bit_cast<std::uint64_t>(0.5)));
  b.function("f", {}, b.none()).wide(Op::ldk, 0, half).op(Op::ret);
  CHECK(disassemble(b.build()).find("; 0.5 or 4602678819172646912\n") != std::string::npos);
}

TEST_CASE("long literals are cut between characters") {
  ModuleBuilder b;
  std::string literal = std::string(59, 'a') + "\u00e9\u00e9";
  b.function("f", {}, b.none()).wide(Op::lds, 0, static_cast<int>(b.text(literal))).op(Op::ret);
  CHECK(disassemble(b.build()).find(std::string(59, 'a') + "\"...") != std::string::npos);
}

TEST_CASE("the JSON form holds the same instructions") {
  const auto json = nlohmann::json::parse(disassemble_json(sample_module()));
  CHECK(json["name"] == "sample");
  const auto& greet = json["functions"][1];
  CHECK(greet["signature"] == "(Square, String): String");
  CHECK(greet["code"].size() == 4);
  CHECK(greet["code"][0] ==
        nlohmann::json::parse(R"({"word":0,"op":"lds","operands":["P2","string 0"],"comment":"\"hello \"","line":5})"));
  CHECK(greet["code"][3]["line"] == 6);
  CHECK(nlohmann::json::parse(disassemble_json(sample_module(), {.function = "main"}))["functions"].size() == 1);
}
