#include "runtime/codegen/codegen.hpp"

#include "runtime/bytecode/inference.hpp"
#include "runtime/codegen/module_builder.hpp"

namespace noodle::codegen {

Result<bytecode::Module> generate(check::Program& program, lang::Diagnostics& diagnostics,
                                  const CodegenOptions& options) {
  auto builder = std::make_unique<ModuleBuilder>(program, diagnostics, options);
  Result<bytecode::Module> module = builder->build();
  if (module && builder->devirtualised_wrongly()) {
    builder = std::make_unique<ModuleBuilder>(program, diagnostics, options);
    builder->forbid_devirtualisation();
    module = builder->build();
  }
  if (!module) return module;
  Result<void> joins = bytecode::infer_joins(*module);
  if (!joins) return joins.error();
  return module;
}

}  // namespace noodle::codegen
