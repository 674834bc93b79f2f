// The interpreter: runs predecoded code (handlers.def) of the bound process.
//
// Computed goto over 64-bit words; pc, windows, fuel and frame pointer stay in registers; everything rare is behind a
// call. A stopped run lies in the Context, at the instruction that comes next.
// Threads: any number of threads run different processes.
#pragma once

#include <cstdint>

namespace noodle::vm {

struct Function;
struct Object;
struct Process;
enum class RunStatus : std::uint8_t;

/// Runs the bound process; `run` in process.hpp wraps it. Null: only prepares the table of handlers.
RunStatus interpret(Process* process, std::int64_t fuel);
/// Where the outermost function returns to.
const std::uint64_t* halt_word();

/// Sees every instruction before it runs, when the interpreter is compiled with NOODLE_WATCH_INSTRUCTIONS: for tests,
/// which define it (tests/support/shadow.hpp).
void watch_instruction(const Function* function, const std::uint64_t* pc, Object* const* p);

/// Code of every handler as it stands in running words, by number of Handler (handlers.hpp).
const std::uint16_t* handler_offsets();

}  // namespace noodle::vm
