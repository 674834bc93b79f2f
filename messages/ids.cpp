#include "messages/ids.hpp"

#include <charconv>
#include <random>

namespace noodle {
namespace detail {

std::string hex128(std::uint64_t high, std::uint64_t low) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(32, '0');
  for (int i = 0; i < 16; ++i) {
    const int shift = 60 - 4 * i;
    text[static_cast<std::size_t>(i)] = kDigits[high >> shift & 15];
    text[static_cast<std::size_t>(i + 16)] = kDigits[low >> shift & 15];
  }
  return text;
}

bool parse_hex128(std::string_view text, std::uint64_t& high, std::uint64_t& low) {
  const bool dashed = text.size() == 36;
  if (!dashed && text.size() != 32) return false;
  std::uint64_t halves[2] = {0, 0};
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (dashed && (i == 8 || i == 13 || i == 18 || i == 23)) {
      if (c != '-') return false;
      continue;
    }
    std::uint64_t digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<std::uint64_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<std::uint64_t>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<std::uint64_t>(c - 'A' + 10);
    } else {
      return false;
    }
    auto& half = halves[digits++ / 16];
    half = half << 4 | digit;
  }
  high = halves[0];
  low = halves[1];
  return true;
}

std::uint64_t random64() {
  thread_local std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace detail

std::string ProcessId::to_string() const {
  return "<" + std::to_string(index) + "." + std::to_string(generation) + ">";
}

std::optional<ProcessId> ProcessId::parse(std::string_view text) {
  if (text.size() < 5 || text.front() != '<' || text.back() != '>') return std::nullopt;
  const char* const end = text.data() + text.size() - 1;
  ProcessId id;
  const auto first = std::from_chars(text.data() + 1, end, id.index);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, id.generation);
  if (second.ec != std::errc() || second.ptr != end) return std::nullopt;
  return id;
}

}  // namespace noodle
