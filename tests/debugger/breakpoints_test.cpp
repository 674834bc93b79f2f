// Breakpoints on lines and functions, their conditions, and stops at errors.
#include <nlohmann/json.hpp>

#include "tests/debugger/client.hpp"

using namespace noodle::test;
using nlohmann::json;
using DebugClient = DebugClientOf<json>;

namespace {

const std::string kLoop =
    "record Item(name: String, price: int)\n"  // 1
    "\n"
    "func total(items: List<Item>): int {\n"  // 3
    "  let sum = 0\n"
    "\n"
    "  // a comment\n"
    "  for (item in items) {\n"  // 7
    "    sum += item.price\n"
    "  }\n"
    "  return sum\n"  // 10
    "}\n"
    "func unused(n: int): int {\n"  // 12
    "  return n\n"
    "}\n"
    "func main() {\n"  // 15
    "  print(total([Item(\"a\", 1), Item(\"b\", 2), Item(\"c\", 3)]))\n"
    "}\n";

}  // namespace

TEST_CASE("a breakpoint goes to the next line with code, and stays in its function") {
  DebugClient client;
  client.launch(kLoop);
  const json set = client.break_at({{{"line", 5}}, {{"line", 13}}, {{"line", 11}}, {{"line", 18}}});
  CHECK(set[0]["verified"] == true);
  CHECK(set[0]["line"] == 7);
  CHECK(set[1]["verified"] == false);
  CHECK(set[1]["message"] == "`unused` has no code: nothing in the program calls it");
  CHECK(set[2]["message"] == "there is no code from this line to the end of `total`");
  CHECK(set[3]["message"] == "there is no code on this line or below it");
  const json other = client.request(
      "setBreakpoints", {{"source", {{"path", "/nowhere.nc"}}}, {"breakpoints", {{{"line", 1}}}}})["breakpoints"];
  CHECK(other[0]["message"] == "the program has no code from this file");
  const json lines = client.request("breakpointLocations",
                                    {{"source", {{"path", client.path}}}, {"line", 1}, {"endLine", 9}})["breakpoints"];
  REQUIRE(lines.size() == 3);
  CHECK(lines[1]["line"] == 7);
}

TEST_CASE("a condition is looked at on every pass") {
  DebugClient client;
  client.launch(kLoop);
  client.break_at({{{"line", 8}, {"condition", "item.price > 1 && item.name != \"c\""}}});
  client.start();
  CHECK(client.stop() == "breakpoint total:8");
  CHECK(client.locals() ==
        "items=[Item(name: \"a\", price: 1), Item(name: \"b\", price: 2), Item(name: \"c\", price: 3)] sum=1 "
        "item=Item(name: \"b\", price: 2)");
  client.resume();
  CHECK(client.end().first == "6\n");
}

TEST_CASE("hit conditions count, and log points write in place of stopping") {
  DebugClient client;
  client.launch(kLoop);
  client.break_at({{{"line", 8}, {"hitCondition", ">= 3"}}, {{"line", 8}, {"logMessage", "{item.name}: {sum + 1} {"}}});
  client.start();
  CHECK(client.stop() == "breakpoint total:8");
  CHECK(client.value("item.name") == "\"c\"");
  client.resume();
  CHECK(client.end().first == "a: 1 {\nb: 2 {\nc: 4 {\n6\n");
}

TEST_CASE("a condition without a truth value stops and says why; one that cannot be read is not set") {
  DebugClient client;
  client.launch(kLoop);
  const json set = client.break_at({{{"line", 8}, {"condition", "sum +"}},
                                    {{"line", 8}, {"hitCondition", "often"}},
                                    {{"line", 8}, {"condition", "nothing == 1"}},
                                    {{"line", 10}, {"condition", "sum"}}});
  CHECK(set[0]["verified"] == false);
  CHECK(set[0]["message"].get<std::string>().starts_with("the condition cannot be read: "));
  CHECK(set[1]["message"] == "`often` is no hit condition; write 5, >= 5 or % 5");
  client.start();
  CHECK(client.stop() == "breakpoint total:8");
  CHECK(client.last_stop["text"] == "the condition has no value: there is no variable `nothing` here");
  client.break_at({{{"line", 10}, {"condition", "sum"}}});
  client.resume();
  CHECK(client.stop() == "breakpoint total:10");
  CHECK(client.last_stop["text"] == "the condition has no value: it is not a bool");
}

TEST_CASE("a breakpoint on a function stops in each of its instances") {
  DebugClient client;
  client.launch(
      "func same<T>(value: T): T {\n"
      "  return value\n"
      "}\n"
      "func main() {\n"
      "  print(same(1), same(\"a\"))\n"
      "}\n");
  const json set = client.request("setFunctionBreakpoints",
                                  {{"breakpoints", {{{"name", "same"}}, {{"name", "other"}}}}})["breakpoints"];
  CHECK(set[0]["verified"] == true);
  CHECK(set[1]["verified"] == false);
  client.start();
  CHECK(client.stop() == "function breakpoint same<int>:2");
  client.resume();
  CHECK(client.stop() == "function breakpoint same<String>:2");
  client.request("setFunctionBreakpoints", {{"breakpoints", json::array()}});
  client.resume();
  CHECK(client.end().first == "1 a\n");
}

TEST_CASE("breakpoints can be set and cleared while the program runs") {
  DebugClient client;
  client.launch(
      "func main() {\n"
      "  let n = 0\n"
      "  while (n >= 0) {\n"
      "    n = (n + 1) % 1000\n"
      "  }\n"
      "}\n");
  client.start();
  client.request("threads", json::object());
  for (int i = 0; i < 20; ++i) {
    client.break_at({{{"line", 4}}});
    CHECK(client.stop() == "breakpoint main:4");
    client.break_at({});
    client.resume();
  }
  client.request("terminate", json::object());
  CHECK(client.end().second == 137);
}

TEST_CASE("errors stop the program where they are thrown: all of them, or those that nothing catches") {
  const std::string program =
      "func fails(n: int): int { return 10 / n }\n"
      "func main() {\n"
      "  try { fails(0) } catch (e) { print(e.code) }\n"
      "  throw Error(5000, \"at last\")\n"
      "}\n";
  DebugClient all;
  all.launch(program);
  all.request("setExceptionBreakpoints", {{"filters", {"all"}}});
  all.start();
  CHECK(all.stop() == "exception fails:1");
  CHECK(all.last_stop["text"] == "error 1601: division by zero: 10 / 0");
  const json info = all.request("exceptionInfo", {{"threadId", all.thread}});
  CHECK(info["exceptionId"] == "error 1601");
  CHECK(info["breakMode"] == "always");
  CHECK(info["details"]["stackTrace"].get<std::string>().starts_with("fails ("));
  all.resume();
  CHECK(all.stop() == "exception main:4");

  DebugClient uncaught;
  uncaught.launch(program);
  uncaught.request("setExceptionBreakpoints", {{"filters", {"uncaught"}}});
  uncaught.start();
  CHECK(uncaught.stop() == "exception main:4");
  CHECK(uncaught.request("exceptionInfo", {{"threadId", uncaught.thread}})["breakMode"] == "unhandled");
  uncaught.resume();
  const auto [output, code] = uncaught.end();
  CHECK(code == 1);
  CHECK(output.starts_with("1601\nerror 5000: at last\nmain ("));
}
