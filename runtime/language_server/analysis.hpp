// One check of a package with what editors ask of it: diagnostics, and which name means what.
//
// An Analysis does not change. Its sources are those of the moment of the check.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/check/checker.hpp"
#include "runtime/language_server/declarations.hpp"
#include "runtime/language_server/documents.hpp"
#include "runtime/package/package.hpp"

namespace noodle::language_server {

using check::Place;

/// A name in a text and what it stands for.
struct Occurrence {
  lang::Span span;
  Place target;
};

/// What is known of the target of a name.
struct Description {
  SymbolKind kind = SymbolKind::variable;
  bool is_param = false;
  bool is_const = false;
  bool is_declaration = false;  // has a declaration outside bodies
  std::string header, doc, container;
  const lang::Decl* decl = nullptr;
  const std::vector<lang::Param>* params = nullptr;
};

class Analysis {
 public:
  struct Options {
    std::set<std::string> only;       // paths of the files whose bodies are checked; empty: all
    std::string receivers_in;         // path of the file where receivers are written down
    std::function<bool()> cancelled;  // when it becomes true, there is no result
  };
  /// `path`: a package folder or a file. Null when cancelled. Errors: what load_package says.
  static Result<std::shared_ptr<const Analysis>> make(const std::shared_ptr<Documents>& documents,
                                                      const std::string& path, const Options& options);

  const std::vector<lang::Diagnostic>& diagnostics() const { return diagnostics_.all(); }
  bool has_errors() const { return diagnostics_.has_errors(); }
  bool is_complete() const { return complete_; }
  const check::Program& program() const { return *program_; }
  const check::References& references() const { return references_; }
  const package::LoadedPackage& loaded() const { return loaded_; }

  /// A module of the package itself by the path of its file, or null.
  const check::SourceModule* module_at(const std::string& path) const;
  /// The names of a file that mean something, in order, without repetitions; declarations too.
  const std::vector<Occurrence>& occurrences(const lang::SourceFile& file) const;
  const Occurrence* occurrence_at(const lang::SourceFile& file, std::uint32_t offset) const;
  /// The name after the dot that starts at `offset`.
  const check::References::Receiver* receiver_at(std::uint32_t offset) const;
  const check::References::Local* local_at(const Place& place) const;
  Description describe(const Place& target) const;
  /// What a file declares; of libraries too.
  const std::vector<Declaration>& declarations(const lang::SourceFile& file) const;
  /// The one whose name is at `place`, or null.
  const Declaration* declaration_at(const Place& place) const;
  /// All names that must stay equal to the name of `target`: itself, and methods it overrides or implements.
  std::vector<Place> family(const Place& target) const;

 private:
  Analysis() : diagnostics_(kMaxErrors) {}
  static constexpr std::size_t kMaxErrors = 1000;

  std::shared_ptr<Documents> documents_;
  lang::Diagnostics diagnostics_;
  package::LoadedPackage loaded_;
  check::References references_;
  std::unique_ptr<check::Program> program_;
  bool complete_ = false;
  // Made when asked for.
  mutable std::unordered_map<const lang::SourceFile*, std::vector<Occurrence>> occurrences_;
  struct DeclarationsOfFile {
    package::ParsedSourcePtr parsed;
    std::vector<Declaration> all;
    std::unordered_map<std::uint32_t, std::size_t> by_name;  // by the start of their names
  };
  const DeclarationsOfFile& declared(const lang::SourceFile& file) const;

  mutable std::unordered_map<const lang::SourceFile*, DeclarationsOfFile> declarations_;
  using LocalsOfFile = std::unordered_map<std::uint32_t, const check::References::Local*>;
  mutable std::unordered_map<const lang::SourceFile*, LocalsOfFile> locals_;
};
using AnalysisPtr = std::shared_ptr<const Analysis>;

}  // namespace noodle::language_server
