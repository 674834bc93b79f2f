// What an editor says to `noodle lsp` and hears: the real program, the real protocol, over pipes.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "tests/support/message_client.hpp"

namespace noodle::test {

/// `json`: nlohmann::json, which headers do not include.
template <class json>
class LspSessionOf {
 public:
  LspSessionOf() : client(NOODLE_BINARY, "lsp") {}

  void notify(const std::string& method, const json& params) {
    client.send(json{{"jsonrpc", "2.0"}, {"method", method}, {"params", params}}.dump());
  }
  int send_request(const std::string& method, const json& params) {
    client.send(json{{"jsonrpc", "2.0"}, {"id", ++last_id_}, {"method", method}, {"params", params}}.dump());
    return last_id_;
  }
  /// The answer to a request; keeps findings that come before it.
  json answer(const json& id) {
    for (;;) {
      const json message = next();
      if (message.contains("id") && message["id"] == id && !message.contains("method")) return message;
    }
  }
  json request(const std::string& method, const json& params) { return answer(send_request(method, params)); }
  /// Findings of version `version` of a document.
  json findings(const std::string& uri, int version) {
    for (;;) {
      const auto found = findings_.find(uri);
      if (found != findings_.end() && found->second.value("version", 0) >= version) return found->second["diagnostics"];
      next();
    }
  }
  void start() {
    request("initialize", {{"processId", nullptr}, {"rootUri", nullptr}, {"capabilities", json::object()}});
    notify("initialized", json::object());
  }
  std::string open(const std::string& path, const std::string& text) {
    const std::string uri = "file://" + path;
    notify("textDocument/didOpen",
           {{"textDocument", {{"uri", uri}, {"languageId", "noodle"}, {"version", 1}, {"text", text}}}});
    return uri;
  }
  int end() {
    CHECK(request("shutdown", nullptr)["result"].is_null());
    notify("exit", nullptr);
    return client.wait_for_end();
  }

  MessageClient client;

 private:
  json next() {
    const std::string text = client.receive();
    REQUIRE(!text.empty());
    json message = json::parse(text);
    if (message.value("method", "") == "textDocument/publishDiagnostics")
      findings_[message["params"]["uri"]] = message["params"];
    return message;
  }

  int last_id_ = 0;
  std::map<std::string, json> findings_;
};

template <class json>
json place_of(int line, int character) {
  return {{"line", line}, {"character", character}};
}

template <class json>
json whole_text_of(const std::string& uri, int version, const std::string& text) {
  return {{"textDocument", {{"uri", uri}, {"version", version}}}, {"contentChanges", json::array({{{"text", text}}})}};
}

}  // namespace noodle::test
