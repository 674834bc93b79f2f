// Does the concrete signature of an import fit the pattern of a native function?
//
// A pattern is "(Map<K,V>, K)V?": words are type names, single capital letters type variables that stand for one type
// throughout, scalars too. `I` stands for a host interface only, `A` for an actor, an interface or any, `N` for a
// scalar. `T?` with a scalar T is its box. A result of void may be left out.
#pragma once

#include <string_view>

#include "runtime/bytecode/module.hpp"

namespace noodle::vm {

/// Precondition: the types of `signature` are valid in `module` (verified).
bool matches_native(const bytecode::Module& module, const bytecode::Signature& signature, std::string_view pattern);

}  // namespace noodle::vm
