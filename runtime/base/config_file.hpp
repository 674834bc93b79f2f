// Configuration files: TOML or JSON text as a flat list of keys, values and positions.
//
// Limits: kMaxConfigBytes, kMaxConfigNesting. Errors: 7001 not found, 7002 unreadable, 7010 syntax, with
// file:line:column.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "messages/error.hpp"

namespace noodle {

/// `[a.b]` in TOML, an object in JSON.
struct ConfigSection {};
/// A value that no option takes, by what it is: "a date", "a mixed list".
struct ConfigOther {
  std::string what;
};
using ConfigValue =
    std::variant<std::int64_t, double, bool, std::string, std::vector<std::string>, ConfigSection, ConfigOther>;

struct ConfigEntry {
  std::string key;  // "a.b.c"
  ConfigValue value;
  std::uint32_t line = 0;    // from 1, of the key
  std::uint32_t column = 0;  // from 1, in bytes
};

/// In the order of the file; sections before what they hold. `file` is for messages.
Result<std::vector<ConfigEntry>> parse_toml_config(std::string_view text, const std::string& file);
Result<std::vector<ConfigEntry>> parse_json_config(std::string_view text, const std::string& file);
/// By extension: .json is JSON, all else TOML.
Result<std::vector<ConfigEntry>> read_config_file(const std::string& path);

/// "file:3:7: message" with code 7010.
Error config_syntax_error(const std::string& file, std::size_t line, std::size_t column, const std::string& message);

}  // namespace noodle
