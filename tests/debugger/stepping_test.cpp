// Steps: over, into and out of calls, loops and errors.
#include <nlohmann/json.hpp>

#include "tests/debugger/client.hpp"

using namespace noodle::test;
using nlohmann::json;
using DebugClient = DebugClientOf<json>;

namespace {

const std::string kCalls =
    "func twice(n: int): int {\n"
    "  const m = n + n\n"
    "  return m\n"
    "}\n"
    "func sum(n: int): int {\n"
    "  if (n == 0) { return 0 }\n"
    "  return n + sum(n - 1)\n"
    "}\n"
    "func main() {\n"
    "  let a = twice(4)\n"
    "  let b = sum(3)\n"
    "  print(a, b)\n"
    "}\n";

}  // namespace

TEST_CASE("a step over goes from line to line and not into calls, also when they call themselves") {
  DebugClient client;
  client.launch(kCalls, {{"stopOnEntry", true}});
  client.start();
  CHECK(client.stop() == "entry main:10");
  CHECK(client.go("next") == "step main:11");
  CHECK(client.go("next") == "step main:12");
  client.request("next", {{"threadId", client.thread}});
  CHECK(client.end() == std::pair<std::string, int>{"8 6\n", 0});
}

TEST_CASE("a step into a call stops at its first line, and a step out where it was called") {
  DebugClient client;
  client.launch(kCalls, {{"stopOnEntry", true}});
  client.start();
  client.stop();
  CHECK(client.go("stepIn") == "step twice:2");
  CHECK(client.locals() == "n=4");
  CHECK(client.go("stepIn") == "step twice:3");
  CHECK(client.locals() == "n=4 m=8");
  CHECK(client.go("stepOut").starts_with("step main:1"));
  CHECK(client.stack().size() == 1);
}

TEST_CASE("a step over inside a recursion stays at its depth") {
  DebugClient client;
  client.launch(kCalls);
  client.break_at({{{"line", 7}, {"condition", "n == 2"}}});
  client.start();
  CHECK(client.stop() == "breakpoint sum:7");
  CHECK(client.stack().size() == 3);
  // Back in the caller, which has not finished its line.
  CHECK(client.go("next") == "step sum:7");
  CHECK(client.stack().size() == 2);
  CHECK(client.value("n") == "3");
}

TEST_CASE("loops are stepped through round by round") {
  DebugClient client;
  client.launch(
      "func main() {\n"
      "  for (i in 0..<2) {\n"
      "    print(i)\n"
      "  }\n"
      "  let n = 0\n"
      "  while (n < 2) {\n"
      "    n += 1\n"
      "    if (n == 2) {\n"
      "      break\n"
      "    }\n"
      "  }\n"
      "  print(n)\n"
      "}\n",
      {{"stopOnEntry", true}});
  client.start();
  client.stop();
  std::string lines;
  for (int i = 0; i < 13; ++i) {
    const std::string stop = client.go("next");
    lines += stop.substr(stop.find(':') + 1) + " ";
  }
  CHECK(lines == "3 2 3 2 5 6 7 8 6 7 8 9 12 ");
  client.resume();
  CHECK(client.end().first == "0\n1\n2\n");
}

TEST_CASE("a step goes to where an error is caught, and through finally") {
  DebugClient client;
  client.launch(
      "func fails(n: int): int {\n"
      "  return 10 / n\n"
      "}\n"
      "func main() {\n"
      "  try {\n"
      "    print(fails(0))\n"
      "  } catch (e) {\n"
      "    print(e.code)\n"
      "  } finally {\n"
      "    print(\"done\")\n"
      "  }\n"
      "}\n");
  client.break_at({{{"line", 2}}});
  client.start();
  CHECK(client.stop() == "breakpoint fails:2");
  CHECK(client.go("next") == "step main:8");
  CHECK(client.locals() == "e=error 1601: division by zero: 10 / 0");
  CHECK(client.go("next") == "step main:10");
  client.resume();
  CHECK(client.end().first == "1601\ndone\n");
}

TEST_CASE("a step into a lambda sees what it captured") {
  DebugClient client;
  client.launch(
      "func main() {\n"
      "  let factor = 3\n"
      "  let total = 0\n"
      "  const add = (n: int) => {\n"
      "    total += n * factor\n"
      "    return total\n"
      "  }\n"
      "  print(add(2))\n"
      "}\n");
  client.break_at({{{"line", 8}}});
  client.start();
  client.stop();
  CHECK(client.value("total") == "0");
  CHECK(client.go("stepIn") == "step main$lambda1:5");
  CHECK(client.locals() == "n=2 total=0 factor=3");
  CHECK(client.go("next") == "step main$lambda1:6");
  CHECK(client.value("total") == "6");
}

TEST_CASE("the standard library is not stepped into, but lambdas that it calls are") {
  DebugClient client;
  client.launch(
      "func main() {\n"
      "  const xs = [3, 4]\n"
      "  const ys = xs.map(x => {\n"
      "    return x + 1\n"
      "  })\n"
      "  print(ys)\n"
      "}\n");
  client.break_at({{{"line", 3}}});
  client.start();
  client.stop();
  CHECK(client.go("stepIn") == "step main$lambda1:4");
  CHECK(client.value("x") == "3");
  CHECK(client.go("next") == "step main$lambda1:4");
  CHECK(client.value("x") == "4");
  CHECK(client.go("stepOut").starts_with("step"));
}
