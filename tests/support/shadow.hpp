// The oracle of the verifier: looks at every instruction that the interpreter runs and compares what the registers hold
// with what verification has promised of them.
//
// The interpreter calls it when it was compiled with NOODLE_WATCH_INSTRUCTIONS (cmake/tests.cmake does so for the fuzz
// target machine_code). The promises are derived anew, from the stored states and the transfer function of
// bytecode/typing.hpp. An object of another type, or a null where none may be, ends the program with SIGABRT.
// Threads: one.
#pragma once

#include <cstdint>

#include "runtime/vm/program.hpp"

namespace noodle::test {

/// Promises of all functions of `program`; until the next call its instructions are looked at, and no other's.
void watch(const vm::Program& program);
/// Instructions looked at so far.
std::uint64_t watched_instructions();

}  // namespace noodle::test
