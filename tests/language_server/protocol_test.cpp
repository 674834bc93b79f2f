#include <nlohmann/json.hpp>

#include "runtime/language_server/inbox.hpp"
#include "tests/language_server/editor.hpp"

using namespace noodle;
using namespace noodle::language_server;
using json = nlohmann::json;
using Editor = test::EditorOf<json>;

namespace {

json error_of(Editor& editor, const std::string& method, const json& params = json::object()) {
  const json answer = editor.request(method, params);
  return answer.contains("error") ? answer["error"]["code"] : json();
}

Message message(const json& text) {
  return read_message(text.dump());
}

}  // namespace

TEST_CASE("requests before initialize and after shutdown are refused by the protocol's codes") {
  Editor editor;
  CHECK(error_of(editor, "textDocument/hover") == -32002);
  CHECK(error_of(editor, "shutdown") == -32002);
  editor.start();
  CHECK(error_of(editor, "initialize", {{"capabilities", json::object()}}) == -32600);
  CHECK(error_of(editor, "textDocument/nothing") == -32601);
  CHECK(error_of(editor, "$/nothing") == -32601);
  CHECK(error_of(editor, "shutdown").is_null());
  CHECK(error_of(editor, "textDocument/hover") == -32600);
  CHECK(!editor.server.has_exited());
  editor.notify("exit", nullptr);
  CHECK(editor.server.has_exited());
  CHECK(editor.server.exit_code() == 0);
}

TEST_CASE("exit without shutdown gives exit code 1; notifications that nobody knows are left alone") {
  Editor editor;
  editor.notify("textDocument/didOpen", {{"textDocument", 7}});
  editor.start();
  const std::size_t before = editor.sent.size();
  editor.notify("$/setTrace", {{"value", "off"}});
  editor.notify("workspace/didChangeConfiguration", {{"settings", nullptr}});
  CHECK(editor.sent.size() == before);
  editor.notify("exit", nullptr);
  CHECK(editor.server.exit_code() == 1);
}

TEST_CASE("the server says what it can do, and asks to be told of files when the editor can") {
  Editor editor;
  const json can{{"workspace", {{"didChangeWatchedFiles", {{"dynamicRegistration", true}}}}}};
  const json result = editor.request("initialize", {{"capabilities", can}})["result"];
  CHECK(result["capabilities"]["positionEncoding"] == "utf-16");
  CHECK(result["capabilities"]["textDocumentSync"]["change"] == 2);
  CHECK(result["capabilities"]["renameProvider"]["prepareProvider"] == true);
  editor.notify("initialized", json::object());
  CHECK(editor.sent.back()["method"] == "client/registerCapability");
  editor.handle({{"jsonrpc", "2.0"}, {"id", "watch"}, {"result", nullptr}});
}

TEST_CASE("parameters that do not fit are invalid, never a crash") {
  Editor editor;
  editor.start();
  editor.open("a.nc", "func main() {}\n");
  const json document{{"uri", editor.uri("a.nc")}};
  const auto hover = [&](const json& position) {
    return error_of(editor, "textDocument/hover", {{"textDocument", document}, {"position", position}});
  };
  CHECK(hover({{"line", 99}, {"character", 0}}) == -32602);
  CHECK(hover({{"line", -1}, {"character", 0}}) == -32602);
  CHECK(hover({{"line", 1.5}, {"character", 0}}) == -32602);
  CHECK(hover({{"line", 1e300}, {"character", 0}}) == -32602);
  CHECK(hover({{"line", "x"}, {"character", 0}}) == -32602);
  CHECK(hover(nullptr) == -32602);
  CHECK(hover({{"line", 0}, {"character", 2147483647}}).is_null());
  CHECK(error_of(editor, "textDocument/hover", json::array({1, 2})) == -32602);
  CHECK(error_of(editor, "textDocument/hover", {{"textDocument", {{"uri", "file:///not/open.nc"}}}}) == -32602);
  CHECK(error_of(editor, "textDocument/rename", {{"textDocument", document}, {"newName", 7}}) == -32602);
}

TEST_CASE("a change that does not fit is told in the log and leaves the document as it was") {
  Editor editor;
  editor.start();
  editor.open("a.nc", "func main() {}\n");
  const json document{{"uri", editor.uri("a.nc")}, {"version", 2}};
  const json far{{"start", {{"line", 7}, {"character", 0}}}, {"end", {{"line", 8}, {"character", 0}}}};
  for (const json& changes : {json::array({{{"range", far}, {"text", "x"}}}), json(7), json::array({7}),
                              json::array({{{"range", 7}, {"text", "x"}}})}) {
    CAPTURE(changes.dump());
    editor.notify("textDocument/didChange", {{"textDocument", document}, {"contentChanges", changes}});
    CHECK(editor.sent.back()["method"] == "window/logMessage");
  }
  CHECK(editor.server.workspace().documents().find(editor.path("a.nc"))->text() == "func main() {}\n");
}

TEST_CASE("text that is no message is answered by the codes of JSON-RPC") {
  CHECK(read_message("{").failure.code == Problem::parse_error);
  CHECK(read_message("").failure.code == Problem::parse_error);
  CHECK(read_message("\"\xff\"").failure.code == Problem::parse_error);
  CHECK(read_message(std::string(100'000, '[')).failure.code == Problem::parse_error);
  CHECK(read_message("[]").failure.code == Problem::invalid_request);
  CHECK(read_message("{}").failure.code == Problem::invalid_request);
  CHECK(read_message(R"({"id":1})").failure.code == Problem::invalid_request);
  CHECK(read_message(R"({"id":{},"method":"x"})").failure.code == Problem::invalid_request);
  CHECK(read_message(R"({"id":1,"method":7})").failure.code == Problem::invalid_request);
  CHECK(read_message(R"({"id":1,"method":"x","params":7})").failure.code == Problem::invalid_request);
  const Message good = read_message(R"({"id":"a","method":"x","params":{"b":[1]}})");
  CHECK(good.kind == Message::Kind::request);
  CHECK(good.id == "\"a\"");
  CHECK(good.params == R"({"b":[1]})");
}

TEST_CASE("frames are cut out of any pieces of the stream") {
  const std::string stream = framed("{\"a\":1}") + "content-length:2\r\nContent-Type: x\r\n\r\n{}" + framed("");
  for (std::size_t step : {std::size_t{1}, std::size_t{3}, stream.size()}) {
    FrameReader reader;
    std::vector<std::string> got;
    for (std::size_t at = 0; at < stream.size(); at += step) {
      reader.feed(std::string_view(stream).substr(at, step));
      while (auto next = reader.next()) {
        REQUIRE(!next->failure);
        got.push_back(next->message);
      }
    }
    CHECK(got == std::vector<std::string>{"{\"a\":1}", "{}", ""});
    CHECK(reader.is_empty());
  }
}

TEST_CASE("a message that is too large is skipped; a header that is none ends the stream") {
  FrameReader reader;
  const std::size_t size = FrameReader::kMaxMessageBytes + 1;
  reader.feed("Content-Length: " + std::to_string(size) + "\r\n\r\n");
  auto next = reader.next();
  REQUIRE(next);
  CHECK(next->failure->code == Problem::invalid_request);
  CHECK(!next->is_last);
  const std::string part(1 << 20, 'x');
  for (std::size_t left = size; left > 0;) {
    const std::size_t now = std::min(left, part.size());
    reader.feed(std::string_view(part).substr(0, now));
    CHECK(!reader.next());
    left -= now;
  }
  reader.feed(framed("{}"));
  CHECK(reader.next()->message == "{}");
  for (const std::string& header :
       {std::string("hello\r\n\r\n"), std::string("Content-Length: -1\r\n\r\n"),
        std::string("Content-Length: 1x\r\n\r\n"), std::string("Content-Length: 99999999999999999999999\r\n\r\n"),
        std::string("Content-Type: x\r\n\r\n"), std::string("Content-Length: 1\r\nContent-Length: 2\r\n\r\n"),
        std::string(5000, 'x')}) {
    CAPTURE(header.substr(0, 60));
    FrameReader bad;
    bad.feed(header);
    next = bad.next();
    REQUIRE(next);
    CHECK(next->failure->code == Problem::parse_error);
    CHECK(next->is_last);
    bad.feed(framed("{}"));
    CHECK(!bad.next());
  }
}

TEST_CASE("a request that was cancelled while it waited or ran is answered by -32800") {
  Inbox inbox;
  inbox.push(message({{"id", 1}, {"method", "textDocument/hover"}, {"params", json::object()}}));
  inbox.push(message({{"id", "b"}, {"method", "textDocument/hover"}, {"params", json::object()}}));
  inbox.push(message({{"method", "$/cancelRequest"}, {"params", {{"id", "b"}}}}));
  auto taken = inbox.take();
  CHECK(!taken->cancelled);
  CHECK(!inbox.is_cancelled());
  inbox.push(message({{"method", "$/cancelRequest"}, {"params", {{"id", 1}}}}));
  CHECK(inbox.is_cancelled());
  inbox.push(message({{"method", "$/cancelRequest"}, {"params", {{"id", 77}}}}));
  inbox.push(message({{"method", "$/cancelRequest"}, {"params", nullptr}}));
  taken = inbox.take();
  CHECK(taken->message.id == "\"b\"");
  CHECK(inbox.is_cancelled());
  CHECK(inbox.is_empty());

  Editor editor;
  editor.start();
  editor.open("a.nc", "func main() {}\n");
  json params = editor.at("a.nc", "ma|in");
  editor.server.handle(message({{"id", 9}, {"method", "textDocument/hover"}, {"params", params}}), [] { return true; });
  CHECK(editor.sent.back()["error"]["code"] == -32800);
  // Cancelled in the middle of a check.
  int asked = 0;
  editor.edit("a.nc", "main", "other");
  editor.server.handle(message({{"id", 10}, {"method", "textDocument/hover"}, {"params", params}}),
                       [&asked] { return ++asked > 1; });
  CHECK(editor.sent.back()["error"]["code"] == -32800);
}

TEST_CASE("the inbox knows when an edit waits, and ends when it is closed") {
  Inbox inbox;
  inbox.push(message({{"method", "textDocument/didChange"}, {"params", json::object()}}));
  CHECK(inbox.edit_waits());
  inbox.close();
  CHECK(inbox.take());
  CHECK(!inbox.edit_waits());
  CHECK(!inbox.take());
}
