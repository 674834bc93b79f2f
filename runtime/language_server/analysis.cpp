#include "runtime/language_server/analysis.hpp"

#include <algorithm>

#include "runtime/check/hir.hpp"

namespace noodle::language_server {

Result<AnalysisPtr> Analysis::make(const std::shared_ptr<Documents>& documents, const std::string& path,
                                   const Options& options) {
  std::shared_ptr<Analysis> made(new Analysis);
  made->documents_ = documents;
  auto loaded = package::load_package(path, documents, made->diagnostics_);
  if (!loaded) return loaded.error();
  made->loaded_ = std::move(*loaded);
  if (!options.receivers_in.empty()) {
    if (const auto* module = made->module_at(options.receivers_in))
      made->references_.receivers_in = module->source.get();
  }
  check::CheckOptions check_options;
  check_options.references = &made->references_;
  check_options.cancelled = options.cancelled;
  if (!options.only.empty()) {
    check_options.wants_bodies = [&options](const check::SourceModule& module) {
      return options.only.count(module.source->path()) != 0;
    };
  }
  made->program_ = check::check(made->loaded_.modules, made->loaded_.loader, check_options, made->diagnostics_);
  if (options.cancelled && options.cancelled()) return AnalysisPtr();
  made->complete_ = options.only.empty();
  return AnalysisPtr(std::move(made));
}

const check::SourceModule* Analysis::module_at(const std::string& path) const {
  for (const auto& module : loaded_.modules) {
    if (module->source->path() == path) return module.get();
  }
  return nullptr;
}

const std::vector<Occurrence>& Analysis::occurrences(const lang::SourceFile& file) const {
  const auto [known, is_new] = occurrences_.try_emplace(&file);
  std::vector<Occurrence>& found = known->second;
  if (!is_new) return found;
  for (const auto& use : references_.uses) {
    if (use.at.file == &file) found.push_back({use.at.span, use.target});
  }
  for (const auto& local : references_.locals) {
    if (local.at.file == &file) found.push_back({local.at.span, local.at});
  }
  for (const Declaration& declaration : declarations(file)) {
    if (declaration.name_span.end > declaration.name_span.start && !declaration.is_import &&
        declaration.decl->kind != lang::Decl::Kind::test) {
      found.push_back({declaration.name_span, {&file, declaration.name_span}});
    }
  }
  const auto key = [](const Occurrence& item) {
    return std::tuple(item.span.start, item.span.end, item.target.file, item.target.span.start);
  };
  std::sort(found.begin(), found.end(), [&key](const Occurrence& a, const Occurrence& b) { return key(a) < key(b); });
  found.erase(std::unique(found.begin(), found.end(),
                          [&key](const Occurrence& a, const Occurrence& b) { return key(a) == key(b); }),
              found.end());
  return found;
}

const Occurrence* Analysis::occurrence_at(const lang::SourceFile& file, std::uint32_t offset) const {
  // A cursor stands between two characters: it may be at either end of a name.
  const Occurrence* before = nullptr;
  for (const Occurrence& item : occurrences(file)) {
    if (item.span.start > offset) break;
    if (offset < item.span.end) return &item;
    if (offset == item.span.end) before = &item;
  }
  return before;
}

const check::References::Receiver* Analysis::receiver_at(std::uint32_t offset) const {
  const check::References::Receiver* found = nullptr;
  for (const auto& receiver : references_.receivers) {
    if (receiver.at.span.start == offset && (!found || receiver.type)) found = &receiver;
  }
  return found;
}

const check::References::Local* Analysis::local_at(const Place& place) const {
  if (locals_.empty()) {
    for (const auto& local : references_.locals) locals_[local.at.file].try_emplace(local.at.span.start, &local);
  }
  const auto file = locals_.find(place.file);
  if (file == locals_.end()) return nullptr;
  const auto found = file->second.find(place.span.start);
  return found == file->second.end() ? nullptr : found->second;
}

const Analysis::DeclarationsOfFile& Analysis::declared(const lang::SourceFile& file) const {
  const auto [known, is_new] = declarations_.try_emplace(&file);
  DeclarationsOfFile& made = known->second;
  if (!is_new) return made;
  for (const auto& module : loaded_.modules) {
    if (module->source.get() == &file) made.all = declarations_of(*module->ast);
  }
  if (made.all.empty()) {
    made.parsed = documents_->tree_of(file);
    if (made.parsed) made.all = declarations_of(*made.parsed->ast);
  }
  for (std::size_t i = 0; i < made.all.size(); ++i) made.by_name.try_emplace(made.all[i].name_span.start, i);
  return made;
}

const std::vector<Declaration>& Analysis::declarations(const lang::SourceFile& file) const {
  return declared(file).all;
}

const Declaration* Analysis::declaration_at(const Place& place) const {
  const DeclarationsOfFile& of_file = declared(*place.file);
  const auto found = of_file.by_name.find(place.span.start);
  return found == of_file.by_name.end() ? nullptr : &of_file.all[found->second];
}

Description Analysis::describe(const Place& target) const {
  Description text;
  if (target.span.end == 0) {
    text.kind = SymbolKind::module;
    for (const auto& module : loaded_.modules) {
      if (module->source.get() == target.file && !module->name.empty()) text.header = "module " + module->name;
    }
    if (text.header.empty()) {
      const std::string& path = target.file->path();
      const bool library = path.starts_with("std:");
      text.header = "module " + (library ? path.substr(4, path.rfind('.') - 4) : path);
    }
    return text;
  }
  if (const Declaration* found = declaration_at(target)) {
    text.is_declaration = true;
    text.kind = found->kind;
    text.is_param = found->is_param;
    text.is_const = found->kind == SymbolKind::constant;
    text.header = header_text(*target.file, *found);
    text.doc = doc_text(found->doc);
    text.decl = found->decl;
    text.params = found->params;
    if (found->parent != Declaration::kNone)
      text.container = std::string(declarations(*target.file)[found->parent].name);
    if (text.is_param)
      text.header = (found->kind == SymbolKind::type_parameter ? "(type parameter) " : "(parameter) ") + text.header;
    return text;
  }
  if (const auto* local = local_at(target)) {
    text.is_param = local->is_param;
    text.is_const = local->is_const;
    text.header = (local->is_param   ? "(parameter) "
                   : local->is_const ? "const "
                                     : "let ") +
                  std::string(target.file->text(target.span)) + ": " + check::to_string(local->type);
  }
  return text;
}

std::vector<Place> Analysis::family(const Place& target) const {
  std::vector<Place> members{target};
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Place from = members[i];
    for (const auto& pair : references_.related) {
      for (const Place& other : {pair.at, pair.target}) {
        if (!(pair.at == from) && !(pair.target == from)) continue;
        if (std::find(members.begin(), members.end(), other) == members.end()) members.push_back(other);
      }
    }
  }
  return members;
}

}  // namespace noodle::language_server
