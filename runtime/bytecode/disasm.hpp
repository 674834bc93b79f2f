// Disassembler: a module as text for people, or as JSON for tools.
//
// Precondition: verify() accepted the module.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/bytecode/module.hpp"

namespace noodle::bytecode {

struct DisasmOptions {
  std::string_view function = {};  // only functions with this name; empty: all, and the tables
  bool states = false;             // types of the registers at joins
  bool sources = true;             // source lines as comments, when the module has them
};

/// One function: header with signature, then `word  op  operands  ; comment`.
std::string disassemble(const Module& module, const DisasmOptions& options = {});
/// {"name":..., "functions":[{"name":..., "signature":..., "code":[{"word":0,"op":"ldi","operands":["S0","1"]}]}], ...}
std::string disassemble_json(const Module& module, const DisasmOptions& options = {});

/// "S1, S2, -3" of one instruction, its operands by format; and what they refer to (names, constants, targets).
struct InstructionText {
  std::vector<std::string> operands;
  std::string comment;
};
InstructionText describe_instruction(const Module& module, const FunctionDef& function, std::uint32_t word);

}  // namespace noodle::bytecode
