#include "runtime/language_server/line_index.hpp"

#include <algorithm>

#include "messages/utf8.hpp"

namespace noodle::language_server {
namespace {

struct Character {
  std::uint32_t bytes = 1;
  std::uint32_t units = 1;
};

/// The character at the start of a text that is not empty; a byte that is not UTF-8 is one of one unit, as editors
/// show.
Character character_at(std::string_view text) {
  if (static_cast<unsigned char>(text[0]) < 0x80) return {};
  const std::size_t bytes = utf8_sequence_bytes(text);
  if (bytes == 0) return {};
  return {static_cast<std::uint32_t>(bytes), bytes == 4 ? 2u : 1u};
}

}  // namespace

LineIndex::LineIndex(std::string_view text) : text_(text) {
  starts_.reserve(text.size() / 32 + 1);
  starts_.push_back(0);
  for (std::size_t at = text.find_first_of("\r\n"); at != std::string_view::npos; at = text.find_first_of("\r\n", at)) {
    at += text.substr(at, 2) == "\r\n" ? 2 : 1;
    starts_.push_back(static_cast<std::uint32_t>(at));
  }
}

std::uint32_t LineIndex::line_end(std::uint32_t line) const {
  if (line + 1 == starts_.size()) return static_cast<std::uint32_t>(text_.size());
  const std::uint32_t next = starts_[line + 1];
  return next - (next - starts_[line] >= 2 && text_.substr(next - 2, 2) == "\r\n" ? 2 : 1);
}

std::optional<std::uint32_t> LineIndex::offset(Position at) const {
  if (at.line >= starts_.size()) return std::nullopt;
  std::uint32_t offset = starts_[at.line];
  const std::uint32_t end = line_end(at.line);
  for (std::uint32_t units = 0; offset < end;) {
    const Character next = character_at(text_.substr(offset, end - offset));
    units += next.units;
    if (units > at.character) break;  // also in the middle of a surrogate pair
    offset += next.bytes;
  }
  return offset;
}

Position LineIndex::position(std::uint32_t offset) const {
  offset = std::min(offset, static_cast<std::uint32_t>(text_.size()));
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
  Position at;
  at.line = static_cast<std::uint32_t>(next - starts_.begin()) - 1;
  for (std::uint32_t i = starts_[at.line]; i < offset;) {
    const Character character = character_at(text_.substr(i));
    if (i + character.bytes > offset) break;
    at.character += character.units;
    i += character.bytes;
  }
  return at;
}

}  // namespace noodle::language_server
