#include "storage/key.hpp"

namespace noodle::storage {
namespace {

constexpr char kEscape = '\0';
constexpr char kEscapedZero = '\xff';
constexpr char kEnd = '\x01';

template <class Number>
void append_big_endian(std::string& out, Number value) {
  for (int shift = static_cast<int>(sizeof value) * 8 - 8; shift >= 0; shift -= 8) {
    out += static_cast<char>(value >> shift & 0xff);
  }
}

template <class Number>
Number read_big_endian(std::string_view bytes) {
  Number value = 0;
  for (const char byte : bytes) value = static_cast<Number>(value << 8 | static_cast<unsigned char>(byte));
  return value;
}

}  // namespace

Key& Key::tag(char tag) {
  bytes_ += tag;
  return *this;
}

Key& Key::u32(std::uint32_t value) {
  append_big_endian(bytes_, value);
  return *this;
}

Key& Key::u64(std::uint64_t value) {
  append_big_endian(bytes_, value);
  return *this;
}

Key& Key::text(std::string_view text) {
  for (const char byte : text) {
    bytes_ += byte;
    if (byte == kEscape) bytes_ += kEscapedZero;
  }
  bytes_ += kEscape;
  bytes_ += kEnd;
  return *this;
}

Key& Key::raw(std::string_view bytes) {
  bytes_ += bytes;
  return *this;
}

bool KeyReader::take(std::size_t count, std::string_view& taken) {
  if (failed_ || rest_.size() < count) {
    failed_ = true;
    return false;
  }
  taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return true;
}

std::optional<char> KeyReader::tag() {
  std::string_view taken;
  if (!take(1, taken)) return std::nullopt;
  return taken[0];
}

std::optional<std::uint32_t> KeyReader::u32() {
  std::string_view taken;
  if (!take(4, taken)) return std::nullopt;
  return read_big_endian<std::uint32_t>(taken);
}

std::optional<std::uint64_t> KeyReader::u64() {
  std::string_view taken;
  if (!take(8, taken)) return std::nullopt;
  return read_big_endian<std::uint64_t>(taken);
}

std::optional<std::string> KeyReader::text() {
  std::string text;
  std::string_view byte;
  while (take(1, byte)) {
    if (byte[0] != kEscape) {
      text += byte[0];
      continue;
    }
    if (!take(1, byte)) break;
    if (byte[0] == kEnd) return text;
    if (byte[0] != kEscapedZero) break;
    text += kEscape;
  }
  failed_ = true;
  return std::nullopt;
}

std::string_view KeyReader::raw() {
  std::string_view taken;
  take(rest_.size(), taken);
  return taken;
}

std::string prefix_end(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace noodle::storage
