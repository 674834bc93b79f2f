// A text as its lines.
#pragma once

#include <string_view>
#include <vector>

namespace noodle {

/// Without their line ends; behind the last line end begins no line.
std::vector<std::string_view> lines_of(std::string_view text);

}  // namespace noodle
