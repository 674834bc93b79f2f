// The interpreter: runs predecoded code (handlers.def) of the bound process. Its functions are begin_call, run and
// inject_error in process.hpp.
//
// Computed goto over 64-bit words; pc, windows, fuel and frame pointer stay in registers; everything rare is behind a
// call. A stopped run lies in the Context, at the instruction that comes next.
// Threads: any number of threads run different processes.
#pragma once

#include <cstdint>

namespace noodle::vm {

/// Code of every handler as it stands in running words, by number of Handler (handlers.hpp).
const std::uint16_t* handler_offsets();

}  // namespace noodle::vm
