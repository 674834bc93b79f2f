// Examples of error codes.
#pragma once

#include <cstdint>
#include <string_view>

namespace noodle::tools {

/// A program that meets the error, and one that does not; empty when there is none.
struct Example {
  std::string_view wrong;
  std::string_view right;
};
Example find_example(std::uint16_t code);

}  // namespace noodle::tools
