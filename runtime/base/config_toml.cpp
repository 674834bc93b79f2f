#include <toml++/toml.h>

#include <utility>

#include "messages/limits.hpp"
#include "runtime/base/config_file.hpp"

namespace noodle {
namespace {

ConfigValue list_value(const toml::array& array) {
  std::vector<std::string> items;
  for (const toml::node& item : array) {
    const auto text = item.value_exact<std::string>();
    if (!text) return ConfigOther{"a list with something else than texts"};
    items.push_back(*text);
  }
  return items;
}

ConfigValue scalar_value(const toml::node& node) {
  if (const auto integer = node.value_exact<std::int64_t>()) return *integer;
  if (const auto real = node.value_exact<double>()) return *real;
  if (const auto truth = node.value_exact<bool>()) return *truth;
  if (const auto text = node.value_exact<std::string>()) return *text;
  return ConfigOther{"a date or time"};
}

bool flatten(const toml::table& table, const std::string& prefix, int depth, std::vector<ConfigEntry>& out) {
  if (depth > kMaxConfigNesting) return false;
  for (const auto& [key, node] : table) {
    const auto& at = key.source().begin;
    ConfigEntry entry{prefix + std::string(key.str()), ConfigSection{}, at.line, at.column};
    if (const toml::table* section = node.as_table()) {
      const std::string inner = entry.key + ".";
      out.push_back(std::move(entry));
      if (!flatten(*section, inner, depth + 1, out)) return false;
      continue;
    }
    const toml::array* array = node.as_array();
    if (array != nullptr && array->is_array_of_tables()) {  // [[a]]: a.0, a.1 ...
      std::size_t number = 0;
      for (const toml::node& item : *array) {
        const std::string inner = entry.key + "." + std::to_string(number++) + ".";
        if (!flatten(*item.as_table(), inner, depth + 1, out)) return false;
      }
      continue;
    }
    entry.value = array != nullptr ? list_value(*array) : scalar_value(node);
    out.push_back(std::move(entry));
  }
  return true;
}

}  // namespace

Result<std::vector<ConfigEntry>> parse_toml_config(std::string_view text, const std::string& file) {
  try {
    const toml::table root = toml::parse(text, file);
    std::vector<ConfigEntry> entries;
    if (!flatten(root, {}, 0, entries)) return config_syntax_error(file, 1, 1, "sections nested too deep");
    return entries;
  } catch (const toml::parse_error& error) {
    const auto& at = error.source().begin;
    return config_syntax_error(file, at.line, at.column, std::string(error.description()));
  }
}

}  // namespace noodle
