// base64url (RFC 4648, section 5) without padding, strictly: one text for every byte sequence and no other.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace noodle::security {

std::string base64url(std::string_view bytes);
/// Nothing for padding, other characters, impossible lengths and stray bits at the end.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace noodle::security
