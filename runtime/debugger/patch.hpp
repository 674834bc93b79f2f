// Breakpoints in running code: words whose handler is another one.
//
// Threads: one at a time, while any others run the code.
#pragma once

#include <cstdint>

#include "runtime/vm/program.hpp"

namespace noodle::debugger {

/// Puts a breakpoint at the first word of an instruction; gives the handler that was there.
std::uint16_t set_breakpoint(const vm::Function& function, std::uint32_t word);
/// Gives the word its handler back.
void clear_breakpoint(const vm::Function& function, std::uint32_t word, std::uint16_t handler);

}  // namespace noodle::debugger
