// Execution contexts: the register stacks a worker lends to the process it runs, and the frames of parked processes.
//
// A context reserves address space for the greatest limits (ProcessLimits) and commits memory as it is used.
// Threads: a context belongs to the worker that runs its process; saved frames belong to the process.
// Limits: 100 000 frames and 8 MiB of registers, or less by Process::limits (1700).
#pragma once

#include <cstddef>

#include "runtime/vm/process.hpp"

namespace noodle::vm {

constexpr std::uint32_t kMaxFrames = 100'000;
constexpr std::uint32_t kMaxStackBytes = 8u << 20;

/// Stacks for one running process; null when the system has no memory for them.
Context* create_context();
void destroy_context(Context* context);
/// Gives memory back that deep recursion committed. Cheap enough to be called after every few processes.
void trim_context(Context& context);

/// Binds an empty context: stacks empty, no function. The process has no saved frames.
void bind(Process& process, Context& context);
/// Copies the live part of the stacks into a block of the process and unbinds the context. False, and nothing is
/// changed, when that part is larger than 64 KiB or there is no memory for it.
bool save_frames(Process& process);
/// Binds a context and copies saved frames back; frees them.
void restore_frames(Process& process, Context& context);
/// Frees saved frames, or unbinds the context, of a process that ends.
void discard_frames(Process& process);

/// End of the live P registers of a bound context: the greatest end of any frame's window.
Object** live_pointers_end(const Context& context);

/// Registers of the call a parked process waits for: s[0] or p[0] takes the result. Precondition: bound, parked.
struct Window {
  Slot* s;
  Object** p;
};
Window parked_window(const Process& process);

/// Live part of the stacks of a parked process; `scalars` S slots, then `pointers` P slots, then `frames` frames
/// follow.
struct SavedFrames {
  std::uint32_t block_bytes;
  std::uint32_t scalars, pointers, frames;
  const std::uint64_t* pc;
  const Function* function;
  std::uint32_t s, p;  // current window, as indexes

  Slot* scalar_slots() { return reinterpret_cast<Slot*>(this + 1); }
  Object** pointer_slots() { return reinterpret_cast<Object**>(scalar_slots() + scalars); }
  Frame* frame_slots() { return reinterpret_cast<Frame*>(pointer_slots() + pointers); }
};
static_assert(sizeof(SavedFrames) == 40);

}  // namespace noodle::vm
