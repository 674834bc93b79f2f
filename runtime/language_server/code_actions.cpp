// Ways to mend a finding: the edits that diagnostics carry, and imports of what exists elsewhere.
#include <algorithm>
#include <set>

#include "runtime/language_server/features.hpp"
#include "runtime/stdlib/embedded.hpp"

namespace noodle::language_server {
namespace {

constexpr std::size_t kMaxImports = 5;

std::string title_of(const lang::Diagnostic& found, const lang::FixIt& fix) {
  const std::string old(found.file->text(fix.span));
  if (fix.replacement.empty()) return "Remove `" + old + "`";
  if (old.empty()) return "Insert `" + fix.replacement + "`";
  return "Replace `" + old + "` by `" + fix.replacement + "`";
}

std::string last_part(const std::string& path) {
  return path.substr(path.rfind('.') + 1);
}

class Actions {
 public:
  Actions(const Query& query, const lang::Diagnostic& found)
      : query_(query), found_(found), locator_(query.workspace.documents()) {}

  std::vector<ActionFor> take() {
    for (const lang::FixIt& fix : found_.fixes) add(title_of(found_, fix), {{fix.span, fix.replacement}}, true);
    switch (found_.code) {
      case Code::unknown_name:
      case Code::unknown_type:
        imports();
        break;
      case Code::unused_import:
        remove_line();
        break;
      case Code::not_exported:
        add_export();
        break;
      default:
        break;
    }
    return std::move(actions_);
  }

 private:
  using Edits = std::vector<std::pair<lang::Span, std::string>>;

  void add(std::string title, const Edits& edits, bool preferred, const lang::SourceFile* file = nullptr) {
    const lang::SourceFile& in = file ? *file : query_.file();
    CodeAction action;
    action.title = std::move(title);
    action.preferred = preferred;
    DocumentEdits document = locator_.edits(in);
    for (const auto& [span, text] : edits) document.edits.push_back({locator_.range(in, span), text});
    action.edits.push_back(std::move(document));
    actions_.push_back({std::move(action), &found_});
  }

  /// Behind the last import, else before the first declaration and its comments.
  std::pair<lang::Span, std::string> import_edit(const std::string& path) const {
    const std::string_view text = query_.file().text();
    std::uint32_t behind = 0;
    for (const lang::Decl* decl : query_.module.ast->decls) {
      if (decl->kind == lang::Decl::Kind::import || decl->kind == lang::Decl::Kind::module) behind = decl->span.end;
    }
    if (behind == 0) {
      // A first line `#!` stays the first.
      if (text.starts_with("#!")) behind = static_cast<std::uint32_t>(std::min(text.find('\n'), text.size() - 1) + 1);
      return {{behind, behind}, "import " + path + ";\n"};
    }
    const std::size_t line_end = std::min(text.find('\n', behind), text.size());
    const auto at = static_cast<std::uint32_t>(line_end);
    return {{at, at}, "\nimport " + path + ";"};
  }

  bool imports_already(std::string_view name) const {
    const auto& all = query_.analysis->declarations(query_.file());
    return std::any_of(all.begin(), all.end(), [name](const Declaration& item) {
      return item.parent == Declaration::kNone && item.name == name;
    });
  }

  void imports() {
    const std::string name(query_.file().text(found_.span));
    std::set<std::string> paths;
    std::vector<std::string> exporters;
    for (const auto& module : query_.analysis->loaded().modules) {
      if (module->name.empty() || module->source.get() == &query_.file()) continue;
      paths.insert(module->name);
      if (exports(*module->ast, name)) exporters.push_back(module->name);
    }
    for (const EmbeddedFile* file = noodle_stdlib_files; !file->name.empty(); ++file) {
      if (!file->name.starts_with("std.")) continue;
      const std::string path(file->name.substr(0, file->name.rfind('.')));
      paths.insert(path);
      const auto parsed = query_.workspace.documents().embedded("std:" + std::string(file->name), file->text);
      if (exports(*parsed->ast, name)) exporters.push_back(path);
    }
    for (const std::string& path : paths) {
      if (last_part(path) == name) add("Import `" + path + "`", {import_edit(path)}, true);
    }
    for (const std::string& path : exporters) {
      if (actions_.size() >= kMaxImports) return;
      const std::string binding = last_part(path);
      Edits edits{{found_.span, binding + "." + name}};
      if (!imports_already(binding)) edits.insert(edits.begin(), import_edit(path));
      add("Use `" + binding + "." + name + "` of `" + path + "`", edits, false);
    }
  }

  static bool exports(const lang::Ast& ast, std::string_view name) {
    return std::any_of(ast.decls.begin(), ast.decls.end(),
                       [name](const lang::Decl* decl) { return decl->is_export && decl->name.text == name; });
  }

  void remove_line() {
    const std::string_view text = query_.file().text();
    std::uint32_t start = found_.span.start, end = found_.span.end;
    while (start > 0 && (text[start - 1] == ' ' || text[start - 1] == '\t')) --start;
    while (end < text.size() && (text[end] == ' ' || text[end] == ';' || text[end] == '\r')) ++end;
    if (end < text.size() && text[end] == '\n' && (start == 0 || text[start - 1] == '\n')) ++end;
    add("Remove the import", {{{start, end}, ""}}, true);
  }

  void add_export() {
    if (!found_.note_file || !query_.analysis->module_at(found_.note_file->path())) return;
    for (const Declaration& item : query_.analysis->declarations(*found_.note_file)) {
      if (item.parent != Declaration::kNone || item.name_span.start != found_.note_span.start) continue;
      const lang::Span at{item.header.start, item.header.start};
      add("Export `" + std::string(item.name) + "`", {{at, "export "}}, true, found_.note_file);
    }
  }

  const Query& query_;
  const lang::Diagnostic& found_;
  Locator locator_;
  std::vector<ActionFor> actions_;
};

}  // namespace

std::vector<ActionFor> code_actions(const Query& query, lang::Span span, const std::vector<lang::Diagnostic>& lint) {
  std::vector<ActionFor> all;
  const auto collect = [&](const std::vector<lang::Diagnostic>& list) {
    for (const lang::Diagnostic& found : list) {
      if (found.file != &query.file() || found.span.start > span.end || found.span.end < span.start) continue;
      for (ActionFor& action : Actions(query, found).take()) all.push_back(std::move(action));
    }
  };
  collect(query.analysis->diagnostics());
  collect(lint);
  return all;
}

}  // namespace noodle::language_server
