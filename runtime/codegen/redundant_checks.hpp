// Removes null checks and casts that the types at that place already prove.
//
// Narrowed variables are checked at each use when code is generated; the types at joins then tell which are needed.
#pragma once

#include "runtime/codegen/module_builder.hpp"

namespace noodle::codegen {

/// Precondition: the module is complete and infer_joins has succeeded. Keeps all joins valid.
void remove_redundant_checks(ModuleBuilder& builder);

}  // namespace noodle::codegen
