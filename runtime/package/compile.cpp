#include "runtime/package/compile.hpp"

#include "runtime/codegen/codegen.hpp"

namespace noodle::package {

namespace {

void compile_loaded(Compilation& compilation, const CompileOptions& options) {
  LoadedPackage& loaded = *compilation.loaded;
  check::CheckOptions check_options;
  check_options.need_main = options.need_main;
  // Checking goes on after syntax errors so that one run reports both; code is generated only from clean sources.
  compilation.program = check::check(loaded.modules, loaded.loader, check_options, compilation.diagnostics);
  if (compilation.diagnostics.has_errors()) return;
  codegen::CodegenOptions codegen_options;
  codegen_options.tests = options.tests;
  codegen_options.optimise = options.optimise;
  codegen_options.sources = options.sources;
  auto module = codegen::generate(*compilation.program, compilation.diagnostics, codegen_options);
  if (!module || compilation.diagnostics.has_errors()) return;
  module->name = loaded.manifest.name;
  module->version = loaded.manifest.version;
  compilation.module = std::move(*module);
}

}  // namespace

Result<std::unique_ptr<Compilation>> compile_path(const std::string& path, const CompileOptions& options) {
  auto compilation = std::make_unique<Compilation>();
  auto loaded = load_package(path, compilation->diagnostics);
  if (!loaded) return loaded.error();
  compilation->loaded = std::move(*loaded);
  compile_loaded(*compilation, options);
  return compilation;
}

std::unique_ptr<Compilation> compile_text(std::string path, std::string text, const CompileOptions& options) {
  auto compilation = std::make_unique<Compilation>();
  compilation->loaded = load_text(std::move(path), std::move(text), compilation->diagnostics);
  compile_loaded(*compilation, options);
  return compilation;
}

}  // namespace noodle::package
