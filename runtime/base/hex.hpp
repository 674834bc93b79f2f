// Bytes as hexadecimal digits.
#pragma once

#include <string>
#include <string_view>

namespace noodle {

/// Two lower-case digits a byte.
void append_hex(std::string& out, std::string_view bytes);

}  // namespace noodle
