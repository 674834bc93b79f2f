#include "runtime/values/utf8.hpp"

#include <bit>
#include <cstring>

namespace noodle::vm {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080;

std::uint64_t load_word(const char* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

/// Bytes of a word that do not begin with bits 10.
int count_leads(std::uint64_t word) {
  return 8 - std::popcount(word & ~(word << 1) & kHighBits);
}

}  // namespace

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) count += static_cast<std::size_t>(count_leads(load_word(text.data() + at)));
  for (; at < text.size(); ++at) count += !is_continuation(text[at]);
  return count;
}

std::size_t offset_of_code_point(std::string_view text, std::size_t index) {
  std::size_t at = 0;
  while (at + 8 <= text.size()) {
    const auto leads = static_cast<std::size_t>(count_leads(load_word(text.data() + at)));
    if (leads > index) break;
    index -= leads;
    at += 8;
  }
  for (; at < text.size(); ++at) {
    if (is_continuation(text[at])) continue;
    if (index == 0) return at;
    --index;
  }
  return text.size();
}

std::uint32_t decode_code_point(std::string_view text, std::size_t offset) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data()) + offset;
  switch (utf8_size(bytes[0])) {
    case 1:
      return bytes[0];
    case 2:
      return (bytes[0] & 0x1fu) << 6 | (bytes[1] & 0x3fu);
    case 3:
      return (bytes[0] & 0x0fu) << 12 | (bytes[1] & 0x3fu) << 6 | (bytes[2] & 0x3fu);
    default:
      return (bytes[0] & 0x07u) << 18 | (bytes[1] & 0x3fu) << 12 | (bytes[2] & 0x3fu) << 6 | (bytes[3] & 0x3fu);
  }
}

std::size_t encode_code_point(std::uint32_t code_point, char* out) {
  if (code_point < 0x80) {
    out[0] = static_cast<char>(code_point);
    return 1;
  }
  const auto tail = [&](unsigned shift) { return static_cast<char>(0x80 | (code_point >> shift & 0x3f)); };
  if (code_point < 0x800) {
    out[0] = static_cast<char>(0xc0 | code_point >> 6);
    out[1] = tail(0);
    return 2;
  }
  if (code_point < 0x10000) {
    out[0] = static_cast<char>(0xe0 | code_point >> 12);
    out[1] = tail(6);
    out[2] = tail(0);
    return 3;
  }
  out[0] = static_cast<char>(0xf0 | code_point >> 18);
  out[1] = tail(12);
  out[2] = tail(6);
  out[3] = tail(0);
  return 4;
}

void append_code_point(std::string& out, std::uint32_t code_point) {
  char bytes[4];
  out.append(bytes, encode_code_point(code_point, bytes));
}

}  // namespace noodle::vm
