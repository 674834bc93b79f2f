// What the fuzz targets of servers share: inputs as one session, each line a message, so that the fuzzer gets behind
// the header.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include "runtime/language_server/message.hpp"

namespace noodle::test {

inline void require(bool condition) {
  if (!condition) std::abort();
}

inline bool never() {
  return false;
}

/// The first 50 lines as framed messages.
inline std::string framed_lines(std::string_view text) {
  std::string stream;
  std::size_t lines = 0;
  for (std::string_view rest = text; !rest.empty() && lines < 50; ++lines) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    stream += language_server::framed(std::string(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return stream;
}

}  // namespace noodle::test
