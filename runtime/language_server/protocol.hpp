// The language server: what an editor asks about NoodleCore sources, and the answers.
//
// The folder does no input or output: Server takes messages of the Language Server Protocol 3.17 as text and gives
// messages as text; tools/noodle/lsp.cpp carries them over stdin and stdout. Document texts are kept by Documents,
// files on disk are read through Documents too, Workspace keeps what was checked, and each feature is a function from a
// checked program and a place to an answer.
//
// This file: the structures of the protocol that features answer with, and how they look as JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace noodle::language_server {

/// Zero-based line, and UTF-16 code units into it.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t character = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

struct Range {
  Position start, end;
  friend bool operator==(const Range&, const Range&) = default;
};

struct Location {
  std::string uri;
  Range range;
  friend bool operator==(const Location&, const Location&) = default;
};

struct TextEdit {
  Range range;
  std::string new_text;
  friend bool operator==(const TextEdit&, const TextEdit&) = default;
};

struct DocumentEdits {
  std::string uri;
  std::optional<std::int64_t> version;
  std::vector<TextEdit> edits;
};

struct Hover {
  std::string markdown;
  Range range;
};

/// The numbers are those of the protocol (SymbolKind).
enum class SymbolKind : std::uint8_t {
  module = 2,
  class_ = 5,
  method = 6,
  property = 7,
  field = 8,
  constructor = 9,
  enum_ = 10,
  interface = 11,
  function = 12,
  variable = 13,
  constant = 14,
  enum_case = 22,
  record = 23,
  handler = 24,
  type_parameter = 26
};

struct DocumentSymbol {
  std::string name, detail;
  SymbolKind kind{};
  Range range, selection;
  std::vector<DocumentSymbol> children;
};

struct CompletionItem {
  enum class Kind : std::uint8_t {
    method = 2,
    function = 3,
    constructor = 4,
    field = 5,
    variable = 6,
    class_ = 7,
    interface = 8,
    module = 9,
    property = 10,
    enum_ = 13,
    keyword = 14,
    enum_case = 20,
    constant = 21,
    record = 22,
    handler = 23,
    type_parameter = 25
  };
  std::string label;
  Kind kind{};
  std::string detail, documentation;
  std::string sort_text;
};

struct Signature {
  std::string label;
  std::string documentation;
  std::vector<std::string> parameters;  // parts of the label
  std::uint32_t active = 0;
};

struct CodeAction {
  std::string title;
  std::vector<DocumentEdits> edits;
  bool preferred = false;
};

// As JSON; templates, so that only who writes JSON needs the library.

template <class Json>
void to_json(Json& out, const Position& at) {
  out = Json{{"line", at.line}, {"character", at.character}};
}

template <class Json>
void to_json(Json& out, const Range& range) {
  out = Json{{"start", range.start}, {"end", range.end}};
}

template <class Json>
void to_json(Json& out, const Location& location) {
  out = Json{{"uri", location.uri}, {"range", location.range}};
}

template <class Json>
void to_json(Json& out, const TextEdit& edit) {
  out = Json{{"range", edit.range}, {"newText", edit.new_text}};
}

template <class Json>
void to_json(Json& out, const Hover& hover) {
  out = Json{{"contents", {{"kind", "markdown"}, {"value", hover.markdown}}}, {"range", hover.range}};
}

template <class Json>
void to_json(Json& out, const DocumentSymbol& symbol) {
  out = Json{{"name", symbol.name},
             {"kind", static_cast<int>(symbol.kind)},
             {"range", symbol.range},
             {"selectionRange", symbol.selection}};
  if (!symbol.detail.empty()) out["detail"] = symbol.detail;
  if (!symbol.children.empty()) out["children"] = symbol.children;
}

template <class Json>
void to_json(Json& out, const CompletionItem& item) {
  out = Json{{"label", item.label}, {"kind", static_cast<int>(item.kind)}};
  if (!item.detail.empty()) out["detail"] = item.detail;
  if (!item.documentation.empty()) out["documentation"] = {{"kind", "markdown"}, {"value", item.documentation}};
  if (!item.sort_text.empty()) out["sortText"] = item.sort_text;
}

/// `changes` as `documentChanges`, so that an editor sees which versions are meant.
template <class Json>
Json workspace_edit(const std::vector<DocumentEdits>& documents) {
  Json changes = Json::array();
  for (const DocumentEdits& document : documents) {
    Json identifier{{"uri", document.uri}, {"version", nullptr}};
    if (document.version) identifier["version"] = *document.version;
    changes.push_back({{"textDocument", identifier}, {"edits", document.edits}});
  }
  return Json{{"documentChanges", changes}};
}

}  // namespace noodle::language_server
