#include "runtime/codegen/codegen.hpp"

#include "runtime/bytecode/inference.hpp"
#include "runtime/codegen/module_builder.hpp"
#include "runtime/codegen/redundant_checks.hpp"

namespace noodle::codegen {

Result<bytecode::Module> generate(check::Program& program, lang::Diagnostics& diagnostics,
                                  const CodegenOptions& options) {
  auto builder = std::make_unique<ModuleBuilder>(program, diagnostics, options);
  Result<void> built = builder->build();
  if (built && builder->devirtualised_wrongly()) {
    builder = std::make_unique<ModuleBuilder>(program, diagnostics, options);
    builder->forbid_devirtualisation();
    built = builder->build();
  }
  if (!built) return built.error();
  Result<void> joins = bytecode::infer_joins(builder->module);
  if (!joins) {
    builder->report(joins.error().code, nullptr, {}, "internal error: " + joins.error().message);
    return joins.error();
  }
  remove_redundant_checks(*builder);
  return std::move(builder->module);
}

}  // namespace noodle::codegen
