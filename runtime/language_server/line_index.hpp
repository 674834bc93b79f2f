// Lines of a text as the protocol counts them (\n, \r\n and \r end a line) and columns in UTF-16 code units.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "runtime/lang/source.hpp"
#include "runtime/language_server/protocol.hpp"

namespace noodle::language_server {

/// Looks at the text given to it, which must stay as it is.
class LineIndex {
 public:
  explicit LineIndex(std::string_view text);
  /// Nothing when there is no such line; a column behind the end of its line means that end.
  std::optional<std::uint32_t> offset(Position at) const;
  Position position(std::uint32_t offset) const;
  Range range(lang::Span span) const { return {position(span.start), position(span.end)}; }
  Range whole() const { return {{}, position(static_cast<std::uint32_t>(text_.size()))}; }
  std::uint32_t line_count() const { return static_cast<std::uint32_t>(starts_.size()); }

 private:
  std::uint32_t line_end(std::uint32_t line) const;
  std::string_view text_;
  std::vector<std::uint32_t> starts_;
};

}  // namespace noodle::language_server
