// Values as they are shown, opened, evaluated and set.
#include <nlohmann/json.hpp>

#include "tests/debugger/client.hpp"

using namespace noodle::test;
using nlohmann::json;
using DebugClient = DebugClientOf<json>;

namespace {

const std::string kValues =
    "enum Color { red, green }\n"
    "enum Shape { circle(radius: float), point }\n"
    "record Pair(left: int, right: String)\n"
    "class Node { name: String; next: Node? }\n"
    "func main() {\n"
    "  let color = Color.green\n"
    "  let shape: Shape = Shape.circle(2.5)\n"
    "  let pair = Pair(1, \"one\")\n"
    "  let node = Node(name: \"a\", next: Node(name: \"b\"))\n"
    "  let scores: Map<String, int> = {\"ann\": 3, \"bob\": 4}\n"
    "  let many = (0..<5000).map(n => n * n)\n"
    "  let flags = [true, false]\n"
    "  let text = \"grüße\\n\"\n"
    "  let maybe: int? = 5\n"
    "  let nothing: Node? = null\n"
    "  let pause = 1500ms\n"
    "  let rate = 0.5\n"
    "  let same = {\"a\", \"b\"}.length\n"
    "  print(color, shape, pair, node, scores, many.length, flags, text, maybe, nothing, pause, rate, same)\n"
    "}\n";

struct Stopped : DebugClient {
  Stopped() {
    std::string text = kValues;
    text.replace(text.find("{\"a\", \"b\"}.length"), 17, "2");
    launch(text);
    break_at({{{"line", 19}}});
    start();
    REQUIRE(stop() == "breakpoint main:19");
  }
  json local(const std::string& name) {
    const json scopes = request("scopes", {{"frameId", frame}})["scopes"];
    for (const json& variable : variables(scopes[0]["variablesReference"])) {
      if (variable["name"] == name) return variable;
    }
    return nullptr;
  }
};

}  // namespace

TEST_CASE("values have a text and a type") {
  Stopped client;
  CHECK(client.local("color")["value"] == "Color.green");
  CHECK(client.local("shape")["value"] == "Shape.circle(2.5)");
  CHECK(client.local("pair")["value"] == "Pair(left: 1, right: \"one\")");
  CHECK(client.local("scores")["value"] == "{\"ann\": 3, \"bob\": 4}");
  CHECK(client.local("scores")["type"] == "Map<String, int>");
  CHECK(client.local("text")["value"] == "\"grüße\\n\"");
  CHECK(client.local("maybe")["value"] == "5");
  CHECK(client.local("nothing")["value"] == "null");
  CHECK(client.local("nothing")["type"] == "Node?");
  CHECK(client.local("pause")["value"] == "1.5s");
  CHECK(client.local("many")["value"].get<std::string>().size() < 2000);
}

TEST_CASE("values are opened field by field, and large ones page by page") {
  Stopped client;
  const json node = client.variables(client.local("node")["variablesReference"]);
  REQUIRE(node.size() == 2);
  CHECK(node[1]["evaluateName"] == "node.next");
  CHECK(client.variables(node[1]["variablesReference"])[0]["value"] == "\"b\"");
  const json scores = client.variables(client.local("scores")["variablesReference"]);
  CHECK(scores[1]["name"] == "[\"bob\"]");
  CHECK(scores[1]["value"] == "4");
  CHECK(client.value(scores[1]["evaluateName"]) == "4");

  const json many = client.local("many");
  CHECK(many["indexedVariables"] == 5000);
  const json page = client.variables(many["variablesReference"], {{"start", 4998}, {"count", 10}});
  REQUIRE(page.size() == 2);
  CHECK(page[1]["name"] == "[4999]");
  CHECK(page[1]["value"] == "24990001");
  const json all = client.variables(many["variablesReference"]);
  REQUIRE(all.size() == 1001);
  CHECK(all.back()["value"] == "4000 more");
}

TEST_CASE("expressions reach into values and compute") {
  Stopped client;
  const std::pair<const char*, const char*> kCases[] = {
      {"node.next.name + \"!\"", "\"b!\""},
      {"node?.next?.next?.name", "null"},
      {"many[3] * 2 + 1", "19"},
      {"scores[\"ann\"] >= 3 && !flags[1]", "true"},
      {"color == Color.green", "true"},
      {"color == Color.red ? 1 : 2", "2"},
      {"pair == pair", "true"},
      {"shape.radius / rate", "5.0"},
      {"text[2]", "\"ü\""},
      {"text.length", "6"},
      {"many.isEmpty()", "false"},
      {"\"ann\" in scores", "true"},
      {"16 in many", "true"},
      {"maybe ?? 3", "5"},
      {"nothing ?? 3", "3"},
      {"pause > 1s", "true"},
      {"`${color}: ${pair.right}`", "\"Color.green: one\""},
      {"-7 / 2", "-3"},
      {"1 << 4 | 3", "19"},
      {"\"b\" > \"a\"", "true"},
      {"nothing.name", "the value before `.name` is null"},
      {"pair.middle", "a `Pair` has no field `middle`"},
      {"many[5000]", "index 5000 is outside of the length 5000"},
      {"scores[\"eve\"]", "the map has no key \"eve\""},
      {"9223372036854775807 + 1", "integer overflow"},
      {"1 / 0", "division by zero"},
      {"1 % 0", "division by zero"},
      {"pair < pair", "a `Pair` and a `Pair` have no order"},
      {"absent", "there is no variable `absent` here"},
      {"print(1)", "functions cannot be called here: only values are looked at"},
      {"rate && true", "a condition is a bool, not a `float`"},
      {"color = Color.red", "only names, fields, elements, literals and operators can be evaluated here"},
      {"let x = 1", "expected an expression, found `let`"},
      {"1 +", "expected an expression, found `)`"},
  };
  for (const auto& [expression, expected] : kCases) {
    INFO(expression);
    CHECK(client.value(expression) == expected);
  }
  CHECK(client.value(std::string(70'000, '1')) == "the expression is longer than 64 KiB");
  std::string sum = "1";
  for (int i = 0; i < 30'000; ++i) sum += "+1";
  CHECK(client.value(sum) == "chain of more than 1000 operations");
  CHECK(client.request("evaluate", {{"expression", "20 + 22"}})["result"] == "42");
  CHECK_FALSE(
      client.refused("evaluate", {{"expression", std::string(10'000, '(')}, {"frameId", client.frame}}).empty());
}

TEST_CASE("numbers, truth values and simple enums can be set, and the program sees it") {
  Stopped client;
  const json locals = client.request("scopes", {{"frameId", client.frame}})["scopes"][0]["variablesReference"];
  const auto set = [&](const json& parent, const char* name, const char* value) {
    return client.send("setVariable", {{"variablesReference", parent}, {"name", name}, {"value", value}});
  };
  CHECK(set(locals, "rate", "3")["body"]["value"] == "3.0");
  CHECK(set(locals, "color", "Color.red")["success"] == true);
  CHECK(set(locals, "pause", "2s")["success"] == true);
  CHECK(set(client.local("pair")["variablesReference"], "left", "many[2]")["success"] == true);
  CHECK(set(client.local("flags")["variablesReference"], "[1]", "true")["success"] == true);
  CHECK(set(locals, "rate", "true")["message"] == "a `bool` is no `float`");
  CHECK(set(locals, "text", "\"x\"")["message"] == "only numbers, truth values, times and simple enums can be set");
  CHECK(set(locals, "absent", "1")["message"] == "there is no `absent`");
  client.resume();
  CHECK(client.end().first ==
        "Color.red Shape.circle(2.5) Pair(left: 4, right: \"one\") Node{name: \"a\", next: Node{name: \"b\", next: "
        "null}} {\"ann\": 3, \"bob\": 4} 5000 [true, true] grüße\n 5 null 2s 3.0 2\n");
}

TEST_CASE("references are of the stop they were given at") {
  Stopped client;
  const json pair = client.local("pair")["variablesReference"];
  client.request("next", {{"threadId", client.thread}});
  client.event("terminated");
  CHECK(client.refused("variables", {{"variablesReference", pair}}) ==
        "`variablesReference` names nothing of a stopped process");
  CHECK(client.refused("scopes", {{"frameId", client.frame}}) == "`frameId` names nothing of a stopped process");
}

TEST_CASE("a deep stack is given frame by frame") {
  DebugClient client;
  client.launch(
      "func down(n: int): int {\n"
      "  if (n == 0) {\n"
      "    return 0\n"
      "  }\n"
      "  return 1 + down(n - 1)\n"
      "}\n"
      "func main() {\n"
      "  print(down(50000))\n"
      "}\n");
  client.break_at({{{"line", 3}}});
  client.start();
  CHECK(client.stop() == "breakpoint down:3");
  const json end = client.request("stackTrace", {{"threadId", 1}, {"startFrame", 50'000}, {"levels", 5}});
  CHECK(end["totalFrames"] == 50'002);
  REQUIRE(end["stackFrames"].size() == 2);
  CHECK(end["stackFrames"][1]["name"] == "main");
  client.frame = end["stackFrames"][0]["id"];
  CHECK(client.value("n") == "50000");
  CHECK(client.stack().size() == 1000);
}
