// How the interpreter and machine code (runtime/jit) call each other.
//
// Machine code keeps S registers in machine registers and P registers in the P stack; its frames on the frame stack are
// those of the interpreter. Whatever is rare it leaves to the interpreter: it writes its registers back, says in the
// Context where to continue, and returns through all its native frames (MachineExit). So a stopped process never has
// native frames, and traps, handlers and traces exist once.
// Threads: a Function's code is published once with release order while other workers run it.
#pragma once

#include <cstdint>

namespace noodle::vm {

struct Context;
struct Frame;
struct Function;
struct Object;
union Slot;

/// Why machine code returned, in Context::machine_exit.
enum class MachineExit : std::uint32_t {
  none,       // the function has returned; its scalar result is the result of the call
  resume,     // the interpreter continues at Context::pc
  thrown,     // at Context::pc an error became pending
  parked,     // the instruction before Context::pc waits for something
  preempted,  // stopped before Context::pc for a collection
  refused     // nothing was done: there is no machine code, or no room on a stack
};

/// `entry` is 0, or 1 + the word of the back edge to continue with. Context::fuel is the fuel left, before and after.
using MachineCode = std::uint64_t (*)(Context*, Slot*, Object**, Frame*, std::uint64_t entry);

/// What a function without machine code is called by.
std::uint64_t refuse_machine_call(Context*, Slot*, Object**, Frame*, std::uint64_t);

/// Makes machine code the function's: from now on the interpreter enters it at calls and at back edges (`back_edges`:
/// words of the function). Once for each function.
void publish(const Function& function, MachineCode code, const std::uint32_t* back_edges, std::uint32_t count);

}  // namespace noodle::vm
