// Native functions: how the VM calls C++ for built-in methods and host interfaces.
//
// A native reads its arguments from the call window (scalars in s[0..], pointers in p[0..], by kind and order), leaves
// its result in s[0] or p[0] and returns a status. Windows lie on the register stacks, so p[] stays a GC root while the
// native runs: after anything that can allocate, re-read objects from p[].
// Natives never call back into NoodleCore. Bulk work charges fuel (NativeContext::charge).
// Threads: a native runs on the worker that runs its process and touches only that process.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/vm/program.hpp"

namespace noodle::vm {

struct Process;
struct Context;

enum class NativeStatus : std::uint8_t {
  ok,    // result is in the window
  trap,  // an Error was set with NativeContext::trap
  park,  // the process waits; whoever wakes it has put the result into the window or sets Process::resume_native
  again  // out of slice: run the same call again after the next scheduling; only after some progress was made
};

struct NativeContext {
  Context& context;
  Process& process;
  const Program& program;
  const BoundNative& bound;  // concrete argument and result types of this call site's import
  Slot* s;
  Object** p;

  /// Sets the pending error (code and message) and returns trap.
  NativeStatus trap(Code code, std::string message);
  /// Burns fuel for bulk work: one unit for about 64 bytes touched.
  void charge(std::uint64_t units);
};

/// Sets the pending error of a process (for C++ code without NativeContext) and returns trap.
NativeStatus trap(Process& process, Code code, std::string message);

using NativeFunction = NativeStatus (*)(NativeContext&);

struct NativeEntry {
  std::string_view name;       // "list.slice"
  std::string_view signature;  // pattern with type variables, "(List<T>, int, int?)List<T>"; see natives.def
  NativeFunction function;
};

/// Looks a native up by name in the built-in table or among the registered host functions; null if there is none.
const NativeEntry* find_native(std::string_view name);
/// Adds host functions (start-up only, before any link). The array must live for ever.
void register_natives(const NativeEntry* entries, std::size_t count);

}  // namespace noodle::vm
