// The types every module starts with, in the order of BuiltinType.
#pragma once

#include <vector>

#include "runtime/bytecode/module.hpp"

namespace noodle::bytecode {

/// kBuiltinTypeCount definitions; a module's type table starts with them. Of the objects among them only name, parent,
/// fields and flags are fixed: a module adds its vtables, interfaces and methods.
std::vector<TypeDef> builtin_types();

}  // namespace noodle::bytecode
