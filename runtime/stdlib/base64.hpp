// Base64 and hexadecimal (RFC 4648); append_hex is in runtime/base/hex.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace noodle::stdlib {

/// Standard alphabet with padding, or the URL alphabet without.
void append_base64(std::string& out, std::string_view bytes, bool url);
/// Either alphabet, with or without padding; nothing when malformed.
std::optional<std::string> decode_base64(std::string_view text);
/// Either case; nothing when malformed.
std::optional<std::string> decode_hex(std::string_view text);

}  // namespace noodle::stdlib
