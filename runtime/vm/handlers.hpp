// Handlers of the interpreter as an enumeration, and which pairs of them are fused (handlers.def).
#pragma once

#include <cstddef>
#include <cstdint>

namespace noodle::vm {

enum class Handler : std::uint16_t {
#define NOODLE_HANDLER(name, words, layout) name,
#define NOODLE_FUSED(name, first, second) name,
#include "runtime/vm/handlers.def"
#undef NOODLE_FUSED
#undef NOODLE_HANDLER
};

constexpr std::size_t kHandlerCount = 0
#define NOODLE_HANDLER(name, words, layout) +1
#define NOODLE_FUSED(name, first, second) +1
#include "runtime/vm/handlers.def"
#undef NOODLE_FUSED
#undef NOODLE_HANDLER
    ;

constexpr std::uint64_t make_running(std::uint16_t handler, std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  return handler | (a & 0xffff) << 16 | (b & 0xffff) << 32 | c << 48;
}
/// First word with a 32-bit number in place of B and C.
constexpr std::uint64_t make_running_d(std::uint16_t handler, std::uint64_t a, std::uint64_t d) {
  return handler | (a & 0xffff) << 16 | d << 32;
}

}  // namespace noodle::vm
