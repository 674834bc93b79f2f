// Unicode classes and simple case mapping of code points.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace noodle::stdlib {

struct CodeRange {
  std::uint32_t low, high;  // both included
};

bool is_letter(std::uint32_t c);  // general category L
bool is_digit(std::uint32_t c);   // Nd
bool is_upper(std::uint32_t c);   // Lu, Lt
bool is_lower(std::uint32_t c);   // Ll
bool is_space(std::uint32_t c);   // White_Space
/// One code point to one; letters whose other case is longer stay.
std::uint32_t to_upper(std::uint32_t c);
std::uint32_t to_lower(std::uint32_t c);

/// Appends the ranges of a property L, Lu, Ll, Nd, Z; false for any other name.
bool add_property(std::string_view name, std::vector<CodeRange>& ranges);

}  // namespace noodle::stdlib
