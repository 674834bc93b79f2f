// Structural check of a function's code: operands in range, branches on instruction starts, no running past the end.
//
// What it accepts can be decoded and walked without further bounds checks; types are checked by typing.hpp.
#pragma once

#include <cstdint>
#include <vector>

#include "messages/error.hpp"
#include "runtime/bytecode/module.hpp"

namespace noodle::bytecode {

constexpr std::uint32_t kMaxRegisters = 250;  // of each kind
constexpr std::uint32_t kMaxCodeWords = 32'000;
constexpr std::uint32_t kMaxHandlers = 4'096;    // of a function
constexpr std::uint32_t kMaxHandlerDepth = 256;  // ranges around one instruction

/// Where instructions start and which of them are branch targets.
struct CodeMap {
  enum : std::uint8_t { kStart = 1, kTarget = 2, kHandler = 4 };
  std::vector<std::uint8_t> words;
  std::vector<std::uint32_t> branches;  // words of the branch instructions
  bool starts(std::uint32_t word) const { return word < words.size() && (words[word] & kStart); }
};

/// Errors: 1510, 1511, 1514, 1515, 1516. `map` is reused between calls.
Result<void> scan_code(const Module& module, const FunctionDef& function, CodeMap& map);

/// "function `name`, word 12 (getp): what"
Error code_error(Code code, const FunctionDef& function, std::uint32_t word, const std::string& what);

}  // namespace noodle::bytecode
