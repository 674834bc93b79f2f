// An editor for tests: documents in a temporary folder, requests by the text under the cursor, answers as JSON.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "runtime/language_server/server.hpp"
#include "runtime/language_server/uri.hpp"
#include "tests/support/temporary_folder.hpp"

namespace noodle::test {

inline bool never() {
  return false;
}

/// The position of the mark `|` behind the first `text`, or of its start when it has no mark.
template <class json>
json position_in(const std::string& source, const std::string& marked) {
  std::string text = marked;
  const std::size_t mark = text.find('|');
  if (mark != std::string::npos) text.erase(mark, 1);
  const std::size_t at = source.find(text);
  REQUIRE_MESSAGE(at != std::string::npos, marked);
  const std::size_t offset = at + (mark == std::string::npos ? 0 : mark);
  const auto found = language_server::LineIndex(source).position(static_cast<std::uint32_t>(offset));
  return {{"line", found.line}, {"character", found.character}};
}

/// `json`: nlohmann::json, which headers do not include.
template <class json>
class EditorOf {
 public:
  EditorOf() : server([this](std::string message) { sent.push_back(json::parse(message)); }) {}

  json request(const std::string& method, const json& params) {
    const std::size_t before = sent.size();
    const json id = ++last_id_;
    handle({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}});
    for (std::size_t i = before; i < sent.size(); ++i) {
      if (sent[i].contains("id") && sent[i]["id"] == id && !sent[i].contains("method")) return sent[i];
    }
    FAIL("no answer to " << method);
    return nullptr;
  }
  void notify(const std::string& method, const json& params) {
    handle({{"jsonrpc", "2.0"}, {"method", method}, {"params", params}});
  }
  void handle(const json& message) { server.handle(language_server::read_message(message.dump()), never); }

  void start() {
    request("initialize", {{"capabilities", json::object()}, {"initializationOptions", {{"libraryText", true}}}});
    notify("initialized", json::object());
  }
  /// Writes a file and opens it.
  void open(const std::string& name, const std::string& text) { open_path(folder.write(name, text), text); }
  void open_path(const std::string& path, const std::string& text) {
    texts[path] = text;
    notify("textDocument/didOpen",
           {{"textDocument",
             {{"uri", language_server::uri_of(path)}, {"languageId", "noodle"}, {"version", 1}, {"text", text}}}});
  }
  std::string path(const std::string& name) const { return folder.path() + "/" + name; }
  std::string uri(const std::string& name) const { return language_server::uri_of(path(name)); }
  /// Replaces the first `old` of an open document by `text`.
  void edit(const std::string& name, const std::string& old, const std::string& text) {
    std::string& now = texts[path(name)];
    const std::size_t at = now.find(old);
    REQUIRE(at != std::string::npos);
    const language_server::LineIndex lines(now);
    const auto range = lines.range({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + old.size())});
    notify("textDocument/didChange", {{"textDocument", {{"uri", uri(name)}, {"version", ++version_}}},
                                      {"contentChanges", json::array({{{"range", range}, {"text", text}}})}});
    now.replace(at, old.size(), text);
  }
  json at(const std::string& name, const std::string& marked) {
    return {{"textDocument", {{"uri", uri(name)}}}, {"position", position_in<json>(texts[path(name)], marked)}};
  }
  json ask(const std::string& method, const std::string& name, const std::string& marked, const json& more = {}) {
    json params = at(name, marked);
    if (more.is_object()) params.update(more);
    return request("textDocument/" + method, params);
  }
  /// The findings of a file as they are after publishing.
  json findings(const std::string& name) {
    server.publish(never, never);
    json found = json::array();
    for (const json& message : sent) {
      if (message.value("method", "") == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri(name))
        found = message["params"]["diagnostics"];
    }
    return found;
  }
  /// Applies the edits of a WorkspaceEdit to the texts of the files and gives those.
  std::string applied(const json& workspace_edit, const std::string& name) {
    std::string text = texts[path(name)];
    for (const json& document : workspace_edit["documentChanges"]) {
      if (document["textDocument"]["uri"] != uri(name)) continue;
      text = with_edits(text, document["edits"]);
    }
    return text;
  }
  static std::string with_edits(std::string text, const json& edits) {
    const std::string old = text;
    const language_server::LineIndex lines(old);
    for (std::size_t i = edits.size(); i-- > 0;) {  // they are in the order of the text
      const auto offset = [&](const json& place) {
        return *lines.offset(
            {place["line"].template get<std::uint32_t>(), place["character"].template get<std::uint32_t>()});
      };
      const std::uint32_t start = offset(edits[i]["range"]["start"]);
      const std::uint32_t end = offset(edits[i]["range"]["end"]);
      text.replace(start, end - start, edits[i]["newText"].template get<std::string>());
    }
    return text;
  }

  TemporaryFolder folder;
  std::vector<json> sent;
  std::map<std::string, std::string> texts;  // by path
  language_server::Server server;

 private:
  int last_id_ = 0;
  int version_ = 1;
};

}  // namespace noodle::test
