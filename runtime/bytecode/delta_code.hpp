// Compact numbers for NBC: LEB128 with differences, for line tables and join states.
//
// Lines: for each entry word, line and column as differences to the entry before (line and column zigzag).
// Joins: for each state the word as difference, one bit a scalar register (set), one number a pointer register
// (type index << 1 | nullable).
// Limits: readers never allocate more than the data can describe. Readers return false for malformed data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/bytecode/module.hpp"

namespace noodle::bytecode {

std::string pack_lines(const std::vector<LineEntry>& lines);
bool unpack_lines(std::string_view data, std::vector<LineEntry>& lines);

/// Precondition of packing: all states have the given numbers of registers; shorter ones are filled with unset
/// registers.
std::string pack_joins(const std::vector<JoinState>& joins, std::uint32_t scalar_registers,
                       std::uint32_t pointer_registers);
bool unpack_joins(std::string_view data, std::uint32_t scalar_registers, std::uint32_t pointer_registers,
                  std::vector<JoinState>& joins);

}  // namespace noodle::bytecode
