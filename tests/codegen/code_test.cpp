// Instructions of small functions.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/codegen/compiled.hpp"

using noodle::test::code_of;
using noodle::test::code_of_f;
using noodle::test::compiled;

TEST_CASE("constant expressions are computed, except those that trap") {
  CHECK(code_of_f("func f(): int { return 2 * 3 + 4; }", "") == "ldi S0, 10\nrets S0\n");
  CHECK(code_of_f("func f(): bool { return 1 < 2 && 2 > 1; }", "") == "ldi S0, 1\nrets S0\n");
  CHECK(code_of_f("const K = 6;\nfunc f(): int { return K / 2; }", "") == "ldi S0, 3\nrets S0\n");
  CHECK(code_of_f("func f(): int { return 1 / 0; }", "") == "ldi S0, 1\nldi S1, 0\ndiv S0, S0, S1\nrets S0\n");
  const std::string overflow = code_of_f("func f(): int { return 9223372036854775807 + 1; }", "");
  CHECK(overflow.find("addk S0, S0, 1") != std::string::npos);
}

TEST_CASE("texts that are known are joined when compiling") {
  const auto program = compiled("func f(): String { return \"a\" + \"b\" + 1; }\nfunc main() { spawn f(); }");
  CHECK(code_of(*program, "f") == "lds P0, string 0\nretp P0\n");
  CHECK(program->module->strings[0] == "ab1");
}

TEST_CASE("small constants are operands, others are loaded") {
  CHECK(code_of_f("func f(n: int): int { return n + 5; }", "1") == "addk S1, S0, 5\nrets S1\n");
  CHECK(code_of_f("func f(n: int): int { return n - 1; }", "1") == "addk S1, S0, -1\nrets S1\n");
  CHECK(code_of_f("func f(n: int): int { return 3 * n; }", "1") == "mulk S1, S0, 3\nrets S1\n");
  CHECK(code_of_f("func f(n: int): int { return n + 1000; }", "1") == "ldi S1, 1000\nadd S1, S0, S1\nrets S1\n");
}

TEST_CASE("conditions are branches and values only where a value is wanted") {
  CHECK(code_of_f("func f(b: bool, x: int, y: int): int { return b && x < y ? x : y; }", "true, 1, 2") ==
        "jf S0, -> 5\njle S2, S1, -> 5\nrets S1\nrets S2\n");
  CHECK(code_of_f("func f(x: int): bool { return x == 7; }", "1") == "ldi S1, 7\nseq S1, S0, S1\nrets S1\n");
}

TEST_CASE("a loop tests once before and again at its end") {
  CHECK(code_of_f("func f(n: int): int { while (n > 0) { n -= 1; } return n; }", "1") ==
        "jlek S0, 0, -> 5\naddk S0, S0, -1\njgtk S0, 0, -> 2\nrets S0\n");
}

TEST_CASE("literals of a loop are loaded before it") {
  const std::string code =
      code_of_f("func f(n: int): int { let t = 0; for (i in 0..<n) { t += i * 1000; } return t; }", "1");
  const std::size_t load = code.find("ldi S2, 1000");
  REQUIRE(load != std::string::npos);
  CHECK(load < code.find("jle "));
  CHECK(code.find("ldi", code.find("jle ")) == std::string::npos);
}

TEST_CASE("a value returned stands in its register: nothing moves at the tail") {
  CHECK(code_of_f("func f(n: int): int { return n == 0 ? 0 : f(n - 1); }", "1") ==
        "jnek S0, 0, -> 4\nldi S1, 0\nrets S1\naddk S1, S0, -1\ncall S1, P0, function 1\nrets S1\n");
  CHECK(code_of_f("func f(n: int): int {\n  let m = n * 2;\n  return m;\n}", "1") == "mulk S1, S0, 2\nrets S1\n");
}

TEST_CASE("code that cannot be reached is left out") {
  CHECK(code_of_f("func f(): int { if (false) { print(1); } while (true) { return 1; } }", "") ==
        "ldi S0, 1\nrets S0\n");
  CHECK(code_of_f("func f(): int { return 1; print(2); }", "") == "ldi S0, 1\nrets S0\n");
}

TEST_CASE("fields of a new object get their initial values without calls, zeros not at all") {
  const std::string code =
      code_of_f("class Solo { n: int = 4; m: int = 0; text: String? = null; }\nfunc f(): Solo { return Solo(); }", "");
  CHECK(code.starts_with("new P0, "));
  CHECK(code.ends_with("\nldi S0, 4\nsets P0, 0, S0\nretp P0\n"));
  CHECK(std::count(code.begin(), code.end(), '\n') == 4);
}

TEST_CASE("indexing checks in the instruction, length of a list is one") {
  CHECK(code_of_f("func f(xs: List<int>): int { return xs[xs.length - 1]; }", "[1]") ==
        "llen S0, P0\naddk S0, S0, -1\nlgs S0, P0, S0\nrets S0\n");
}

TEST_CASE("a tested null needs no second test") {
  CHECK(code_of_f("func f(s: String?): String { if (s == null) { return \"\"; } return s; }", "null") ==
        "jnnul P0, -> 4\nlds P1, string 0\nretp P1\nretp P0\n");
}

TEST_CASE("match on an enum compares tags; the last case of a complete match is not tested") {
  const std::string code = code_of_f(
      "enum Shape { dot, circle(r: int) }\n"
      "func f(s: Shape): int { return match (s) { case Shape.circle(r) => r, case Shape.dot => 0 }; }",
      "Shape.dot");
  CHECK(code.starts_with("etag S0, P0\njnek S0, 1, "));
  CHECK(code.find("etag", 5) == std::string::npos);
  CHECK(code.find("jnek", 20) == std::string::npos);
}

TEST_CASE("finally is repeated on every way out and once for errors") {
  const std::string code = code_of_f(
      "func g(n: int): int { return n < 0 ? g(n + 1) : n; }\n"
      "func f(n: int): int { try { return g(n); } finally { print(\"f\"); } }",
      "1");
  std::size_t prints = 0;
  for (std::size_t at = code.find("ncall"); at != std::string::npos; at = code.find("ncall", at + 1)) ++prints;
  CHECK(prints == 2);
  CHECK(code.ends_with("throw P0\n"));
}
