// UTF-8 and the few properties of code points that the front end needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace noodle::lang {

/// A code point and its length in bytes; `size` 0: not valid UTF-8 (overlong, surrogate, cut, above U+10FFFF).
struct CodePoint {
  std::uint32_t value = 0;
  std::uint32_t size = 0;
};

/// Decodes the code point that begins at `text[at]`. Precondition: at < text.size().
CodePoint decode_utf8(std::string_view text, std::size_t at);
void append_utf8(std::string& out, std::uint32_t code_point);
/// Offset of the first byte that is not valid UTF-8, or npos.
std::size_t find_invalid_utf8(std::string_view text);

/// May stand in a name: every non-ASCII code point except blanks, controls, punctuation, symbols and private use.
bool is_name_code_point(std::uint32_t code_point);
/// Columns on a terminal: 0 for combining marks, 2 for East Asian wide text and emoji, else 1.
int display_width(std::uint32_t code_point);

}  // namespace noodle::lang
