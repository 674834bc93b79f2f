// Verification: proof that a module from anywhere is safe to run. It runs at every load; nothing after it checks again.
//
// Type table and signatures (type_checks.hpp), the other tables, then one linear pass over each function: the stored
// join states are checked, never inferred. What it leaves to run time: bounds, null in fields that were never set,
// casts. S registers are untyped: the VM and natives treat any 64 bits in them as a value of any scalar type. Errors:
// 1510-1518 with function and word. Limits: see code_scan.hpp and type_checks.hpp.
#pragma once

#include <vector>

#include "messages/error.hpp"
#include "runtime/bytecode/module.hpp"

namespace noodle::bytecode {

/// Static type of the object in each gets, sets, getp, setp and vcall of a function, in code order; kNone in dead code.
using FieldObjects = std::vector<std::vector<TypeIndex>>;

/// `field_objects`, if given, gets one entry a function: what the linker needs to turn field numbers into offsets.
Result<void> verify(const Module& module, FieldObjects* field_objects = nullptr);

}  // namespace noodle::bytecode
