// Renaming: all names that mean the same declaration, then proof that nothing else changed its meaning.
#include <algorithm>
#include <map>

#include "runtime/lang/lexer.hpp"
#include "runtime/language_server/features.hpp"

namespace noodle::language_server {
namespace {

using lang::Span;

Error refusal(std::string message) {
  return {Code::usage, std::move(message), {}};
}

/// What is renamed: the declaration, and for an import without `as` where that is to be inserted.
struct Subject {
  Place target;
  Span span;  // of the name under the cursor
  std::string name;
  std::optional<std::uint32_t> insert_alias_at;
};

const lang::Decl* import_named(const Analysis& analysis, const lang::SourceFile& file, Span name) {
  for (const Declaration& item : analysis.declarations(file)) {
    if (item.is_import && item.name_span.start == name.start && item.name_span.end == name.end) return item.decl;
  }
  return nullptr;
}

std::string place_text(const lang::SourceFile& file, Span span) {
  const lang::LineColumn at = file.position(span.start);
  return file.path() + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

Result<Subject> subject_of(const Query& query) {
  const Analysis& analysis = *query.analysis;
  const Occurrence* at = analysis.occurrence_at(query.file(), query.offset);
  Subject subject;
  if (at != nullptr) {
    subject.target = at->target;
    subject.span = at->span;
  }
  if (at == nullptr || at->target.span.end == 0) {
    // The name that an import gives its module, not the module.
    const Declaration* binding = nullptr;
    for (const Declaration& item : analysis.declarations(query.file())) {
      if (item.is_import && item.name_span.start <= query.offset && query.offset <= item.name_span.end) binding = &item;
    }
    if (binding == nullptr || (binding->decl->path.empty() && binding->decl->alias.text.empty())) {
      if (at == nullptr) return refusal("there is no name here that can be renamed");
      return refusal("a module has the name of its file: rename the file");
    }
    subject.target = {&query.file(), binding->name_span};
    subject.span = binding->name_span;
  }
  if (analysis.module_at(subject.target.file->path()) == nullptr) {
    return refusal("`" + std::string(query.file().text(subject.span)) + "` is declared outside this package, in " +
                   subject.target.file->path());
  }
  subject.name = std::string(subject.target.file->text(subject.target.span));
  if (const lang::Decl* import = import_named(analysis, *subject.target.file, subject.target.span)) {
    if (import->path.empty() && import->alias.text.empty())
      return refusal("write `as` and a name behind this import to give it another");
    if (import->alias.text.empty()) subject.insert_alias_at = import->path.back().span.end;
  }
  if (subject.name.size() >= 2 && (subject.name[0] == '"' || subject.name[0] == '\''))
    return refusal("there is no name here that can be renamed");
  const Description described = analysis.describe(subject.target);
  if (subject.name == "main" && described.kind == SymbolKind::function && described.container.empty())
    return refusal("`main` is where the program starts: it keeps its name");
  if (described.kind == SymbolKind::handler && check::is_system_handler(subject.name))
    return refusal("handler `" + subject.name + "` is called by the system: it keeps its name");
  if (described.kind == SymbolKind::property)
    return refusal("`" + subject.name + "` is a word of the language here: it keeps its name");
  if (described.kind == SymbolKind::constructor || subject.name.empty())
    return refusal("there is no name here that can be renamed");
  return subject;
}

Result<void> check_name(const std::string& name) {
  const lang::SourceFile source("name", name);
  lang::Diagnostics diagnostics;
  lang::TokenList list;
  lang::lex(source, diagnostics, list);
  const lang::Token& token = list.tokens.front();
  const bool one = !diagnostics.has_errors() && token.start == 0 && token.end == name.size() && !name.empty();
  if (one && lang::is_reserved(token.kind)) return refusal("`" + name + "` is a keyword: choose another name");
  if (!one || !lang::is_name(token.kind) || name == "_") {
    return refusal("`" + name + "` is no name: write a letter or `_`, then letters, digits and `_`");
  }
  return {};
}

/// Edits of one file in the order of the text.
struct FileEdits {
  const lang::SourceFile* file = nullptr;
  std::vector<std::pair<Span, std::string>> edits;

  std::string apply() const {
    std::string text;
    std::uint32_t at = 0;
    for (const auto& [span, replacement] : edits) {
      text += file->text({at, span.start});
      text += replacement;
      at = span.end;
    }
    return text + std::string(file->text().substr(at));
  }
  /// Where a span of the old text is in the new one; its ends are in no edit, but may be ends of one.
  Span moved(Span old) const { return {moved(old.start), moved(old.end)}; }
  /// To be called when all edits are there.
  void sum_up() {
    std::int64_t sum = 0;
    for (const auto& [span, replacement] : edits) {
      sum += static_cast<std::int64_t>(replacement.size()) - (span.end - span.start);
      growth_.push_back(sum);
    }
  }

 private:
  std::vector<std::int64_t> growth_;  // of the text up to and with each edit

  std::uint32_t moved(std::uint32_t offset) const {
    const auto behind = std::partition_point(edits.begin(), edits.end(),
                                             [offset](const auto& edit) { return edit.first.start < offset; });
    const auto before = static_cast<std::size_t>(behind - edits.begin());
    return static_cast<std::uint32_t>(offset + (before == 0 ? 0 : growth_[before - 1]));
  }
};
using EditsByFile = std::map<const lang::SourceFile*, FileEdits>;

EditsByFile edits_of(const Analysis& analysis, const Subject& subject, const std::vector<Place>& family,
                     const std::string& new_name) {
  EditsByFile files;
  for (const auto& module : analysis.loaded().modules) {
    const lang::SourceFile& file = *module->source;
    FileEdits& edits = files[&file];
    edits.file = &file;
    if (subject.insert_alias_at && subject.target.file == &file)
      edits.edits.emplace_back(Span{*subject.insert_alias_at, *subject.insert_alias_at}, " as " + new_name);
    for (const Occurrence& item : analysis.occurrences(file)) {
      if (std::find(family.begin(), family.end(), item.target) == family.end()) continue;
      Span span = item.span;
      if (file.text(span).size() == subject.name.size() + 2) span = {span.start + 1, span.end - 1};  // a quoted key
      if (file.text(span) == subject.name) edits.edits.emplace_back(span, new_name);
    }
    // The name of an import with `as` is a declaration, too, and no occurrence.
    const lang::Decl* import =
        subject.target.file == &file ? import_named(analysis, file, subject.target.span) : nullptr;
    if (import && !subject.insert_alias_at) edits.edits.emplace_back(subject.target.span, new_name);
    std::sort(edits.edits.begin(), edits.edits.end(),
              [](const auto& a, const auto& b) { return a.first.start < b.first.start; });
    const auto same = [](const auto& a, const auto& b) { return a.first.start == b.first.start; };
    edits.edits.erase(std::unique(edits.edits.begin(), edits.edits.end(), same), edits.edits.end());
    edits.sum_up();
  }
  return files;
}

/// Every name of the old texts means the same in the new ones.
Result<void> compare(const Analysis& before, const Analysis& after, const EditsByFile& files, const Subject& subject) {
  for (const lang::Diagnostic& found : after.diagnostics()) {
    if (found.severity != lang::Severity::error) continue;
    return refusal("the new name would be an error: " + found.message + " (" + place_text(*found.file, found.span) +
                   ")");
  }
  const auto moved = [&](const Place& place) -> Place {
    const auto edits = files.find(place.file);
    if (edits == files.end()) return place;
    const check::SourceModule* module = after.module_at(place.file->path());
    if (module == nullptr) return place;
    if (subject.insert_alias_at && place == subject.target) {
      const std::uint32_t at = edits->second.moved({*subject.insert_alias_at, *subject.insert_alias_at}).start;
      for (const Declaration& item : after.declarations(*module->source)) {
        if (item.is_import && item.span.start <= at && at <= item.span.end)
          return {module->source.get(), item.name_span};
      }
    }
    return {module->source.get(), edits->second.moved(place.span)};
  };
  if (before.references().related.size() != after.references().related.size())
    return refusal("the method would override or implement another one: choose another name");
  for (const auto& [file, edits] : files) {
    const check::SourceModule* module = after.module_at(file->path());
    if (module == nullptr) return refusal("`" + file->path() + "` changed meanwhile");
    const std::vector<Occurrence>& old = before.occurrences(*file);
    const std::vector<Occurrence>& now = after.occurrences(*module->source);
    for (std::size_t i = 0; i < old.size(); ++i) {
      const Span span = edits.moved(old[i].span);
      const bool same = i < now.size() && now[i].span.start == span.start && now[i].target == moved(old[i].target);
      if (same) continue;
      return refusal("`" + std::string(file->text(old[i].span)) + "` at " + place_text(*file, old[i].span) +
                     " would mean something else: choose another name");
    }
    if (now.size() != old.size()) return refusal("a name in " + file->path() + " would mean something else");
  }
  return {};
}

}  // namespace

Result<Renamed> prepare_rename(const Query& query) {
  const auto subject = subject_of(query);
  if (!subject) return subject.error();
  return Renamed{subject->span, subject->name};
}

Result<std::vector<DocumentEdits>> rename(const Query& query, const std::string& new_name, const Cancelled& cancelled) {
  const Analysis& analysis = *query.analysis;
  if (const auto good = check_name(new_name); !good) return good.error();
  for (const lang::Diagnostic& found : analysis.diagnostics()) {
    if (found.severity != lang::Severity::error) continue;
    return refusal("mend the errors of the package first, or a use could be missed: " +
                   place_text(*found.file, found.span) + ": " + found.message);
  }
  const auto subject = subject_of(query);
  if (!subject) return subject.error();
  if (subject->name == new_name) return std::vector<DocumentEdits>();
  const std::vector<Place> family = analysis.family(subject->target);
  for (const Place& member : family) {
    if (analysis.module_at(member.file->path()) == nullptr) {
      return refusal("`" + subject->name + "` implements a method that is declared outside this package, in " +
                     member.file->path());
    }
  }
  if (check::is_system_handler(new_name) && analysis.describe(subject->target).kind == SymbolKind::handler)
    return refusal("handler `" + new_name + "` is called by the system: choose another name");
  const EditsByFile files = edits_of(analysis, *subject, family, new_name);
  {
    std::vector<std::unique_ptr<Documents::Override>> renamed;
    for (const auto& [file, edits] : files) {
      if (edits.edits.empty()) continue;
      renamed.push_back(
          std::make_unique<Documents::Override>(query.workspace.documents(), file->path(), edits.apply()));
    }
    const auto after = query.workspace.trial(query.file().path(), {{}, {}, cancelled});
    if (!after) return after.error();
    if (!*after) return refusal("cancelled");
    if (const auto same = compare(analysis, **after, files, *subject); !same) return same.error();
  }
  Locator locator(query.workspace.documents());
  std::vector<DocumentEdits> answer;
  for (const auto& module : analysis.loaded().modules) {  // in an order that does not depend on addresses
    const FileEdits& edits = files.at(module->source.get());
    if (edits.edits.empty()) continue;
    DocumentEdits document = locator.edits(*edits.file);
    for (const auto& [span, text] : edits.edits) document.edits.push_back({locator.range(*edits.file, span), text});
    answer.push_back(std::move(document));
  }
  return answer;
}

}  // namespace noodle::language_server
