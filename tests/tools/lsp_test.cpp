// `noodle lsp` as an editor uses it: the real program, the real protocol, over pipes.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/support/temporary_folder.hpp"
#include "tests/tools/lsp_session.hpp"

using namespace noodle::test;
using nlohmann::json;
using LspSession = LspSessionOf<json>;

TEST_CASE("an editor opens a broken package, mends it, renames over files, formats and leaves") {
  TemporaryFolder folder;
  folder.write("noodle.toml", "[package]\nname = \"shop\"\nversion = \"1.0.0\"\ntype = \"application\"\n");
  const std::string model_text = "export record Order(id: int)\n";
  const std::string model = folder.write("src/model.nc", model_text);
  const std::string main_text =
      "import model;\n\nfunc main() {\n  let order = model.Order(7);\n  print(ordr.id, \"😀\", order);\n}\n";
  const std::string main = folder.write("src/main.nc", main_text);

  LspSession session;
  session.start();
  const std::string uri = session.open(main, main_text);
  const json broken = session.findings(uri, 1);
  REQUIRE(broken.size() == 1);
  CHECK(broken[0]["code"] == 1100);
  CHECK(broken[0]["range"]["start"] == place_of<json>(4, 8));

  const json document{{"uri", uri}};
  const json actions = session.request(
      "textDocument/codeAction",
      {{"textDocument", document}, {"range", broken[0]["range"]}, {"context", {{"diagnostics", broken}}}})["result"];
  REQUIRE(actions.size() == 1);
  CHECK(actions[0]["title"] == "Replace `ordr` by `order`");
  const json edit = actions[0]["edit"]["documentChanges"][0]["edits"][0];
  session.notify("textDocument/didChange",
                 {{"textDocument", {{"uri", uri}, {"version", 2}}},
                  {"contentChanges", json::array({{{"range", edit["range"]}, {"text", edit["newText"]}}})}});
  CHECK(session.findings(uri, 2).empty());

  // Behind an emoji of two UTF-16 units.
  const json hover =
      session.request("textDocument/hover", {{"textDocument", document}, {"position", place_of<json>(4, 24)}});
  CHECK(hover["result"]["contents"]["value"] == "```nc\nlet order: model.Order\n```");
  CHECK(hover["result"]["range"]["start"] == place_of<json>(4, 24));

  const json renamed = session.request(
      "textDocument/rename",
      {{"textDocument", document}, {"position", place_of<json>(4, 15)}, {"newName", "number"}})["result"];
  REQUIRE(renamed["documentChanges"].size() == 2);
  CHECK(renamed["documentChanges"][0]["textDocument"]["uri"] == uri);
  CHECK(renamed["documentChanges"][1]["textDocument"]["uri"] == "file://" + model);
  CHECK(renamed["documentChanges"][1]["edits"][0]["range"]["start"] == place_of<json>(0, 20));
  const json refused = session.request(
      "textDocument/rename", {{"textDocument", document}, {"position", place_of<json>(4, 15)}, {"newName", "while"}});
  CHECK(refused["error"]["code"] == -32803);
  CHECK(refused["error"]["message"] == "`while` is a keyword: choose another name");

  session.notify("textDocument/didChange", whole_text_of<json>(uri, 3, "func  main( ) {  print(1) }\n"));
  const json formatted =
      session.request("textDocument/formatting", {{"textDocument", document}, {"options", json::object()}})["result"];
  CHECK(formatted[0]["newText"] == "func main() {\n  print(1);\n}\n");
  CHECK(session.end() == 0);
}

TEST_CASE("findings follow a flood of edits to the last of them") {
  TemporaryFolder folder;
  const std::string text = "func main() { print(1); }\n";
  LspSession session;
  session.start();
  const std::string uri = session.open(folder.write("a.nc", text), text);
  for (int version = 2; version <= 200; ++version) {
    session.notify(
        "textDocument/didChange",
        whole_text_of<json>(uri, version, "func main() { print(" + std::string(version % 2 ? "1" : "x") + "); }\n"));
  }
  CHECK(session.findings(uri, 200).size() == 1);
  CHECK(session.end() == 0);
}

TEST_CASE("malformed, early, late and cancelled messages are answered and the program goes on") {
  LspSession session;
  CHECK(session.request("textDocument/hover", json::object())["error"]["code"] == -32002);
  session.client.send("{ no json");
  CHECK(session.answer(nullptr)["error"]["code"] == -32700);
  session.client.send("[]");
  CHECK(session.answer(nullptr)["error"]["code"] == -32600);
  session.client.send_bytes("Content-Length: 67108865\r\n\r\n" + std::string(67108865, ' '));
  CHECK(session.answer(nullptr)["error"]["code"] == -32600);
  session.start();
  CHECK(session.request("textDocument/unknown", json::object())["error"]["code"] == -32601);

  // The answer to a request is cancelled, or it came before the cancellation was read; it always comes.
  const std::string uri = session.open("/nowhere/a.nc", "func main() {}\n");
  const json params{{"textDocument", {{"uri", uri}}}, {"position", place_of<json>(0, 6)}};
  std::vector<int> ids;
  for (int i = 0; i < 50; ++i) {
    ids.push_back(session.send_request("textDocument/hover", params));
    session.notify("$/cancelRequest", {{"id", ids.back()}});
  }
  for (const int id : ids) {
    const json answer = session.answer(id);
    CHECK((answer.contains("result") || answer["error"]["code"] == -32800));
  }
  CHECK(session.request("shutdown", nullptr)["result"].is_null());
  CHECK(session.request("textDocument/hover", params)["error"]["code"] == -32600);
  session.notify("exit", nullptr);
  CHECK(session.client.wait_for_end() == 0);
}

TEST_CASE("a stream that is no protocol, or ends, ends the program with code 1") {
  {
    LspSession session;
    session.client.send_bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(session.answer(nullptr)["error"]["code"] == -32700);
    CHECK(session.client.wait_for_end() == 1);
  }
  LspSession session;
  session.start();
  session.client.send_bytes("Content-Length: 100\r\n\r\n{\"half\":");
  session.client.close_input();
  CHECK(session.client.wait_for_end() == 1);
}
