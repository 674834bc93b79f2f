// Compiles texts and shows the code of single functions, for tests of the code generator.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/bytecode/disasm.hpp"
#include "runtime/package/compile.hpp"

namespace noodle::test {

inline std::unique_ptr<package::Compilation> compiled(const std::string& text, bool optimise = true) {
  package::CompileOptions options;
  options.optimise = optimise;
  return package::compile_text("test.nc", text, options);
}

inline const bytecode::FunctionDef* function_of(const package::Compilation& compilation, std::string_view name) {
  if (!compilation.module) return nullptr;
  for (const bytecode::FunctionDef& function : compilation.module->functions) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

/// The instructions of a function, one "op operands" a line without word numbers and comments, "" if there is no such
/// function. Functions that `main` only spawns have code of their own and are never inlined.
inline std::string code_of(const package::Compilation& compilation, std::string_view name) {
  const bytecode::FunctionDef* function = function_of(compilation, name);
  if (!function) return {};
  std::string out;
  for (std::uint32_t word = 0; word < function->code.size();) {
    const auto op = static_cast<bytecode::Op>(function->code[word] & 0xff);
    out += bytecode::op_name(op);
    const char* separator = " ";
    for (const std::string& operand : bytecode::describe_instruction(*compilation.module, *function, word).operands) {
      out += separator + operand;
      separator = ", ";
    }
    out += '\n';
    word += bytecode::has_extra_word(op) ? 2 : 1;
  }
  return out;
}

/// The same for `func f...` of a text, which is spawned so that it is compiled.
inline std::string code_of_f(const std::string& declarations, const std::string& arguments) {
  return code_of(*compiled(declarations + "\nfunc main() { spawn f(" + arguments + "); }"), "f");
}

/// "1154@3", error codes with their lines.
inline std::string errors_of(const package::Compilation& compilation) {
  std::string out;
  for (const lang::Diagnostic& item : compilation.diagnostics.all()) {
    if (item.severity != lang::Severity::error) continue;
    out += (out.empty() ? "" : " ") + std::to_string(static_cast<int>(item.code)) + "@" +
           std::to_string(item.file->position(item.span.start).line);
  }
  return out;
}

}  // namespace noodle::test
