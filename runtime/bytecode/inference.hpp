// Finds the register types at every branch target and exception handler: a data flow fixpoint over the transfer
// function.
//
// The code generator runs it last; the verifier then only has to check the stored states in one pass.
// At a merge of two ways: equal types stay; T and T? give T?; null and T give T?; a type and one it is assignable to
// give the latter; two objects their nearest common ancestor; two cases of one enum the enum; else any. A register not
// set on one way is not set. At an exception handler the ways are all instructions of its range (before each; for calls
// with the window clobbered), with the error register an Error. Targets that control never reaches get no state.
// Errors: those of the verifier for code that is not well typed.
#pragma once

#include "messages/error.hpp"
#include "runtime/bytecode/module.hpp"

namespace noodle::bytecode {

/// Fills `joins` of every function that has code. Checks the type table first (1517, 1518).
Result<void> infer_joins(Module& module);
/// The same for one function; `function` belongs to `module` or will. For many functions use the other form.
Result<void> infer_joins(const Module& module, FunctionDef& function);

}  // namespace noodle::bytecode
