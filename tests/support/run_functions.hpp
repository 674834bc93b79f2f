// Runs the functions of a linked program that nobody trusts: small limits, no actors.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "runtime/vm/actor_ops.hpp"
#include "runtime/vm/context.hpp"
#include "runtime/vm/heap.hpp"
#include "runtime/vm/process.hpp"
#include "runtime/vm/program.hpp"
#include "tests/support/heap_digest.hpp"

namespace noodle::test {

struct Slices {
  int count = 4;
  std::int64_t fuel = 100;     // each
  bool collect_always = true;  // a collection at every allocation
};

/// What a function did. Two engines agree on it, unless the slices were used up: then they may have stopped at
/// different places of a stretch of code that costs nothing.
struct FunctionRun {
  std::uint32_t function = 0;
  vm::RunStatus status{};
  std::uint64_t fuel = 0;
  std::uint64_t result = 0;
  std::uint64_t heap = 0;
  std::string error;

  bool ended() const { return status != vm::RunStatus::preempted; }
  friend bool operator==(const FunctionRun&, const FunctionRun&) = default;
};

inline vm::NativeStatus no_actors(vm::Process& process) {
  return vm::trap(process, Code::host_module_missing, "no processes here");
}

inline std::string text_of(const vm::Object* error) {
  const auto* message = static_cast<const vm::StringObject*>(error->pointers()[vm::kErrorMessage]);
  const bool flat = message && message->class_id() == bytecode::kString;
  return std::to_string(error->slots()[vm::kErrorCode].i) + " " + std::string(flat ? message->view() : "");
}

inline FunctionRun run_function(const vm::Program& program, const vm::Function& f, const Slices& slices,
                                vm::Context& context) {
  static vm::ProcessLimits limits = [] {
    vm::ProcessLimits small;
    small.memory_bytes = 64 << 10;
    small.frames = 200;
    return small;
  }();
  vm::Process process;
  process.program = &program;
  process.limits = &limits;
  process.heap.limit_bytes = limits.memory_bytes;
  vm::bind(process, context);
  std::memset(context.scalars, 0, f.scalar_args * sizeof(vm::Slot));
  std::memset(context.pointers, 0, f.pointer_args * sizeof(vm::Object*));
  context.pointers_top = context.pointers + f.pointer_args;
  vm::begin_call(process, f);
  FunctionRun run;
  run.function = f.index;
  for (int slice = 0; slice < slices.count; ++slice) {
    run.status = vm::run(process, slices.fuel);
    if (run.ended()) break;
  }
  run.fuel = process.fuel_spent;
  if (run.status == vm::RunStatus::done && f.result == 's') run.result = context.scalars[0].u;
  if (run.status == vm::RunStatus::done && f.result == 'p') {
    run.result = context.pointers[0] ? context.pointers[0]->class_id() : 0;
  }
  if (process.pending_error) run.error = text_of(process.pending_error);
  HeapDigest digest;
  digest.add(process);
  run.heap = digest.sum();
  vm::collect(process);
  vm::discard_frames(process);
  vm::release_heap(process);
  return run;
}

/// Every function that can be called with zeros and nulls.
inline std::vector<FunctionRun> run_functions(const vm::Program& program, const Slices& slices = {}) {
  static vm::Context* const context = [] {
    vm::set_actor_ops(
        {[](vm::Process& p, std::uint32_t, vm::Slot*, vm::Object**, vm::Object*) { return no_actors(p); },
         [](vm::Process& p, const vm::Function&, vm::Slot*, vm::Object**, vm::Object*) { return no_actors(p); },
         [](vm::Process& p, std::uint32_t, vm::Slot*, vm::Object**) { return no_actors(p); },
         [](vm::Process& p, std::uint32_t, vm::Slot*, vm::Object**) { return no_actors(p); },
         [](vm::Process& p, vm::Object*, vm::Object*) { return no_actors(p); }});
    return vm::create_context();
  }();
  vm::set_gc_stress(slices.collect_always);
  std::vector<FunctionRun> runs;
  for (const vm::Function& f : program.functions) {
    bool callable = f.code_words != 0;
    for (const bytecode::TypeRef& p : f.def->signature.params) {
      callable &= p.nullable || bytecode::is_scalar_kind(program.module.types[p.index].kind);
    }
    if (callable) runs.push_back(run_function(program, f, slices, *context));
  }
  return runs;
}

}  // namespace noodle::test
