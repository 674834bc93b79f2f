// Completion: the document is checked with a name put where the cursor is, so that what stands before it is understood.
#include <algorithm>
#include <set>

#include "runtime/check/hir.hpp"
#include "runtime/lang/lexer.hpp"
#include "runtime/language_server/features.hpp"
#include "runtime/stdlib/embedded.hpp"

namespace noodle::language_server {
namespace {

using Kind = CompletionItem::Kind;

constexpr std::string_view kPlaceholder = "completion_place";

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

Kind kind_of(const Description& described) {
  switch (described.kind) {
    case SymbolKind::module:
      return Kind::module;
    case SymbolKind::class_:
      return Kind::class_;
    case SymbolKind::method:
      return Kind::method;
    case SymbolKind::property:
      return Kind::property;
    case SymbolKind::field:
      return Kind::field;
    case SymbolKind::constructor:
      return Kind::constructor;
    case SymbolKind::enum_:
      return Kind::enum_;
    case SymbolKind::interface:
      return Kind::interface;
    case SymbolKind::function:
      return Kind::function;
    case SymbolKind::constant:
      return Kind::constant;
    case SymbolKind::enum_case:
      return Kind::enum_case;
    case SymbolKind::record:
      return Kind::record;
    case SymbolKind::handler:
      return Kind::handler;
    case SymbolKind::type_parameter:
      return Kind::type_parameter;
    case SymbolKind::variable:
      break;
  }
  return Kind::variable;
}

/// In text where no names are written: comments, Strings, the text of templates.
bool is_quiet(const lang::SourceFile& source, std::uint32_t offset) {
  lang::Diagnostics diagnostics;
  lang::TokenList list;
  lang::lex(source, diagnostics, list);
  const auto inside = [offset](lang::Span span) { return span.start < offset && offset < span.end; };
  for (const lang::Comment& comment : list.comments) {
    const bool line = source.text(comment.span).starts_with("//");
    if (inside(comment.span) || (line && offset == comment.span.end)) return true;
  }
  for (const lang::DocComment& doc : list.docs) {
    if (inside(doc.span) || offset == doc.span.end) return true;
  }
  return std::any_of(list.tokens.begin(), list.tokens.end(), [&](const lang::Token& token) {
    return (token.kind == lang::Tok::string_lit || token.kind == lang::Tok::template_text) && inside(token.span());
  });
}

class Items {
 public:
  explicit Items(const Analysis& analysis) : analysis_(analysis) {}
  std::vector<CompletionItem> take() { return std::move(items_); }

  void add(std::string_view name, const Description& described, char order) {
    if (name.empty() || name[0] == '$' || name == kPlaceholder || !seen_.emplace(name).second) return;
    CompletionItem item;
    item.label = std::string(name);
    item.kind = kind_of(described);
    item.detail = described.header;
    item.documentation = described.doc;
    item.sort_text = order + std::string(name);
    items_.push_back(std::move(item));
  }
  void add(std::string_view name, Kind kind, char order) {
    if (!seen_.emplace(name).second) return;
    CompletionItem item;
    item.label = std::string(name);
    item.kind = kind;
    item.sort_text = order + item.label;
    items_.push_back(std::move(item));
  }
  void add_members(const check::Type* type, bool of_type, bool with_private, char order) {
    for (const check::MemberName& member : check::members(analysis_.program(), type, of_type, with_private)) {
      if (member.declared.file) add(member.name, analysis_.describe(member.declared), order);
    }
  }
  void add_declarations(const lang::SourceFile& file, bool exported, char order) {
    for (const Declaration& item : analysis_.declarations(file)) {
      if (item.parent != Declaration::kNone || item.decl->kind == lang::Decl::Kind::test) continue;
      if (exported && (item.is_import || !item.decl->is_export)) continue;
      add(item.name, analysis_.describe({&file, item.name_span}), order);
    }
  }

 private:
  const Analysis& analysis_;
  std::vector<CompletionItem> items_;
  std::set<std::string, std::less<>> seen_;
};

bool is_library_scope(const lang::SourceFile& file) {
  return file.path().starts_with("std:prelude") || file.path() == "std:host.nci";
}

const check::HClass* class_around(const Analysis& analysis, const lang::SourceFile& file, std::uint32_t offset) {
  for (const check::HClass& cls : analysis.program().classes) {
    if (cls.file == &file && cls.decl && cls.decl->span.start <= offset && offset <= cls.decl->span.end) return &cls;
  }
  return nullptr;
}

/// The path typed so far when the cursor is behind `import`.
std::optional<std::string> import_path(std::string_view text, std::uint32_t offset) {
  const std::size_t start = text.find_last_of('\n', offset == 0 ? 0 : offset - 1);
  std::string_view line = text.substr(start == std::string_view::npos ? 0 : start + 1);
  line = line.substr(0, offset - static_cast<std::size_t>(line.data() - text.data()));
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  if (!line.starts_with("import ") && !line.starts_with("import\t")) return std::nullopt;
  line.remove_prefix(7);
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  const bool path = std::all_of(line.begin(), line.end(), [](char c) { return is_word(c) || c == '.'; });
  if (!path) return std::nullopt;
  return std::string(line);
}

std::vector<CompletionItem> modules(const Analysis& analysis, const std::string& typed) {
  std::set<std::string> paths;
  for (const EmbeddedFile* file = noodle_stdlib_files; !file->name.empty(); ++file) {
    if (file->name.starts_with("std.")) paths.emplace(file->name.substr(0, file->name.rfind('.')));
  }
  for (const auto& module : analysis.loaded().modules) paths.insert(module->name);
  for (const auto& dependency : analysis.loaded().manifest.dependencies) paths.insert(dependency.name);
  const std::size_t dot = typed.rfind('.');
  const std::string base = dot == std::string::npos ? "" : typed.substr(0, dot + 1);
  Items items(analysis);
  for (const std::string& path : paths) {
    if (!path.starts_with(base) || path.size() == base.size()) continue;
    const std::string rest = path.substr(base.size());
    items.add(rest.substr(0, rest.find('.')), Kind::module, '0');
  }
  return items.take();
}

void add_names(Items& items, const Analysis& analysis, const package::ParsedSource& parsed, std::uint32_t offset) {
  const lang::SourceFile& file = *parsed.source;
  std::vector<lang::Name> locals = locals_at(*parsed.ast, offset);
  std::reverse(locals.begin(), locals.end());  // the innermost of a name counts
  for (const lang::Name& local : locals) items.add(local.text, analysis.describe({&file, local.span}), '0');
  if (const check::HClass* cls = class_around(analysis, file, offset)) {
    items.add_members(cls->self_type, false, true, '1');
    items.add_members(cls->self_type, true, true, '1');
    for (const lang::TypeParam& param : cls->decl->type_params) {
      items.add(param.name.text, analysis.describe({&file, param.name.span}), '1');
    }
  }
  items.add_declarations(file, false, '2');
  for (const lang::SourceFile* library : analysis.program().files) {
    if (is_library_scope(*library)) items.add_declarations(*library, false, '3');
  }
  for (auto kind = static_cast<int>(lang::Tok::kw_import); kind < static_cast<int>(lang::Tok::l_paren); ++kind) {
    const std::string_view word = lang::spelling(static_cast<lang::Tok>(kind));
    if (!word.empty()) items.add(word, Kind::keyword, '4');
  }
}

}  // namespace

std::vector<CompletionItem> complete(Workspace& workspace, const std::string& path, std::uint32_t offset,
                                     const Cancelled& cancelled) {
  const Document* document = workspace.documents().find(path);
  if (document == nullptr || is_quiet(*document->parsed->source, offset)) return {};
  std::string text(document->text());
  std::uint32_t start = offset, end = offset;
  while (start > 0 && is_word(text[start - 1])) --start;
  while (end < text.size() && is_word(text[end])) ++end;
  const std::optional<std::string> import = import_path(text, offset);
  // With `;` a statement that is being written does not take in the next line.
  std::string name(kPlaceholder);
  if (const std::size_t next = text.find_first_not_of(" \t", end); next == std::string::npos || text[next] == '\n')
    name += ';';
  text.replace(start, end - start, name);
  const Documents::Override changed(workspace.documents(), path, std::move(text));
  const auto made = workspace.trial(path, {{path}, path, cancelled});
  if (!made || !*made) return {};
  const Analysis& analysis = **made;
  if (import) return modules(analysis, *import);
  Items items(analysis);
  const lang::SourceFile& file = *changed.parsed().source;
  const bool member = start > 0 && file.text()[start - 1] == '.';
  if (!member) {
    add_names(items, analysis, changed.parsed(), start);
    return items.take();
  }
  const auto* receiver = analysis.receiver_at(start);
  if (receiver == nullptr) return {};
  if (receiver->module) {
    items.add_declarations(*receiver->module, true, '0');
  } else if (!receiver->type->has_error) {
    const check::HClass* around = class_around(analysis, file, start);
    items.add_members(receiver->type, receiver->is_type, around && around == receiver->type->decl, '0');
  }
  return items.take();
}

}  // namespace noodle::language_server
