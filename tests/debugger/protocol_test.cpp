// The protocol around the features: order, refusals, cancellation, what is malformed.
#include <fstream>
#include <nlohmann/json.hpp>

#include "runtime/bytecode/container.hpp"
#include "runtime/language_server/inbox.hpp"
#include "runtime/package/compile.hpp"
#include "tests/debugger/client.hpp"

using namespace noodle;
using namespace noodle::test;
using nlohmann::json;
using DebugClient = DebugClientOf<json>;

namespace {

const std::string kProgram = "func main(args: List<String>): int {\n  print(args)\n  return args.length\n}\n";

}  // namespace

TEST_CASE("requests out of their order are refused with the request that is missing") {
  DebugClient client;
  CHECK(client.refused("launch", {{"program", "x.nc"}}) == "send `initialize` first");
  const json capabilities = client.request("initialize", {{"adapterID", "noodle"}});
  CHECK(capabilities["supportsConfigurationDoneRequest"] == true);
  CHECK(capabilities["exceptionBreakpointFilters"].size() == 2);
  CHECK(client.refused("initialize", json::object()) == "`initialize` is sent once, as the first request");
  CHECK(client.refused("configurationDone", json::object()) == "send `launch` first");
  CHECK(client.refused("setBreakpoints", json::object()) == "send `launch` first");
  CHECK(client.refused("attach", json::object()) == "programs are launched; `noodle dap` attaches to none");
  CHECK(client.refused("launch", json::object()) == "`program` is missing");
  CHECK(client.refused("launch", {{"program", 7}}) == "`program` is a text");
  CHECK(client.refused("launch", {{"program", "/nowhere.nc"}}) == "no such file or folder: `/nowhere.nc`");
}

TEST_CASE("a program is run with its arguments, and ends with its exit code") {
  DebugClient client;
  client.launch(kProgram, {{"args", {"a", "b"}}, {"noDebug", true}});
  client.break_at({{{"line", 2}}});
  CHECK(client.refused("launch", {{"program", "x.nc"}}) == "a program was launched already");
  client.start();
  CHECK(client.end() == std::pair<std::string, int>{"[\"a\", \"b\"]\n", 2});
  CHECK(client.refused("configurationDone", json::object()) == "the program runs already");
  CHECK(client.request("threads", json::object())["threads"].empty());
}

TEST_CASE("a program that does not compile is not launched; its findings are output") {
  TemporaryFolder folder;
  DebugClient client;
  const std::string path = folder.write("broken.nc", "func main() { print(absent) }\n");
  client.request("initialize", json::object());
  CHECK(client.refused("launch", {{"program", path}}) ==
        "`" + path + "` does not compile; the findings are in the output");
  CHECK(client.event("output")["output"].get<std::string>().find("error 1100") != std::string::npos);
  // Mended, it can be launched.
  folder.write("broken.nc", "func main() { print(1) }\n");
  client.request("launch", {{"program", path}});
  client.start();
  CHECK(client.end().first == "1\n");
}

TEST_CASE("sources that change while the program runs do not disturb it") {
  DebugClient client;
  client.launch("func main() {\n  let a = 1\n  print(a)\n}\n");
  client.break_at({{{"line", 3}}});
  client.start();
  client.stop();
  std::ofstream(client.path) << "nothing of this compiles";
  CHECK(client.break_at({{{"line", 2}}, {{"line", 3}}})[1]["verified"] == true);
  CHECK(client.value("a") == "1");
  std::filesystem::remove(client.path);
  CHECK(client.top() == "main:3");
  client.resume();
  CHECK(client.end().first == "1\n");
}

TEST_CASE("unknown and malformed requests are refused and the session goes on") {
  DebugClient client;
  client.launch(kProgram);
  CHECK(client.refused("restartFrame", json::object()) == "there is no request `restartFrame`");
  CHECK(client.handle("{ no json", 0)["message"] == "this is no JSON text");
  CHECK(client.handle("[]", 0)["message"] == "a message is one JSON object");
  CHECK(client.handle("{}", 0)["message"] == "a message has a whole number `seq`");
  CHECK(client.handle(R"({"seq":900,"type":"event"})", 900)["message"] == "`type` is \"request\"");
  CHECK(client.handle(R"({"seq":901,"type":"request","command":1})", 901)["message"] == "`command` is a text");
  CHECK(client.handle(R"({"seq":902,"type":"request","command":"x","arguments":[]})", 902)["message"] ==
        "`arguments` is an object");
  CHECK(client.handle(std::string(1000, '['), 0)["message"] == "JSON is nested deeper than 64 levels");
  CHECK(client.refused("setBreakpoints", json::object()) == "`source` is missing");
  CHECK(client.refused("setBreakpoints", {{"source", {{"path", client.path}}}, {"breakpoints", {{{"line", -1}}}}}) ==
        "`line` is a line from 1 on");
  CHECK(client.refused("setBreakpoints", {{"source", {{"path", client.path}}}, {"breakpoints", 3}}) ==
        "`breakpoints` is a list");
  CHECK(client.refused("setExceptionBreakpoints", {{"filters", {1}}}) == "`filters` is a list of texts");
  CHECK(client.refused("next", {{"threadId", 99}}) == "there is no thread 99");
  CHECK(client.refused("next", {{"threadId", 1.5}}) == "`threadId` is a whole number");
  CHECK(client.refused("stackTrace", json::object()) == "`threadId` is missing");
  CHECK(client.refused("variables", {{"variablesReference", 1e300}}) == "`variablesReference` is a whole number");
  CHECK(client.refused("source", {{"sourceReference", 0}}) == "there is no such source");
  client.start();
  CHECK(client.end().second == 0);
  CHECK(client.refused("evaluate", {{"expression", "1"}, {"frameId", 4}}) ==
        "`frameId` names nothing of a stopped process");
}

TEST_CASE("a request that was called off is answered so, wherever it waits") {
  language_server::Inbox inbox;
  const auto push = [&inbox](const std::string& text) {
    debugger::Message message = debugger::read_request(text);
    if (message.method == "cancel") inbox.push(debugger::cancellation(message));
    inbox.push(std::move(message));
  };
  push(R"({"seq":1,"type":"request","command":"initialize"})");
  push(R"({"seq":2,"type":"request","command":"threads"})");
  push(R"({"seq":3,"type":"request","command":"cancel","arguments":{"requestId":2}})");
  push(R"({"seq":4,"type":"request","command":"cancel","arguments":{"requestId":"x"}})");
  push(R"({"seq":5,"type":"request","command":"cancel"})");
  inbox.close();
  std::string answers;
  debugger::Server server({[&answers](const std::string& message) {
                             const json answer = json::parse(message);
                             answers +=
                                 answer["success"] == true ? "done " : answer["message"].get<std::string>() + " ";
                           },
                           nullptr});
  while (const auto taken = inbox.take()) server.handle(taken->message, [&inbox] { return inbox.is_cancelled(); });
  CHECK(answers == "done cancelled done done done ");
}

TEST_CASE("an .nbc module can be stopped and stepped; its variables have no names") {
  DebugClient client;
  TemporaryFolder folder;
  const std::string source =
      folder.write("a.nc", "func main() {\n  let n = [1].length\n  print(n)\n  print(n + 1)\n}\n");
  const auto compiled = package::compile_path(source, {});
  REQUIRE(compiled);
  const std::string module = folder.write("a.nbc", *bytecode::write_nbc(*(*compiled)->module));
  client.request("initialize", json::object());
  client.request("launch", {{"program", module}});
  client.request("setBreakpoints", {{"source", {{"path", source}}}, {"breakpoints", {{{"line", 3}}}}});
  client.start();
  CHECK(client.stop() == "breakpoint main:3");
  CHECK(client.locals().empty());
  CHECK(client.go("next") == "step main:4");
  client.resume();
  CHECK(client.end().first == "1\n2\n");
}
