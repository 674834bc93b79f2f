#include "tools/noodle/load.hpp"

#include "runtime/bytecode/container.hpp"
#include "tools/noodle/console.hpp"

namespace noodle::tools {

namespace {

LoadedModule failed(const Error& error, bool json) {
  print_error(error, json);
  return {nullptr, kExitCompile, {}};
}

}  // namespace

LoadedModule load_module(const std::string& path, const package::CompileOptions& options, bool json) {
  if (path.ends_with(".nbc")) {
    const auto bytes = read_file(path);
    if (!bytes) return failed(bytes.error(), json);
    auto module = bytecode::read_nbc(*bytes);
    if (!module) return failed(module.error(), json);
    return {std::make_unique<bytecode::Module>(std::move(*module)), 0, {}};
  }
  std::unique_ptr<package::Compilation> compilation;
  if (path == "-") {
    auto text = read_file(path);
    if (!text) return failed(text.error(), json);
    compilation = package::compile_text("standard input", std::move(*text), options);
  } else {
    auto compiled = package::compile_path(path, options);
    if (!compiled) return failed(compiled.error(), json);
    compilation = std::move(*compiled);
  }
  print_diagnostics(compilation->diagnostics, json);
  if (!compilation->module) return {nullptr, kExitCompile, {}};
  LoadedModule loaded{std::make_unique<bytecode::Module>(std::move(*compilation->module)), 0, {}};
  if (options.coverage) loaded.points = codegen::points_of(*compilation->program);
  return loaded;
}

}  // namespace noodle::tools
