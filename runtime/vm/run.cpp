// Starting, running and failing the bound process (process.hpp).
#include <algorithm>
#include <atomic>

#include "runtime/vm/interpreter.hpp"
#include "runtime/vm/process.hpp"
#include "runtime/vm/program.hpp"
#include "runtime/vm/unwind.hpp"

namespace noodle::vm {

namespace {

constexpr std::size_t kMachineStackBytes = 256 << 10;  // of the native stack, for nested machine code

}  // namespace

void begin_call(Process& process, const Function& function) {
  Context& context = *process.context;
  context.frame = context.frames + 1;
  context.function = &function;
  context.pc = std::atomic_ref(function.entry).load(std::memory_order_acquire);
  context.s = context.scalars;
  context.p = context.pointers;
  Object** const pointers = context.pointers;
  const std::size_t end = function.pointer_registers;
  for (std::size_t k = function.pointer_args; k < end; ++k) pointers[k] = nullptr;
  if (end == 0) pointers[0] = nullptr;  // the place of the result
  context.refused = nullptr;            // it may belong to a program that is gone
  process.after_call = false;
  process.heap.recent = 0;
}

RunStatus run(Process& process, std::int64_t fuel) {
  process.context->process = &process;
  process.context->native_limit = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) - kMachineStackBytes;
  const std::int64_t given = fuel + std::min<std::int64_t>(process.fuel, 0);  // debts are paid first
  if (process.resume_native) {
    process.context->pc -= process.after_call ? 2 : 0;
    process.resume_native = false;
    process.after_call = false;
  }
  if (given <= 0) {
    process.fuel = given;
    return RunStatus::preempted;
  }
  if (!process.pending_error) process.after_call = false;
  const RunStatus status = interpret(&process, given);
  process.fuel_spent += static_cast<std::uint64_t>(given - process.fuel);
  return status;
}

void inject_error(Process& process, Object* error) {
  process.pending_error = error;
  add_trace(process);
}

}  // namespace noodle::vm
