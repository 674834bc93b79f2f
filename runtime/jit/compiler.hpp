// Compiles functions to machine code and keeps the memory it lies in.
//
// Pages are never writable and executable at once: asmjit maps them twice. Code belongs to its program and is freed
// with it. On other machines than x86-64 nothing is compiled.
// Threads: any; one compiles at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "messages/error.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::jit {

constexpr std::size_t kLargestFunctionWords = 4000;
constexpr std::size_t kCodeLimitBytes = 64 << 20;  // machine code of the whole node

/// Compiles one function and publishes it (vm/machine_code.hpp). False when it stays interpreted: too large, the code
/// limit is reached, or it has been compiled before.
bool compile(const vm::Function& function);
/// The same for the function and, breadth first, for what it calls by name.
void compile_with_callees(const vm::Function& function);
/// Compiles all functions of a program.
void compile_all(const vm::Program& program);

/// Writes the place and name of what is compiled from now on to /tmp/perf-PID.map, where Linux perf looks for them.
/// Gives the path. Error 7002.
Result<std::string> open_perf_map();

struct Statistics {
  std::uint64_t functions = 0, words = 0, code_bytes = 0, nanoseconds = 0;  // compiled so far; code bytes in use
};
Statistics statistics();

}  // namespace noodle::jit
