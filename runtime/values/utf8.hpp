// UTF-8 as the string natives need it: counting, finding and decoding code points in long texts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace noodle::vm {

/// Code points of valid UTF-8.
std::size_t count_code_points(std::string_view text);
/// Byte offset of code point `index`; text.size() when there are fewer.
std::size_t offset_of_code_point(std::string_view text, std::size_t index);
/// Bytes of the code point whose first byte is `lead`.
constexpr std::size_t utf8_size(std::uint8_t lead) {
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}
constexpr bool is_continuation(char byte) {
  return (static_cast<std::uint8_t>(byte) & 0xc0) == 0x80;
}
/// The code point at byte `offset` of valid UTF-8.
std::uint32_t decode_code_point(std::string_view text, std::size_t offset);
/// Writes at most 4 bytes, gives their number.
std::size_t encode_code_point(std::uint32_t code_point, char* out);
void append_code_point(std::string& out, std::uint32_t code_point);

}  // namespace noodle::vm
