// Where the texts of a package come from, parsed. This one reads the disk; an editor's documents lie over it
// (runtime/language_server).
//
// Errors: 7001, 7002, 1020.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "runtime/lang/ast.hpp"
#include "runtime/lang/diagnostic.hpp"

namespace noodle::package {

/// A source file and its tree; compilations may share it.
struct ParsedSource {
  std::shared_ptr<const lang::SourceFile> source;
  std::shared_ptr<lang::Ast> ast;
  std::vector<lang::Diagnostic> diagnostics;
};
using ParsedSourcePtr = std::shared_ptr<const ParsedSource>;

ParsedSourcePtr parse_source(std::string path, std::string text,
                             std::size_t max_errors = lang::Diagnostics::kMaxErrors);

class Sources {
 public:
  virtual ~Sources() = default;
  virtual bool is_file(const std::filesystem::path& path);
  virtual bool is_folder(const std::filesystem::path& path);
  virtual Result<std::string> text(const std::filesystem::path& path);
  virtual Result<ParsedSourcePtr> parsed(const std::filesystem::path& path);
  /// A file of the standard library.
  virtual ParsedSourcePtr embedded(const std::string& path, std::string_view text);
  /// All .nc and .nci files below a folder, in any order.
  virtual std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder);
};

}  // namespace noodle::package
