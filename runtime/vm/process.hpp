// A process: an isolated NoodleCore actor or function with its own heap, limits, mailbox and capabilities.
//
// Owns its heap, saved frames and mailbox. Memory of Process objects is type-stable (slab), so a stale id never points
// to unmapped memory: readers compare the generation in the pid.
// Threads: all fields belong to the worker that runs the process, except those marked shared.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "runtime/vm/heap.hpp"
#include "runtime/vm/machine_code.hpp"

namespace noodle::process {
struct ProcessControl;  // runtime/process: mailbox, links, monitors, timers, scheduling state
}

namespace noodle::vm {

struct Function;
struct Process;
struct SavedFrames;

/// Resource limits of one process (language.md, "Default limits").
struct ProcessLimits {
  std::uint64_t memory_bytes = 64ull << 20;
  std::uint32_t frames = 100'000;
  std::uint32_t stack_bytes = 8u << 20;  // S and P stacks together
  std::uint64_t fuel = ~0ull;            // total budget; 1702
  std::uint64_t fuel_per_second = 0;     // 0: not limited
  std::uint32_t children = 100'000;
  std::uint32_t mailbox_messages = 10'000;
  std::uint32_t mailbox_bytes = 16u << 20;
  std::uint8_t mailbox_policy = 0;  // 0 block, 1 drop_oldest, 2 error
};

/// One saved or live activation: where to continue in the caller.
struct Frame {
  const std::uint64_t* return_pc;
  const Function* function;  // the caller
};

/// Register stacks a running process is bound to; lent by the worker (runtime/vm/context.hpp).
struct Context {
  Slot* scalars = nullptr;      // base of the S stack
  Object** pointers = nullptr;  // base of the P stack
  Frame* frames = nullptr;      // base of the frame stack
  Slot* scalars_end = nullptr;
  Object** pointers_end = nullptr;
  Frame* frames_end = nullptr;
  // state of a stopped run, valid while the process is bound and not in the interpreter
  const std::uint64_t* pc = nullptr;
  const Function* function = nullptr;
  Slot* s = nullptr;  // current window
  Object** p = nullptr;
  Frame* frame = nullptr;           // next free frame
  Object** pointers_top = nullptr;  // end of live P registers while no function is bound: arguments before begin_call,
                                    // the result after it. While a function is bound the frames tell the end.
  std::uintptr_t stack_limit =
      0;  // greatest sum of the end addresses of the S and P window (ProcessLimits::stack_bytes)
  // while machine code runs (machine_code.hpp)
  Process* process = nullptr;
  std::int64_t fuel = 0;
  std::uintptr_t native_limit = 0;  // lowest native stack address at which it calls
  MachineExit machine_exit = MachineExit::none;
  const Function* refused = nullptr;  // what machine code would have called, had it had machine code
};

struct Process {
  Heap heap;
  std::uint64_t pid = 0;                       // index : 32, generation : 32
  const Program* program = nullptr;            // kept alive by control
  Context* context = nullptr;                  // bound context, null when parked without or with saved frames
  Object* state = nullptr;                     // actor state object (root)
  Object* pending_error = nullptr;             // Error being thrown (root)
  std::int64_t fuel = 0;                       // left in this slice (kept in a register while running)
  std::uint64_t fuel_spent = 0;                // in earlier slices
  std::atomic<std::uint32_t> signals{0};       // shared: kill, stop, suspend flags looked at on slice ends
  std::uint64_t capabilities = 0;              // bit set by capability index (vm/capability table)
  ProcessLimits* limits = nullptr;             // shared default or own copy
  process::ProcessControl* control = nullptr;  // null only in VM unit tests
  SavedFrames* saved = nullptr;                // frames of a parked process without context
  Root* roots = nullptr;                       // references held by C++ code (roots)
  std::unique_ptr<RootSource> native_state;    // kept by a native between steps (roots); dropped when it ends
  Object* native_scratch = nullptr;            // the same for one object (root)
  std::int64_t native_progress = 0;            // the same for a position
  bool after_call = false;                     // stopped behind a parking instruction (else before an instruction)
  bool resume_native = false;                  // run the parking native again instead of taking the window's result
};

/// Why the interpreter returned.
enum class RunStatus : std::uint8_t {
  done,       // the outermost function returned; result in context->scalars[0] / pointers[0] of the entry window
              // (context->function is null then)
  preempted,  // slice used up
  parked,     // a native or actor op waits for something
  failed      // uncaught error: process.pending_error
};

/// Prepares a bound context to call `function` with its arguments already at the base of the stacks. Until then
/// context->pointers_top is the end of the pointer arguments.
void begin_call(Process& process, const Function& function);
/// Runs the bound process until it returns, parks, fails or burns `fuel` units. Never throws.
RunStatus run(Process& process, std::int64_t fuel);
/// Throws `error` in the process at its current position when it is resumed (used to fail a parked ask, kill nothing).
void inject_error(Process& process, Object* error);

}  // namespace noodle::vm
