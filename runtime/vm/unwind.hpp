// Raising: error objects for traps, stack traces, and the search for the handler that takes an error.
//
// All functions work on a bound process whose state is saved in its Context, with pc at the failing instruction.
#pragma once

#include <string>

#include "runtime/vm/process.hpp"

namespace noodle::vm {

/// Makes the error of a trap of the instruction at pc and sets it pending. The message names the values.
void raise_trap(Process& process, Code code);
/// Writes the stack trace into the pending error if it has none yet.
void add_trace(Process& process);
/// True when a debugger stops the process, with `fuel` left, before its error goes to a handler.
bool stops_at_error(Process& process, std::int64_t fuel);
/// Goes to the handler that takes the pending error: sets pc and the windows, and the handler's error register.
/// False: no frame has one.
bool unwind(Process& process);

/// The frames of a bound process, from 0, the innermost: a function and the word of its code that runs. Inlined calls
/// have no frame (Program::inlined_call).
struct FramePlace {
  const Function* function;
  std::uint32_t word;
};
std::size_t frame_count(const Process& process);
FramePlace frame_place(const Process& process, std::size_t index);

/// True if a frame of the process catches the pending error.
bool is_caught(const Process& process);

/// The stack of a bound process, innermost first: a line `function (file:line:column)` for each frame. Long stacks are
/// cut in the middle.
std::string stack_trace(const Process& process);
/// Name of the type of an object as the program knows it: "List<int>".
std::string type_name_of(const Program& program, const Object* object);

}  // namespace noodle::vm
