// Runs the functions of a linked program that nobody trusts: small limits, a collection at every allocation, no actors.
#pragma once

#include <cstring>

#include "runtime/vm/actor_ops.hpp"
#include "runtime/vm/context.hpp"
#include "runtime/vm/heap.hpp"
#include "runtime/vm/process.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::test {

inline vm::NativeStatus no_actors(vm::Process& process) {
  return vm::trap(process, Code::host_module_missing, "no processes here");
}

/// Every function that can be called with zeros and nulls, a few slices each.
inline void run_functions(const vm::Program& program) {
  static vm::Context* const context = [] {
    vm::set_actor_ops(
        {[](vm::Process& p, std::uint32_t, vm::Slot*, vm::Object**, vm::Object*) { return no_actors(p); },
         [](vm::Process& p, const vm::Function&, vm::Slot*, vm::Object**, vm::Object*) { return no_actors(p); },
         [](vm::Process& p, std::uint32_t, vm::Slot*, vm::Object**) { return no_actors(p); },
         [](vm::Process& p, std::uint32_t, vm::Slot*, vm::Object**) { return no_actors(p); },
         [](vm::Process& p, vm::Object*, vm::Object*) { return no_actors(p); }});
    vm::set_gc_stress(true);
    return vm::create_context();
  }();
  static vm::ProcessLimits limits = [] {
    vm::ProcessLimits small;
    small.memory_bytes = 64 << 10;
    small.frames = 200;
    return small;
  }();
  for (const vm::Function& f : program.functions) {
    bool callable = true;
    for (const bytecode::TypeRef& p : f.def->signature.params) {
      callable &= p.nullable || bytecode::is_scalar_kind(program.module.types[p.index].kind);
    }
    if (!callable) continue;
    vm::Process process;
    process.program = &program;
    process.limits = &limits;
    process.heap.limit_bytes = limits.memory_bytes;
    vm::bind(process, *context);
    std::memset(context->scalars, 0, f.scalar_args * sizeof(vm::Slot));
    std::memset(context->pointers, 0, f.pointer_args * sizeof(vm::Object*));
    context->pointers_top = context->pointers + f.pointer_args;
    vm::begin_call(process, f);
    for (int slice = 0; slice < 4; ++slice) {
      if (vm::run(process, 100) != vm::RunStatus::preempted) break;
    }
    vm::collect(process);
    vm::discard_frames(process);
    vm::release_heap(process);
  }
}

}  // namespace noodle::test
