#include "runtime/language_server/handlers.hpp"

#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "runtime/base/json_dump.hpp"
#include "runtime/lang/format.hpp"
#include "runtime/language_server/features.hpp"
#include "runtime/language_server/findings.hpp"
#include "runtime/language_server/uri.hpp"
#include "runtime/stdlib/embedded.hpp"

namespace noodle::language_server {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(std::string message, Problem code = Problem::invalid_params) {
  throw Failure{code, std::move(message)};
}

Failure failure_of(const Error& error) {
  return {Problem::request_failed, error.message};
}

const json& field(const json& value, const char* name) {
  if (!value.is_object() || !value.contains(name)) refuse("`" + std::string(name) + "` is missing");
  return value[name];
}

std::string text_field(const json& value, const char* name) {
  const json& found = field(value, name);
  if (!found.is_string()) refuse("`" + std::string(name) + "` is a string");
  return found.get<std::string>();
}

std::int64_t number_field(const json& value, const char* name) {
  const json& found = field(value, name);
  if (!found.is_number_integer()) refuse("`" + std::string(name) + "` is a whole number");
  return found.get<std::int64_t>();
}

std::uint32_t count_field(const json& value, const char* name) {
  const std::int64_t number = number_field(value, name);
  if (number < 0 || number > std::numeric_limits<std::int32_t>::max())
    refuse("`" + std::string(name) + "` is a number from 0 to 2147483647, not " + std::to_string(number));
  return static_cast<std::uint32_t>(number);
}

Position position_of(const json& value) {
  return {count_field(value, "line"), count_field(value, "character")};
}

Range range_of(const json& value) {
  return {position_of(field(value, "start")), position_of(field(value, "end"))};
}

/// The document that a request is about, and where.
struct Asked {
  Workspace& workspace;
  const json& params;
  const Cancelled& cancelled;

  const Document& document() const {
    const std::string uri = text_field(field(params, "textDocument"), "uri");
    const Document* found = workspace.documents().find(path_of(uri));
    if (!found) refuse("`" + uri + "` is not open");
    if (!found->is_source) refuse("`" + uri + "` is no NoodleCore source");
    return *found;
  }
  static std::uint32_t offset(const Document& document, Position at) {
    const LineIndex lines(document.text());
    const auto found = lines.offset(at);
    if (!found) {
      refuse("line " + std::to_string(at.line) + " is outside `" + document.uri + "`, which has " +
             std::to_string(lines.line_count()) + " lines");
    }
    return *found;
  }
  std::uint32_t offset() const { return offset(document(), position_of(field(params, "position"))); }

  Query query(std::uint32_t at, bool complete = false) const {
    const Document& asked = document();
    const auto analysis = workspace.analysis(asked.path, complete, cancelled);
    if (!analysis) throw failure_of(analysis.error());
    if (!*analysis) refuse("cancelled", Problem::cancelled);
    const check::SourceModule* module = (*analysis)->module_at(asked.path);
    if (!module) refuse("`" + asked.uri + "` is no module of its package", Problem::request_failed);
    return {workspace, *analysis, *module, at};
  }
};

json hover(const Asked& asked) {
  const auto found = hover(asked.query(asked.offset()));
  return found ? json(*found) : json();
}

json definition(const Asked& asked) {
  const auto found = definition(asked.query(asked.offset()));
  const bool shown = found && (asked.workspace.shows_library || !found->uri.starts_with(kLibraryScheme));
  return shown ? json(*found) : json();
}

json references(const Asked& asked) {
  const json& context = field(asked.params, "context");
  const bool with_declaration = context.is_object() && context.value("includeDeclaration", false);
  return references(asked.query(asked.offset(), true), with_declaration);
}

json highlights(const Asked& asked) {
  json list = json::array();
  for (const Range& range : highlights(asked.query(asked.offset()))) list.push_back({{"range", range}});
  return list;
}

json prepare_rename(const Asked& asked) {
  const Query query = asked.query(asked.offset());
  const auto renamed = prepare_rename(query);
  if (!renamed) throw failure_of(renamed.error());
  return {{"range", LineIndex(query.file().text()).range(renamed->span)}, {"placeholder", renamed->name}};
}

json rename(const Asked& asked) {
  const std::string new_name = text_field(asked.params, "newName");
  const auto edits = rename(asked.query(asked.offset(), true), new_name, asked.cancelled);
  if (!edits) throw failure_of(edits.error());
  return workspace_edit<json>(*edits);
}

json completion(const Asked& asked) {
  return complete(asked.workspace, asked.document().path, asked.offset(), asked.cancelled);
}

json signature_help(const Asked& asked) {
  const auto found = signature_help(asked.query(asked.offset()));
  if (!found) return nullptr;
  json parameters = json::array();
  for (const std::string& parameter : found->parameters) parameters.push_back({{"label", parameter}});
  json signature{{"label", found->label}, {"parameters", parameters}};
  if (!found->documentation.empty())
    signature["documentation"] = {{"kind", "markdown"}, {"value", found->documentation}};
  return {{"signatures", json::array({signature})}, {"activeSignature", 0}, {"activeParameter", found->active}};
}

json symbols(const Asked& asked) {
  return document_symbols(asked.query(0));
}

json tokens(const Asked& asked) {
  return {{"data", semantic_tokens(asked.query(0))}};
}

/// One edit of the lines that differ.
json formatting(const Asked& asked) {
  const Document& document = asked.document();
  const std::string_view old = document.text();
  for (const lang::Diagnostic& found : document.parsed->diagnostics) {
    if (found.severity != lang::Severity::error) continue;
    refuse("cannot format what does not parse: line " + std::to_string(found.file->position(found.span.start).line) +
               ": " + found.message,
           Problem::request_failed);
  }
  const std::string made = lang::format(*document.parsed->ast);
  if (made == old) return json::array();
  std::size_t start = 0;
  const std::size_t shorter = std::min(old.size(), made.size());
  while (start < shorter && old[start] == made[start]) ++start;
  const std::size_t line = start == 0 ? std::string_view::npos : old.rfind('\n', start - 1);
  start = line == std::string_view::npos ? 0 : line + 1;
  std::size_t tail = 0, whole_lines = 0;
  while (tail < shorter - start && old[old.size() - 1 - tail] == made[made.size() - 1 - tail]) {
    if (old[old.size() - 1 - tail] == '\n') whole_lines = tail;
    ++tail;
  }
  const lang::Span span{static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(old.size() - whole_lines)};
  const TextEdit edit{LineIndex(old).range(span), made.substr(start, made.size() - whole_lines - start)};
  return json::array({edit});
}

json code_actions(const Asked& asked) {
  const Document& document = asked.document();
  const Range range = range_of(field(asked.params, "range"));
  const lang::Span span{Asked::offset(document, range.start), Asked::offset(document, range.end)};
  const Query query = asked.query(span.start);
  const std::vector<lang::Diagnostic> lint = lint_of(document);
  Locator locator(asked.workspace.documents());
  json list = json::array();
  for (const ActionFor& item : code_actions(query, span, lint)) {
    json action{{"title", item.action.title},
                {"kind", "quickfix"},
                {"diagnostics", json::array({json::parse(diagnostic_json(*item.diagnostic, locator))})},
                {"edit", workspace_edit<json>(item.action.edits)}};
    if (item.action.preferred) action["isPreferred"] = true;
    list.push_back(std::move(action));
  }
  return list;
}

json library_text(const Asked& asked) {
  const std::string path = path_of(text_field(asked.params, "uri"));
  for (const EmbeddedFile* file = noodle_stdlib_files; !file->name.empty(); ++file) {
    if (path == "std:" + std::string(file->name)) return {{"text", file->text}};
  }
  refuse("no file of the standard library: `" + path + "`");
}

using Handler = json (*)(const Asked&);

const std::map<std::string, Handler, std::less<>>& handlers() {
  static const std::map<std::string, Handler, std::less<>> table = {
      {"textDocument/hover", hover},
      {"textDocument/definition", definition},
      {"textDocument/references", references},
      {"textDocument/documentHighlight", highlights},
      {"textDocument/prepareRename", prepare_rename},
      {"textDocument/rename", rename},
      {"textDocument/completion", completion},
      {"textDocument/signatureHelp", signature_help},
      {"textDocument/documentSymbol", symbols},
      {"textDocument/semanticTokens/full", tokens},
      {"textDocument/formatting", formatting},
      {"textDocument/codeAction", code_actions},
      {"noodle/libraryText", library_text},
  };
  return table;
}

std::vector<Change> changes_of(const json& list) {
  if (!list.is_array()) refuse("`contentChanges` is a list");
  std::vector<Change> changes;
  for (const json& item : list) {
    Change change{std::nullopt, text_field(item, "text")};
    if (item.contains("range")) change.range = range_of(item["range"]);
    changes.push_back(std::move(change));
  }
  return changes;
}

Result<void> take(Workspace& workspace, const std::string& method, const json& params) {
  Documents& documents = workspace.documents();
  if (method == "workspace/didChangeWatchedFiles" || method == "textDocument/didSave") {
    workspace.changed({});
    return {};
  }
  if (!method.starts_with("textDocument/did")) return {};
  const json& document = field(params, "textDocument");
  const std::string uri = text_field(document, "uri");
  Result<void> done;
  if (method == "textDocument/didOpen") {
    const std::string language = document.contains("languageId") ? text_field(document, "languageId") : "noodle";
    done = documents.open(uri, number_field(document, "version"), text_field(document, "text"), language);
  } else if (method == "textDocument/didChange") {
    done = documents.change(uri, number_field(document, "version"), changes_of(field(params, "contentChanges")));
    if (done) workspace.changed(path_of(uri));
    return done;
  } else if (method == "textDocument/didClose") {
    done = documents.close(uri);
  }
  if (done) workspace.changed({});
  return done;
}

}  // namespace

std::optional<Answer> answer_request(Workspace& workspace, const std::string& method, const std::string& params,
                                     const Cancelled& cancelled) {
  const auto handler = handlers().find(method);
  if (handler == handlers().end()) return std::nullopt;
  try {
    const json value = json::parse(params);
    return dump_json(handler->second({workspace, value, cancelled}));
  } catch (const Failure& failure) {
    return failure;
  } catch (const json::exception& problem) {
    return Failure{Problem::invalid_params, problem.what()};
  }
}

std::optional<Failure> take_notification(Workspace& workspace, const std::string& method, const std::string& params) {
  try {
    const auto done = take(workspace, method, json::parse(params));
    if (!done) return failure_of(done.error());
  } catch (const Failure& failure) {
    return failure;
  } catch (const json::exception& problem) {
    return Failure{Problem::invalid_params, problem.what()};
  }
  return std::nullopt;
}

}  // namespace noodle::language_server
