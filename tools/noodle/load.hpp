// From a path on the command line to a module: sources are compiled, .nbc files are read.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "runtime/codegen/coverage.hpp"
#include "runtime/package/compile.hpp"

namespace noodle::tools {

/// A module, or the exit code after the problem was printed.
struct LoadedModule {
  std::unique_ptr<bytecode::Module> module;
  int exit_code = 0;
  std::map<std::string, codegen::CoveragePoints> points;  // of sources compiled for coverage
  explicit operator bool() const { return module != nullptr; }
};

LoadedModule load_module(const std::string& path, const package::CompileOptions& options, bool json);

}  // namespace noodle::tools
