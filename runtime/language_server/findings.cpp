#include "runtime/language_server/findings.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/base/json_dump.hpp"
#include "runtime/lang/lint.hpp"
#include "runtime/language_server/message.hpp"
#include "runtime/language_server/uri.hpp"

namespace noodle::language_server {
namespace {

using nlohmann::json;

enum Severity { kError = 1, kWarning = 2 };
enum Tag { kUnnecessary = 1 };

bool is_unnecessary(Code code) {
  return code == Code::unused_local || code == Code::unused_import || code == Code::unreachable_code;
}

}  // namespace

std::vector<lang::Diagnostic> lint_of(const Document& document) {
  if (!document.parsed->diagnostics.empty()) return {};
  return lang::lint(*document.parsed->ast);
}

std::string diagnostic_json(const lang::Diagnostic& found, Locator& locator) {
  std::string message = found.message;
  if (!found.suggestion.empty()) message += "\nhelp: " + found.suggestion;
  if (!found.note.empty() && !found.note_file) message += "\nnote: " + found.note;
  const auto code = static_cast<int>(found.code);
  json item{{"range", locator.range(*found.file, found.span)},
            {"severity", found.severity == lang::Severity::error ? kError : kWarning},
            {"code", code},
            {"codeDescription", {{"href", "noodle-explain:/" + std::to_string(code)}}},
            {"source", "noodle"},
            {"message", message}};
  if (!found.note.empty() && found.note_file) {
    item["relatedInformation"] =
        json::array({{{"location", locator.location({found.note_file, found.note_span})}, {"message", found.note}}});
  }
  if (is_unnecessary(found.code)) item["tags"] = json::array({kUnnecessary});
  return dump_json(item);
}

void Publisher::send(const std::string& uri, const Document* document, const std::string& diagnostics) {
  const std::string version = document ? std::to_string(document->version) : "";
  std::string& last = last_[uri];
  if (last == version + diagnostics) return;
  last = version + diagnostics;
  send_(notification("textDocument/publishDiagnostics", "{\"uri\":" + dump_json(uri) +
                                                            (document ? ",\"version\":" + version : "") +
                                                            ",\"diagnostics\":" + diagnostics + "}"));
  if (!document && diagnostics == "[]") last_.erase(uri);
}

void Publisher::publish(Workspace& workspace, const Workspace::Package& package, const Analysis& analysis,
                        const std::set<std::string>& only) {
  Documents& documents = workspace.documents();
  Locator locator(documents);
  std::map<std::string, std::string> by_path;  // findings, joined
  const auto add = [&](const lang::Diagnostic& found) {
    if (!found.file) return;
    const std::string& path = found.file->path();
    if (!path.starts_with('/') && !documents.find(path)) return;
    if (!only.empty() && only.count(path) == 0) return;
    std::string& list = by_path[path];
    list += (list.empty() ? "" : ",") + diagnostic_json(found, locator);
  };
  for (const lang::Diagnostic& found : analysis.diagnostics()) add(found);
  for (const auto& [path, document] : documents.open_documents()) {
    if (!analysis.module_at(path) || workspace.package_of(path) != package.path) continue;
    if (!only.empty() && only.count(path) == 0) continue;
    by_path.try_emplace(path);
    for (const lang::Diagnostic& found : lint_of(document)) add(found);
  }
  std::set<std::string>& shown = shown_[package.path];
  if (only.empty()) {
    for (const std::string& uri : shown) {
      const std::string path = path_of(uri);
      if (by_path.count(path) == 0) send(uri, documents.find(path), "[]");
    }
    shown.clear();
  }
  for (const auto& [path, list] : by_path) {
    // A dependency that is open itself speaks for itself.
    if (workspace.package_of(path) != package.path && documents.find(path)) continue;
    const Document* document = documents.find(path);
    const std::string uri = document ? document->uri : uri_of(path);
    shown.insert(uri);
    send(uri, document, "[" + list + "]");
  }
}

void Publisher::publish_failure(Workspace& workspace, const Workspace::Package& package, const Error& error) {
  const json item{{"range", Range{}},
                  {"severity", static_cast<int>(kError)},
                  {"code", error.number()},
                  {"source", "noodle"},
                  {"message", error.message}};
  std::set<std::string>& shown = shown_[package.path];
  for (const auto& [path, document] : workspace.documents().open_documents()) {
    if (!document.is_source || workspace.package_of(path) != package.path) continue;
    shown.insert(document.uri);
    send(document.uri, &document, "[" + dump_json(item) + "]");
  }
}

bool Publisher::publish(Workspace& workspace, const Cancelled& edit_waits, const Cancelled& anything_waits) {
  bool done = true;
  std::set<std::string> open;
  for (Workspace::Package* package : workspace.open_packages()) {
    open.insert(package->path);
    if (package->published_revision == workspace.revision()) continue;
    if (!package->edited.empty() && Workspace::is_large(*package) && package->quick_revision != workspace.revision()) {
      const std::set<std::string> edited = package->edited;
      const auto quick = workspace.partial_analysis(*package, edited, edit_waits);
      if (quick && !*quick) return false;
      if (quick) publish(workspace, *package, **quick, edited);
      package->quick_revision = workspace.revision();
    }
    const auto made = workspace.complete_analysis(*package, anything_waits);
    if (made && !*made) {
      done = false;
      continue;
    }
    if (made) {
      publish(workspace, *package, **made, {});
    } else {
      publish_failure(workspace, *package, made.error());
    }
    package->published_revision = workspace.revision();
  }
  for (auto at = shown_.begin(); at != shown_.end();) {
    if (open.count(at->first) != 0) {
      ++at;
      continue;
    }
    for (const std::string& uri : at->second) {
      if (!workspace.documents().find(path_of(uri))) send(uri, nullptr, "[]");
    }
    at = shown_.erase(at);
  }
  return done;
}

}  // namespace noodle::language_server
