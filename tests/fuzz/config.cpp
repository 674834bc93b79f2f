// Configuration files: TOML and JSON of any bytes are read or refused.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/base/config_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)noodle::parse_toml_config(text, "fuzz.toml");
  (void)noodle::parse_json_config(text, "fuzz.json");
  return 0;
}
