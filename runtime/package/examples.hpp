// Examples in comments: each ```nc block, or block indented by four blanks, is a program. ```nc fails CODE does not
// compile, or ends with that error; lines `// prints: TEXT` say what it prints; its `test` blocks run, too.
//
// Limits: 10 s and 1 MiB of output each, no capabilities. Errors: none; what went wrong is in the outcome.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/package/documentation.hpp"

namespace noodle::documentation {

struct Example {
  std::string path;  // of the file it stands in
  std::uint32_t line = 0;
  std::string owner;  // what it is an example of
  std::string text;
  std::uint16_t fails = 0;
};
std::vector<Example> examples_of(const Documentation& documentation);

/// What is wrong with an example, for people; empty: nothing. It imports modules from `folder` unless that is empty.
/// Precondition: the natives of the standard library are registered.
std::string problem_of(const Example& example, const std::string& folder);

}  // namespace noodle::documentation
