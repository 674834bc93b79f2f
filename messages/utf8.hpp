// UTF-8: decoding that never trusts its input (RFC 3629: no surrogates, no overlong forms, nothing over U+10FFFF).
#pragma once

#include <cstddef>
#include <string_view>

namespace noodle {

/// Length in bytes (1-4) of the valid sequence at the start of `text`, or 0 when there is none.
std::size_t utf8_sequence_bytes(std::string_view text);
bool is_valid_utf8(std::string_view text);

}  // namespace noodle
