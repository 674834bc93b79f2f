#include "runtime/debugger/load.hpp"

#include "runtime/bytecode/container.hpp"
#include "runtime/package/compile.hpp"

namespace noodle::debugger {
namespace {

std::vector<WrittenFunction> written_functions(const check::Program& program) {
  std::vector<WrittenFunction> written;
  for (const check::HFunc& func : program.funcs) {
    if (!func.file || !func.decl || !func.decl->body) continue;
    const lang::Span span = func.decl->span;
    written.push_back({normal_path(func.file->path()), func.name, func.file->position(span.start).line,
                       func.file->position(span.end).line});
  }
  return written;
}

Result<bytecode::Module> read_module(const std::string& path) {
  auto bytes = package::Sources().text(path);
  if (!bytes) return bytes.error();
  return bytecode::read_nbc(*bytes);
}

}  // namespace

Result<Loaded> load(const std::string& path) {
  Loaded loaded;
  bytecode::Module module;
  if (path.ends_with(".nbc")) {
    auto read = read_module(path);
    if (!read) return read.error();
    module = std::move(*read);
  } else {
    package::CompileOptions options;
    options.debug = true;
    auto compiled = package::compile_path(path, options);
    if (!compiled) return compiled.error();
    for (const lang::Diagnostic& found : (*compiled)->diagnostics.all()) loaded.findings += render(found, false);
    if (!(*compiled)->module) return loaded;
    loaded.written = written_functions(*(*compiled)->program);
    module = std::move(*(*compiled)->module);
  }
  add_statements(module);
  auto program = vm::link(std::move(module));
  if (!program) return program.error();
  loaded.program = std::move(*program);
  return loaded;
}

}  // namespace noodle::debugger
