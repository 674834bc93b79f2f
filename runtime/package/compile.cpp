#include "runtime/package/compile.hpp"

#include <algorithm>
#include <unordered_map>

#include "runtime/codegen/codegen.hpp"

namespace noodle::package {

namespace {

/// Every stage reports on its own; people read a file from its top.
void order_by_place(lang::Diagnostics& diagnostics) {
  std::vector<lang::Diagnostic> items = diagnostics.all();
  std::unordered_map<const lang::SourceFile*, std::size_t> files;  // in order of appearance
  for (const lang::Diagnostic& item : items) files.try_emplace(item.file, files.size());
  std::stable_sort(items.begin(), items.end(), [&files](const lang::Diagnostic& a, const lang::Diagnostic& b) {
    return std::pair(files[a.file], a.span.start) < std::pair(files[b.file], b.span.start);
  });
  diagnostics = lang::Diagnostics();
  for (const lang::Diagnostic& item : items) diagnostics.append(item);
}

void generate_code(Compilation& compilation, const CompileOptions& options) {
  codegen::CodegenOptions codegen_options;
  codegen_options.tests = options.tests;
  codegen_options.optimise = options.debug ? codegen::Optimisations(false) : options.optimise;
  codegen_options.debug = options.debug;
  codegen_options.sources = options.sources;
  codegen_options.coverage = options.coverage;
  codegen_options.actors = options.actors;
  auto module = codegen::generate(*compilation.program, compilation.diagnostics, codegen_options);
  if (!module || compilation.diagnostics.has_errors()) return;
  module->name = compilation.loaded->manifest.name;
  module->version = compilation.loaded->manifest.version;
  compilation.module = std::move(*module);
}

void compile_loaded(Compilation& compilation, const CompileOptions& options) {
  LoadedPackage& loaded = *compilation.loaded;
  check::CheckOptions check_options;
  check_options.need_main = options.need_main;
  check_options.entry = options.entry;
  check_options.coverage = options.coverage;
  // Checking goes on after syntax errors so that one run reports both; code is generated only from clean sources.
  compilation.program = check::check(loaded.modules, loaded.loader, check_options, compilation.diagnostics);
  if (!compilation.diagnostics.has_errors() && options.generate) generate_code(compilation, options);
  order_by_place(compilation.diagnostics);
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
  compilation->loaded = load_text(std::move(path), std::move(text), options.folder, compilation->diagnostics);
  compile_loaded(*compilation, options);
  return compilation;
}

}  // namespace noodle::package
