#include "runtime/base/config_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>

#include "messages/limits.hpp"

namespace noodle {

Error config_syntax_error(const std::string& file, std::size_t line, std::size_t column, const std::string& message) {
  return {Code::config_syntax, file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + message, {}};
}

Result<std::vector<ConfigEntry>> read_config_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    const bool missing = errno == ENOENT;
    return Error{missing ? Code::file_not_found : Code::file_unreadable,
                 "configuration file `" + path + "`: " + std::strerror(errno),
                 {}};
  }
  std::string text(kMaxConfigBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return Error{Code::file_unreadable, "configuration file `" + path + "` cannot be read", {}};
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMaxConfigBytes) {
    return config_syntax_error(path, 1, 1, "file is over " + std::to_string(kMaxConfigBytes) + " bytes");
  }
  return path.ends_with(".json") ? parse_json_config(text, path) : parse_toml_config(text, path);
}

}  // namespace noodle
