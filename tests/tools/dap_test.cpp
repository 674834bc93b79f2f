// `noodle dap` as an editor uses it: the real program, the real protocol, over pipes.
#include <doctest/doctest.h>

#include <deque>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/temporary_folder.hpp"
#include "tests/tools/lsp_session.hpp"

using namespace noodle::test;
using nlohmann::json;
using LspSession = LspSessionOf<json>;

namespace {

class DapSession {
 public:
  DapSession() : client(NOODLE_BINARY, "dap") {}

  int send(const std::string& command, const json& arguments = json::object()) {
    client.send(json{{"seq", ++seq_}, {"type", "request"}, {"command", command}, {"arguments", arguments}}.dump());
    return seq_;
  }
  json answer(int seq) {
    return next([seq](const json& m) { return m["type"] == "response" && m["request_seq"] == seq; });
  }
  json request(const std::string& command, const json& arguments = json::object()) {
    const json response = answer(send(command, arguments));
    INFO(response.dump());
    CHECK(response["success"] == true);
    return response.value("body", json::object());
  }
  json event(const std::string& name) {
    return next([&name](const json& m) { return m["type"] == "event" && m["event"] == name; })
        .value("body", json::object());
  }
  json launch(const json& arguments) {
    request("initialize", {{"adapterID", "noodle"}, {"linesStartAt1", true}, {"columnsStartAt1", true}});
    const json response = answer(send("launch", arguments));
    if (response["success"] == true) event("initialized");
    return response;
  }
  /// Reason of the next stop, and its innermost frame: "breakpoint main:3".
  std::string stop() {
    const json stopped = event("stopped");
    thread = stopped["threadId"];
    const json frames = request("stackTrace", {{"threadId", thread}, {"levels", 20}})["stackFrames"];
    REQUIRE(!frames.empty());
    frame = frames[0]["id"];
    return stopped["reason"].get<std::string>() + " " + frames[0]["name"].get<std::string>() + ":" +
           std::to_string(frames[0]["line"].get<int>());
  }
  std::string go(const std::string& command) {
    request(command, {{"threadId", thread}});
    return stop();
  }
  std::string value(const std::string& expression) {
    return request("evaluate", {{"expression", expression}, {"frameId", frame}, {"context", "watch"}})["result"];
  }
  /// What the program wrote so far.
  std::string output() const {
    std::string text;
    for (const json& message : kept_) {
      if (message.value("event", "") == "output") text += message["body"]["output"].get<std::string>();
    }
    return text;
  }

  MessageClient client;
  int thread = 0, frame = 0;

 private:
  template <class Matches>
  json next(Matches matches) {
    for (auto at = kept_.begin(); at != kept_.end(); ++at) {
      if (!matches(*at)) continue;
      json found = *at;
      kept_.erase(at);
      return found;
    }
    for (;;) {
      const std::string text = client.receive();
      REQUIRE(!text.empty());
      json message = json::parse(text);
      if (matches(message)) return message;
      kept_.push_back(std::move(message));
    }
  }

  int seq_ = 0;
  std::deque<json> kept_;
};

/// Makes the changes of a workspace edit in the texts of files.
void apply(const json& edit, std::map<std::string, std::string>& texts) {
  for (const json& document : edit["documentChanges"]) {
    std::string& text = texts.at(document["textDocument"]["uri"]);
    std::vector<json> edits = document["edits"];
    const auto offset = [&text](const json& at) {
      std::size_t line = 0;
      for (int i = 0; i < at["line"]; ++i) line = text.find('\n', line) + 1;
      return line + at["character"].get<std::size_t>();  // the texts are ASCII
    };
    std::sort(edits.begin(), edits.end(),
              [&](const json& a, const json& b) { return offset(a["range"]["start"]) > offset(b["range"]["start"]); });
    for (const json& change : edits) {
      const std::size_t start = offset(change["range"]["start"]);
      text.replace(start, offset(change["range"]["end"]) - start, change["newText"].get<std::string>());
    }
  }
}

}  // namespace

TEST_CASE("an editor mends a broken package, renames over its files, and debugs it") {
  TemporaryFolder folder;
  folder.write("noodle.toml", "[package]\nname = \"shop\"\nversion = \"1.0.0\"\ntype = \"application\"\n");
  const std::string model_text =
      "export record Order(id: int, price: int)\n"
      "\n"
      "export func total(orders: List<Order>): int {\n"
      "  let sum = 0;\n"
      "  for (order in orders) {\n"
      "    sum += order.price;\n"
      "  }\n"
      "  return sum;\n"
      "}\n";
  const std::string main_text =
      "import model;\n"
      "\n"
      "actor Till {\n"
      "  taken: int;\n"
      "  on take(amount: int): int {\n"
      "    taken += amount;\n"
      "    return taken;\n"
      "  }\n"
      "}\n"
      "\n"
      "func main() {\n"
      "  let orders = [model.Order(1, 10), model.Order(2, 32)];\n"
      "  let till = spawn Till();\n"
      "  let sum = model.total(ordrs);\n"
      "  print(ask till.take(sum) within 1h);\n"
      "}\n";
  const std::string model = folder.write("src/model.nc", model_text);
  const std::string main = folder.write("src/main.nc", main_text);
  std::map<std::string, std::string> texts{{"file://" + model, model_text}, {"file://" + main, main_text}};

  // As it is, it cannot be run.
  {
    DapSession broken;
    const json response = broken.launch({{"program", folder.path()}});
    CHECK(response["success"] == false);
    CHECK(broken.output().find("error 1100") != std::string::npos);
    broken.request("disconnect");
    CHECK(broken.client.wait_for_end() == 0);
  }

  LspSession editor;
  editor.start();
  const std::string uri = editor.open(main, main_text);
  editor.open(model, model_text);
  json findings = editor.findings(uri, 1);
  std::erase_if(findings.get_ref<json::array_t&>(), [](const json& found) { return found["code"] != 1100; });
  REQUIRE(findings.size() == 1);
  const json actions = editor.request("textDocument/codeAction", {{"textDocument", {{"uri", uri}}},
                                                                  {"range", findings[0]["range"]},
                                                                  {"context", {{"diagnostics", findings}}}})["result"];
  REQUIRE(!actions.empty());
  CHECK(actions[0]["title"] == "Replace `ordrs` by `orders`");
  apply(actions[0]["edit"], texts);
  editor.notify("textDocument/didChange", whole_text_of<json>(uri, 2, texts.at(uri)));
  CHECK(editor.findings(uri, 2).empty());
  const json renamed = editor.request(
      "textDocument/rename",
      {{"textDocument", {{"uri", uri}}}, {"position", place_of<json>(13, 20)}, {"newName", "sumOf"}})["result"];
  REQUIRE(renamed["documentChanges"].size() == 2);
  apply(renamed, texts);
  CHECK(editor.end() == 0);
  for (const auto& [name, text] : texts) std::ofstream(name.substr(7)) << text;

  DapSession debug;
  CHECK(debug.launch({{"program", folder.path()}})["success"] == true);
  const auto break_at = [&](const std::string& path, const json& breakpoints) {
    return debug.request("setBreakpoints", {{"source", {{"path", path}}}, {"breakpoints", breakpoints}})["breakpoints"];
  };
  CHECK(break_at(model, {{{"line", 6}, {"condition", "order.id == 2"}}})[0]["verified"] == true);
  CHECK(break_at(main, {{{"line", 6}}})[0]["verified"] == true);
  debug.request("setExceptionBreakpoints", {{"filters", {"uncaught"}}});
  debug.request("configurationDone");

  CHECK(debug.stop() == "breakpoint model.sumOf:6");
  CHECK(debug.value("sum") == "10");
  CHECK(debug.value("sum + order.price == 42") == "true");
  const json scopes = debug.request("scopes", {{"frameId", debug.frame}})["scopes"];
  const json locals =
      debug.request("variables", {{"variablesReference", scopes[0]["variablesReference"]}})["variables"];
  REQUIRE(locals.size() == 3);
  CHECK(locals[0]["name"] == "orders");
  CHECK(locals[0]["type"] == "List<model.Order>");
  const json orders =
      debug.request("variables", {{"variablesReference", locals[0]["variablesReference"]}})["variables"];
  REQUIRE(orders.size() == 2);
  CHECK(orders[1]["value"] == "Order(id: 2, price: 32)");
  CHECK(debug.go("next") == "step model.sumOf:5");
  CHECK(debug.go("stepOut") == "step main:15");
  CHECK(debug.value("sum") == "42");

  // On to the other process; this one waits for its answer.
  CHECK(debug.go("continue") == "breakpoint Till.take:6");
  CHECK(debug.value("amount - taken") == "42");
  CHECK(debug.request("threads")["threads"].size() == 2);
  debug.request("continue", {{"threadId", debug.thread}});
  CHECK(debug.event("exited")["exitCode"] == 0);
  debug.event("terminated");
  CHECK(debug.output() == "42\n");
  debug.request("disconnect");
  CHECK(debug.client.wait_for_end() == 0);
}

TEST_CASE("capabilities are granted as `noodle run --allow` grants them") {
  TemporaryFolder folder;
  folder.write("data.txt", "one\ntwo\n");
  const std::string program = folder.write("read.nc", "print(fs.readLines(\"data.txt\").length)\n");
  for (const bool granted : {false, true}) {
    DapSession debug;
    json arguments{{"program", program}, {"cwd", folder.path()}};
    if (granted) arguments["allow"] = {"fs.read:" + folder.path()};
    CHECK(debug.launch(arguments)["success"] == true);
    debug.request("configurationDone");
    CHECK(debug.event("exited")["exitCode"] == (granted ? 0 : 1));
    CHECK((debug.output() == "2\n") == granted);
  }
}

TEST_CASE("malformed, early and cancelled messages are answered and the debug adapter goes on") {
  DapSession session;
  CHECK(session.answer(session.send("threads"))["success"] == false);
  session.client.send("{ no json");
  CHECK(session.answer(0)["message"] == "this is no JSON text");
  session.client.send_bytes("Content-Length: 67108865\r\n\r\n" + std::string(67108865, ' '));
  CHECK(session.answer(0)["success"] == false);
  session.request("initialize");
  std::vector<int> requests;
  for (int i = 0; i < 50; ++i) {
    requests.push_back(session.send("evaluate", {{"expression", "1"}}));
    session.send("cancel", {{"requestId", requests.back()}});
  }
  for (const int request : requests) {
    const std::string message = session.answer(request)["message"];
    CHECK((message == "send `launch` first" || message == "cancelled"));
  }
  session.request("disconnect");
  CHECK(session.client.wait_for_end() == 0);
}

TEST_CASE("when the editor is gone the program ends, also one that is stopped") {
  TemporaryFolder folder;
  const std::string program =
      folder.write("a.nc", "func main() {\n  let n = 0\n  while (true) {\n    n = 1 - n\n  }\n}\n");
  for (const bool stops : {false, true}) {
    DapSession session;
    CHECK(session.launch({{"program", program}, {"stopOnEntry", stops}})["success"] == true);
    session.request("configurationDone");
    if (stops) CHECK(session.stop() == "entry main:2");
    session.client.close_input();
    CHECK(session.client.wait_for_end() == 1);
  }
}

TEST_CASE("a stream that is no protocol ends the debug adapter with code 1") {
  DapSession session;
  session.client.send_bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(session.answer(0)["success"] == false);
  CHECK(session.client.wait_for_end() == 1);
}
