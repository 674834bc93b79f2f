// JSON text: writing strings and numbers so that the result is valid JSON whatever the input holds.
#pragma once

#include <string>
#include <string_view>

namespace noodle {

/// Appends `text` in quotes. Quotes, backslashes and control characters are escaped; each byte that is not part of
/// valid UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);
std::string json_string(std::string_view text);

/// Appends the shortest text that reads back as `value`; null when it is infinite or not a number.
void append_json_number(std::string& out, double value);

}  // namespace noodle
