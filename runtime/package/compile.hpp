// The whole front end in one call: load, parse, check, generate code.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "messages/error.hpp"
#include "runtime/bytecode/module.hpp"
#include "runtime/check/checker.hpp"
#include "runtime/codegen/optimisations.hpp"
#include "runtime/lang/diagnostic.hpp"
#include "runtime/package/package.hpp"

namespace noodle::package {

struct CompileOptions {
  bool need_main = true;       // 1162 when there is nothing to run
  std::string entry = "main";  // the function that runs
  std::string folder = {};     // where compile_text looks for imports
  bool generate = true;        // else only check
  bool tests = false;          // keep test blocks
  codegen::Optimisations optimise = {};
  bool coverage = false;  // mark what coverage counts (codegen/coverage.hpp)
  bool debug = false;     // for a debugger: statements and variables are kept apart, nothing is inlined
  bool sources = true;    // embed source texts for excerpts
  bool actors = false;    // keep all actors: running ones move to it (hot swap)
};

/// Result of a compilation. `module` is set exactly when there were no errors.
struct Compilation {
  lang::Diagnostics diagnostics;
  std::optional<LoadedPackage> loaded;
  std::unique_ptr<check::Program> program;
  std::optional<bytecode::Module> module;
};

/// Compiles FILE.nc or DIR. An Error is a path or manifest problem; everything in the sources is a diagnostic.
Result<std::unique_ptr<Compilation>> compile_path(const std::string& path, const CompileOptions& options);
std::unique_ptr<Compilation> compile_text(std::string path, std::string text, const CompileOptions& options);

}  // namespace noodle::package
