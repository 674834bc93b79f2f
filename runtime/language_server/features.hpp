// What an editor asks at a place in a document: functions from a checked program to an answer.
//
// Errors: 7020 when the question makes no sense there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/language_server/analysis.hpp"
#include "runtime/language_server/protocol.hpp"
#include "runtime/language_server/workspace.hpp"

namespace noodle::language_server {

/// A place in a document, with a check in which the bodies of that document were checked.
struct Query {
  Workspace& workspace;
  AnalysisPtr analysis;
  const check::SourceModule& module;
  std::uint32_t offset = 0;
  const lang::SourceFile& file() const { return *module.source; }
};

/// Turns places into locations; knows the lines of each file it was asked about.
class Locator {
 public:
  explicit Locator(const Documents& documents) : documents_(documents) {}
  std::string uri(const lang::SourceFile& file) const;
  Range range(const lang::SourceFile& file, lang::Span span);
  Location location(const Place& place) { return {uri(*place.file), range(*place.file, place.span)}; }
  DocumentEdits edits(const lang::SourceFile& file) const;

 private:
  const Documents& documents_;
  std::unordered_map<const lang::SourceFile*, LineIndex> lines_;
};

// hover.cpp
std::optional<Hover> hover(const Query& query);
/// Markdown: the header as code, where it belongs, its documentation.
std::string markdown(const Description& described);

// navigation.cpp
std::optional<Location> definition(const Query& query);
/// Of the whole package; needs a complete check.
std::vector<Location> references(const Query& query, bool with_declaration);
std::vector<Range> highlights(const Query& query);
std::vector<DocumentSymbol> document_symbols(const Query& query);

// rename.cpp
struct Renamed {
  lang::Span span;
  std::string name;
};
Result<Renamed> prepare_rename(const Query& query);
/// Needs a complete check without errors. The result is checked: every name means afterwards what it meant before.
Result<std::vector<DocumentEdits>> rename(const Query& query, const std::string& new_name, const Cancelled& cancelled);

// completion.cpp
std::vector<CompletionItem> complete(Workspace& workspace, const std::string& path, std::uint32_t offset,
                                     const Cancelled& cancelled);
/// Locals that a statement at `offset` sees, with the place of their names, innermost last.
std::vector<lang::Name> locals_at(const lang::Ast& ast, std::uint32_t offset);

// signature_help.cpp
std::optional<Signature> signature_help(const Query& query);

// code_actions.cpp
struct ActionFor {
  CodeAction action;
  const lang::Diagnostic* diagnostic = nullptr;
};
/// Ways to mend what is wrong in `span`. `lint`: findings that are not of the check.
std::vector<ActionFor> code_actions(const Query& query, lang::Span span, const std::vector<lang::Diagnostic>& lint);

// semantic_tokens.cpp
/// Names of the token types and modifiers, in the order of the numbers.
const std::vector<std::string>& semantic_token_types();
const std::vector<std::string>& semantic_token_modifiers();
/// Five numbers a token, as the protocol wants them.
std::vector<std::uint32_t> semantic_tokens(const Query& query);

}  // namespace noodle::language_server
