// From trees to Documentation.
#include <algorithm>
#include <map>
#include <set>

#include "runtime/language_server/declarations.hpp"
#include "runtime/package/documentation.hpp"

namespace noodle::documentation {

namespace {

using check::SourceModule;
using lang::Decl;
using lang::TypeExpr;
using language_server::Declaration;
using language_server::SymbolKind;

const char* kind_text(const Declaration& declaration) {
  switch (declaration.decl->kind) {
    case Decl::Kind::func:
      return declaration.parent == Declaration::kNone ? "function" : "method";
    case Decl::Kind::enum_:
      return declaration.kind == SymbolKind::enum_case ? "case" : "enum";
    case Decl::Kind::constant:
      return "constant";
    case Decl::Kind::handler:
      return "handler";
    case Decl::Kind::constructor:
      return "constructor";
    case Decl::Kind::field:
      return "field";
    case Decl::Kind::metadata:
      return "metadata";
    default:
      return lang::keyword_of(declaration.decl->kind);
  }
}

/// The comment a file begins with, which no declaration takes.
std::string file_comment(std::string_view text) {
  std::string comment;
  while (text.starts_with("//") && !text.starts_with("///")) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(2, end - 2);
    if (line.starts_with(' ')) line.remove_prefix(1);
    while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    comment += std::string(line) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return comment;
}

/// Name of a page: letters, digits, `.`, `-` and `_`, and no two alike where case does not count.
std::string slug_of(const std::string& name, std::set<std::string>& taken) {
  std::string slug;
  for (const char c : name) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    slug += plain ? c : '_';
  }
  if (slug.empty() || slug.front() == '.') slug = "module" + slug;
  const auto lower = [](std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    return text;
  };
  std::string unique = slug;
  for (int number = 2; !taken.insert(lower(unique)).second; ++number) unique = slug + "-" + std::to_string(number);
  return unique;
}

class Extractor {
 public:
  Extractor(const std::vector<std::shared_ptr<SourceModule>>& modules, const std::string& title,
            const std::vector<std::string>& everywhere)
      : modules_(modules), everywhere_(everywhere) {
    std::set<std::string> taken{"index", "search"};
    for (const auto& module : modules) {
      ModulePage& page = result_.modules.emplace_back();
      page.name = module->name.empty() ? title : module->name;
      page.path = module->source->path();
      page.slug = slug_of(page.name, taken);
      slugs_[module->name] = page.slug;
      for (const Decl* decl : module->ast->decls) {
        if (lang::declares_type(decl->kind)) types_[module->name].insert(decl->name.text);
      }
    }
    result_.title = title;
  }

  Documentation run() {
    for (std::size_t i = 0; i < modules_.size(); ++i) page(*modules_[i], result_.modules[i]);
    return std::move(result_);
  }

 private:
  void page(const SourceModule& module, ModulePage& page) {
    module_ = &module;
    imports_.clear();
    bool exports = false;
    for (const Decl* decl : module.ast->decls) {
      exports = exports || decl->is_export;
      if (decl->kind == Decl::Kind::import) import(*decl);
      if (decl->kind == Decl::Kind::requires_) add_capabilities(*decl, page.requires_);
    }
    page.comment = file_comment(module.source->text());
    const std::vector<Declaration> all = language_server::declarations_of(*module.ast);
    std::map<std::size_t, std::vector<std::size_t>> members;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (is_shown(all, i, exports)) members[all[i].parent].push_back(i);
    }
    for (const std::size_t i : members[Declaration::kNone]) page.entries.push_back(entry(all, i, members, nullptr));
  }

  static bool is_shown(const std::vector<Declaration>& all, std::size_t i, bool only_exports) {
    const Declaration& declaration = all[i];
    const Decl& decl = *declaration.decl;
    if (declaration.is_param || declaration.is_import || decl.kind == Decl::Kind::test) return false;
    if (decl.is_private || declaration.name.starts_with('$')) return false;
    if (declaration.parent == Declaration::kNone) return !only_exports || decl.is_export;
    // Fields in the header are shown there.
    return all[declaration.parent].decl != &decl || declaration.kind == SymbolKind::enum_case;
  }

  Entry entry(const std::vector<Declaration>& all, std::size_t i,
              const std::map<std::size_t, std::vector<std::size_t>>& members, const Entry* parent) {
    const Declaration& declaration = all[i];
    const lang::SourceFile& source = *module_->source;
    Entry made;
    made.kind = kind_text(declaration);
    made.name = std::string(declaration.name);
    made.anchor = parent ? parent->anchor + "." + made.name : made.name;
    made.is_export = parent ? parent->is_export : declaration.decl->is_export;
    made.line = source.position(declaration.name_span.start).line;
    made.comment = language_server::doc_text(declaration.doc);
    if (!declaration.doc.empty()) {
      const auto start = static_cast<std::uint32_t>(declaration.doc.data() - source.text().data());
      made.comment_line = source.position(start).line;
    }
    made.signature = signature(declaration);
    if (declaration.kind != SymbolKind::enum_case) notes(*declaration.decl, made);
    if (const auto found = members.find(i); found != members.end()) {
      for (const std::size_t member : found->second) made.members.push_back(entry(all, member, members, &made));
    }
    return made;
  }

  void notes(const Decl& decl, Entry& made) const {
    for (const lang::Attribute& attribute : decl.attributes) {
      if (attribute.name.text == "property") made.notes.emplace_back("property");
      if (attribute.name.text != "cap") continue;
      for (const lang::Arg& argument : attribute.args) {
        if (argument.value) made.notes.push_back("needs the capability `" + std::string(argument.value->text) + "`");
      }
    }
    std::vector<std::string> capabilities;
    for (const Decl* member : decl.members) {
      if (member->kind == Decl::Kind::requires_) add_capabilities(*member, capabilities);
    }
    for (const std::string& name : capabilities) made.notes.push_back("needs the capability `" + name + "`");
  }

  static void add_capabilities(const Decl& decl, std::vector<std::string>& names) {
    for (const lang::CapabilityUse& use : decl.capabilities) names.push_back(use.name);
  }

  void import(const Decl& decl) {
    if (decl.path.empty()) return;
    std::string path;
    for (const lang::Name& name : decl.path) path += (path.empty() ? "" : ".") + std::string(name.text);
    imports_[decl.alias.text.empty() ? decl.path.back().text : decl.alias.text] = path;
  }

  /// The header on one line, cut where types stand that have a page.
  std::vector<Piece> signature(const Declaration& declaration) const {
    const Decl& decl = *declaration.decl;
    std::vector<std::pair<lang::Span, std::string>> links;
    const auto add = [&](const TypeExpr* type) { collect(type, links); };
    for (const lang::TypeParam& param : decl.type_params) add(param.bound);
    for (const lang::Param& param : decl.params) add(param.type);
    for (const Decl::Case& item : decl.cases) {
      for (const lang::Param& param : item.params) add(param.type);
    }
    add(decl.type);
    add(decl.base);
    for (const TypeExpr* type : decl.interfaces) add(type);
    std::sort(links.begin(), links.end(), [](const auto& a, const auto& b) { return a.first.start < b.first.start; });
    std::vector<Piece> pieces;
    std::uint32_t at = declaration.header.start;
    for (const auto& [span, target] : links) {
      if (span.start < at || span.end > declaration.header.end) continue;
      plain(at, span.start, pieces);
      pieces.push_back({std::string(module_->source->text({span.start, span.end})), target});
      at = span.end;
    }
    plain(at, declaration.header.end, pieces);
    trim(pieces);
    return pieces;
  }

  void plain(std::uint32_t start, std::uint32_t end, std::vector<Piece>& pieces) const {
    std::string text;
    for (const char c : module_->source->text({start, end})) {
      const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
      const bool follows = text.empty() ? pieces.empty() : text.back() == ' ';
      if (!blank || !follows) text += blank ? ' ' : c;
    }
    if (!text.empty()) pieces.push_back({text, {}});
  }

  static void trim(std::vector<Piece>& pieces) {
    if (!pieces.empty() && pieces.front().target.empty() && pieces.front().text.starts_with("export "))
      pieces.front().text.erase(0, 7);
    while (!pieces.empty() && pieces.back().target.empty()) {
      std::string& last = pieces.back().text;
      while (last.ends_with(' ') || last.ends_with(';')) last.pop_back();
      if (!last.empty()) return;
      pieces.pop_back();
    }
  }

  void collect(const TypeExpr* type, std::vector<std::pair<lang::Span, std::string>>& links) const {
    if (!type) return;
    if (type->kind == TypeExpr::Kind::named && !type->path.empty()) {
      const std::string target = target_of(type->path);
      if (!target.empty()) links.push_back({{type->path.front().span.start, type->path.back().span.end}, target});
    }
    for (const TypeExpr* argument : type->args) collect(argument, links);
    collect(type->inner, links);
  }

  /// Where a type is declared, if it has a page.
  std::string target_of(const std::vector<lang::Name>& path) const {
    const std::string_view name = path.back().text;
    if (path.size() == 1) {
      if (has_type(module_->name, name)) return slugs_.at(module_->name) + "#" + std::string(name);
      for (const std::string& module : everywhere_) {
        if (has_type(module, name)) return slugs_.at(module) + "#" + std::string(name);
      }
      return {};
    }
    const auto found = imports_.find(path.front().text);
    if (path.size() != 2 || found == imports_.end() || !has_type(found->second, name)) return {};
    return slugs_.at(found->second) + "#" + std::string(name);
  }

  bool has_type(const std::string& module, std::string_view name) const {
    const auto found = types_.find(module);
    return found != types_.end() && found->second.contains(name);
  }

  const std::vector<std::shared_ptr<SourceModule>>& modules_;
  const std::vector<std::string>& everywhere_;
  Documentation result_;
  std::map<std::string, std::string> slugs_;                 // by name of the module
  std::map<std::string, std::set<std::string_view>> types_;  // by name of the module
  const SourceModule* module_ = nullptr;
  std::map<std::string_view, std::string> imports_;  // of the module
};

void find_undocumented(const std::string& path, const std::vector<Entry>& entries, std::vector<Undocumented>& found) {
  for (const Entry& entry : entries) {
    if (!entry.is_export) continue;
    const bool counts =
        entry.kind != "field" && entry.kind != "case" && entry.kind != "constructor" && entry.kind != "metadata";
    if (counts && entry.comment.empty()) found.push_back({path, entry.anchor, entry.kind, entry.line});
    find_undocumented(path, entry.members, found);
  }
}

}  // namespace

Documentation document(const std::vector<std::shared_ptr<SourceModule>>& modules, const std::string& title,
                       const std::vector<std::string>& everywhere) {
  return Extractor(modules, title, everywhere).run();
}

std::vector<Undocumented> undocumented(const Documentation& documentation) {
  std::vector<Undocumented> found;
  for (const ModulePage& module : documentation.modules) find_undocumented(module.path, module.entries, found);
  return found;
}

}  // namespace noodle::documentation
