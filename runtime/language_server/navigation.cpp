// Where a name is declared and used, and what a file declares.
#include <algorithm>

#include "runtime/language_server/features.hpp"
#include "runtime/language_server/uri.hpp"

namespace noodle::language_server {

std::string Locator::uri(const lang::SourceFile& file) const {
  const Document* document = documents_.find(file.path());
  return document ? document->uri : uri_of(file.path());
}

Range Locator::range(const lang::SourceFile& file, lang::Span span) {
  return lines_.try_emplace(&file, file.text()).first->second.range(span);
}

DocumentEdits Locator::edits(const lang::SourceFile& file) const {
  const Document* document = documents_.find(file.path());
  DocumentEdits edits{uri(file), std::nullopt, {}};
  if (document) edits.version = document->version;
  return edits;
}

std::optional<Location> definition(const Query& query) {
  const Occurrence* at = query.analysis->occurrence_at(query.file(), query.offset);
  if (at == nullptr) return std::nullopt;
  Place target = at->target;
  // The name of an import stands for its module.
  if (target.file == &query.file() && target.span.start != at->span.start) {
    const Occurrence* import = query.analysis->occurrence_at(query.file(), target.span.start);
    if (import && import->target.span.end == 0) target = import->target;
  }
  return Locator(query.workspace.documents()).location(target);
}

std::vector<Location> references(const Query& query, bool with_declaration) {
  std::vector<Location> found;
  const Occurrence* at = query.analysis->occurrence_at(query.file(), query.offset);
  if (at == nullptr) return found;
  const std::vector<Place> family = query.analysis->family(at->target);
  Locator locator(query.workspace.documents());
  for (const auto& module : query.analysis->loaded().modules) {
    const lang::SourceFile& file = *module->source;
    for (const Occurrence& item : query.analysis->occurrences(file)) {
      if (std::find(family.begin(), family.end(), item.target) == family.end()) continue;
      const bool declares = item.target == Place{&file, item.span};
      if (!declares || with_declaration) found.push_back(locator.location({&file, item.span}));
    }
  }
  return found;
}

std::vector<Range> highlights(const Query& query) {
  std::vector<Range> found;
  const Occurrence* at = query.analysis->occurrence_at(query.file(), query.offset);
  if (at == nullptr) return found;
  const Place target = at->target;
  Locator locator(query.workspace.documents());
  for (const Occurrence& item : query.analysis->occurrences(query.file())) {
    if (item.target == target) found.push_back(locator.range(query.file(), item.span));
  }
  return found;
}

std::vector<DocumentSymbol> document_symbols(const Query& query) {
  Locator locator(query.workspace.documents());
  const lang::SourceFile& file = query.file();
  const std::vector<Declaration>& all = query.analysis->declarations(file);
  // From the last to the first: what is inside is complete when it is put into its parent.
  std::vector<DocumentSymbol> symbols(all.size());
  std::vector<DocumentSymbol> roots;
  for (std::size_t i = all.size(); i-- > 0;) {
    const Declaration& item = all[i];
    if (item.is_param || item.is_import || item.name.empty()) continue;
    DocumentSymbol& symbol = symbols[i];
    symbol.name =
        item.decl->kind == lang::Decl::Kind::test ? "test \"" + std::string(item.name) + "\"" : std::string(item.name);
    symbol.detail = header_text(file, item);
    symbol.kind = item.kind;
    symbol.range = locator.range(file, item.span);
    symbol.selection = locator.range(file, item.name_span);
    if (symbol.selection.start < symbol.range.start || symbol.range.end < symbol.selection.end)
      symbol.selection = symbol.range;
    std::reverse(symbol.children.begin(), symbol.children.end());
    auto& siblings = item.parent == Declaration::kNone ? roots : symbols[item.parent].children;
    siblings.push_back(std::move(symbol));
  }
  std::reverse(roots.begin(), roots.end());
  return roots;
}

}  // namespace noodle::language_server
