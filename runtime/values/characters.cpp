#include "runtime/values/characters.hpp"

#include <array>

#include "runtime/bytecode/module.hpp"

namespace noodle::vm {
namespace {

struct Character {
  std::uint64_t header;
  std::uint32_t code_points;
  std::uint32_t hash;
  char text[8];
};

constexpr std::size_t kEmpty = 128;

std::array<Character, kEmpty + 1> make_characters() {
  std::array<Character, kEmpty + 1> made{};
  for (std::size_t code = 0; code < kEmpty; ++code) {
    made[code] = {make_header(bytecode::kString, 1, kFlagStatic), 1, 0, {static_cast<char>(code)}};
  }
  made[kEmpty] = {make_header(bytecode::kString, 0, kFlagStatic), 0, 0, {}};
  return made;
}

std::array<Character, kEmpty + 1> characters = make_characters();

}  // namespace

Object* empty_text() {
  return reinterpret_cast<Object*>(&characters[kEmpty]);
}
Object* ascii_text(std::uint32_t code) {
  return reinterpret_cast<Object*>(&characters[code]);
}

}  // namespace noodle::vm
