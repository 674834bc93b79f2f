#include "runtime/debugger/patch.hpp"

#include <atomic>

#include "runtime/vm/handlers.hpp"
#include "runtime/vm/interpreter.hpp"

namespace noodle::debugger {
namespace {

std::uint16_t exchange_handler(const vm::Function& function, std::uint32_t word, std::uint16_t handler) {
  auto& place = const_cast<std::uint64_t&>(function.code[word]);
  const std::uint64_t before = place;
  std::atomic_ref(place).store((before & ~std::uint64_t{0xffff}) | handler, std::memory_order_release);
  return static_cast<std::uint16_t>(before);
}

}  // namespace

std::uint16_t set_breakpoint(const vm::Function& function, std::uint32_t word) {
  return exchange_handler(function, word, vm::handler_offsets()[static_cast<std::size_t>(vm::Handler::breakpoint)]);
}

void clear_breakpoint(const vm::Function& function, std::uint32_t word, std::uint16_t handler) {
  exchange_handler(function, word, handler);
}

}  // namespace noodle::debugger
