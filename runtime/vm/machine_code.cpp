#include "runtime/vm/machine_code.hpp"

#include <atomic>

#include "runtime/vm/handlers.hpp"
#include "runtime/vm/interpreter.hpp"
#include "runtime/vm/process.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::vm {

std::uint64_t refuse_machine_call(Context* context, Slot*, Object**, Frame*, std::uint64_t) {
  context->machine_exit = MachineExit::refused;
  return 0;
}

void publish(const Function& function, MachineCode code, const std::uint32_t* back_edges, std::uint32_t count) {
  std::atomic_ref(function.machine).store(code, std::memory_order_release);
  std::atomic_ref(function.entry).store(function.code - 1, std::memory_order_release);
  const std::uint64_t handler = handler_offsets()[static_cast<std::size_t>(Handler::continue_machine)];
  for (std::uint32_t k = 0; k < count; ++k) {
    auto& word = const_cast<std::uint64_t&>(function.code[back_edges[k]]);
    std::atomic_ref(word).store((word & ~std::uint64_t{0xffff}) | handler, std::memory_order_release);
  }
}

}  // namespace noodle::vm
