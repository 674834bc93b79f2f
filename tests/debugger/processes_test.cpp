// Stopping one process among others: actors, pauses, stopping all, ends.
#include <nlohmann/json.hpp>

#include "tests/debugger/client.hpp"

using namespace noodle::test;
using nlohmann::json;
using DebugClient = DebugClientOf<json>;

namespace {

const std::string kActors =
    "actor Counter {\n"
    "  total: int\n"
    "  on add(n: int): int {\n"
    "    total += n\n"  // 4
    "    return total\n"
    "  }\n"
    "}\n"
    "func main() {\n"
    "  const a = spawn Counter()\n"  // 9
    "  const b = spawn Counter()\n"
    "  print(ask a.add(1) within 1h)\n"
    "  print(ask b.add(2) within 1h)\n"  // 12
    "  print(ask a.add(3) within 1h)\n"
    "}\n";

/// Numbers of the threads by name.
std::map<std::string, int> threads(DebugClient& client) {
  std::map<std::string, int> out;
  const json list = client.request("threads", json::object())["threads"];
  for (const json& thread : list) out[thread["name"]] = thread["id"];
  return out;
}

}  // namespace

TEST_CASE("only the process that stops is stopped, and shows its own state") {
  DebugClient client;
  client.launch(kActors);
  client.break_at({{{"line", 4}, {"condition", "n == 2"}}});
  client.start();
  CHECK(client.stop() == "breakpoint Counter.add:4");
  CHECK(client.last_stop["allThreadsStopped"] == false);
  const json scopes = client.request("scopes", {{"frameId", client.frame}})["scopes"];
  REQUIRE(scopes.size() == 2);
  CHECK(scopes[1]["name"] == "Counter");
  CHECK(client.variables(scopes[1]["variablesReference"])[0]["name"] == "total");
  CHECK(client.value("total + n") == "2");
  // The asking process waits, it is not stopped.
  const std::map<std::string, int> all = threads(client);
  REQUIRE(all.size() == 3);
  CHECK(client.refused("stackTrace", {{"threadId", all.at("main#0")}}) == "the process runs; pause it first");
  client.resume();
  CHECK(client.end().first == "1\n2\n4\n");
}

TEST_CASE("a step over the end of a handler stops at the process's next message") {
  DebugClient client;
  client.launch(kActors);
  client.break_at({{{"line", 4}, {"hitCondition", "1"}}});
  client.start();
  CHECK(client.stop() == "breakpoint Counter.add:4");
  CHECK(client.go("next") == "step Counter.add:5");
  CHECK(client.go("next") == "step Counter.add:4");
  CHECK(client.value("n") == "3");
  CHECK(client.value("total") == "1");
  client.resume();
  CHECK(client.end().first == "1\n2\n4\n");
}

TEST_CASE("processes that wait can be paused and looked at") {
  DebugClient client;
  client.launch(kActors);
  client.break_at({{{"line", 4}, {"hitCondition", "2"}}});
  client.start();
  client.stop();
  const int stopped = client.thread;
  const std::map<std::string, int> all = threads(client);
  client.request("pause", {{"threadId", all.at("main#0")}});
  CHECK(client.stop() == "pause main:12");
  for (const auto& [name, number] : all) {
    if (number == stopped || number == all.at("main#0")) continue;
    client.request("pause", {{"threadId", number}});
    // Between two messages there is no frame, but the actor's state.
    CHECK(client.stop() == "pause (waits for a message):0");
    CHECK(client.value("self") == "Counter{total: 1}");
    CHECK(client.value("total") == "1");
    CHECK(client.locals() == "self=Counter{total: 1}");
    client.resume();
  }
  client.request("continue", {{"threadId", all.at("main#0")}});
  client.request("continue", {{"threadId", stopped}});
  CHECK(client.end().first == "1\n2\n4\n");
}

TEST_CASE("a process that never waits is paused in the middle") {
  DebugClient client;
  client.launch("func main() {\n  let n = 0\n  print(n)\n  while (true) {\n    n = (n + 1) % 100\n  }\n}\n");
  client.start();
  client.event("output");  // it runs
  client.request("threads", json::object());
  client.request("pause", {{"threadId", 1}});
  CHECK(client.stop().starts_with("pause main:"));
  client.request("setVariable", {{"variablesReference", client.frame}, {"name", "n"}, {"value", "n * 0 + 7"}});
  CHECK(client.value("n") == "7");
  client.request("disconnect", json::object());
}

TEST_CASE("on demand all processes stop when one does, and go on with it") {
  DebugClient client;
  client.launch(kActors, {{"stopAll", true}});
  client.break_at({{{"line", 4}, {"hitCondition", "2"}}});
  client.start();
  CHECK(client.stop() == "breakpoint Counter.add:4");
  CHECK(client.last_stop["allThreadsStopped"] == true);
  const int main = threads(client).at("main#0");
  // It is stopped, or will be at the end of its slice.
  json stack;
  do {
    stack = client.send("stackTrace", {{"threadId", main}});
  } while (stack["success"] == false);
  CHECK(stack["body"]["stackFrames"][0]["line"] == 12);
  client.request("continue", {{"threadId", client.thread}});
  CHECK(client.end().first == "1\n2\n4\n");
}

TEST_CASE("two processes can be stopped at the same breakpoint, and stepped each for itself") {
  DebugClient client;
  client.launch(
      "func work(n: int) {\n"
      "  const twice = n * 2\n"
      "  print(twice)\n"
      "}\n"
      "func main() {\n"
      "  spawn work(1)\n"
      "  work(2)\n"
      "  sleep(1h)\n"
      "}\n");
  client.break_at({{{"line", 2}}});
  client.start();
  client.stop();
  const int first = client.thread;
  CHECK(client.stop() == "breakpoint work:2");
  const int second = client.thread;
  CHECK(first != second);
  CHECK(client.go("next") == "step work:3");
  CHECK(client.thread == second);
  client.thread = first;
  CHECK(client.top() == "work:2");
  CHECK(client.go("next") == "step work:3");
  client.request("terminate", json::object());
  CHECK(client.end().second == 137);
}

TEST_CASE("a program that is stopped can be ended") {
  DebugClient client;
  client.launch(kActors);
  client.break_at({{{"line", 4}}});
  client.start();
  client.stop();
  client.request("terminate", json::object());
  CHECK(client.end().second == 137);
  CHECK(client.refused("stackTrace", {{"threadId", client.thread}}) == "the process runs; pause it first");
  CHECK(client.refused("continue", {{"threadId", client.thread}}) == "the process is not stopped");
  client.request("disconnect", json::object());
}

TEST_CASE("the adapter can be left while a process is stopped") {
  DebugClient client;
  client.launch(kActors);
  client.break_at({{{"line", 4}}});
  client.start();
  client.stop();
}
