#include "runtime/base/config.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <stdexcept>
#include <type_traits>

#include "messages/limits.hpp"
#include "runtime/base/config_file.hpp"
#include "runtime/base/suggest.hpp"

namespace noodle {
namespace {

constexpr std::string_view kPrefix = "NOODLE_";

std::string what_is(const ConfigValue& value) {
  return std::visit(
      [](const auto& v) -> std::string {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, ConfigSection>) return "a section";
        if constexpr (std::is_same_v<T, ConfigOther>) return v.what;
        if constexpr (std::is_same_v<T, std::string>) return "a text";
        if constexpr (std::is_same_v<T, bool>) return "true or false";
        if constexpr (std::is_same_v<T, std::vector<std::string>>) return "a list of texts";
        return "a number";
      },
      value);
}

/// A file's value for an option. Files are typed, so "4" is no integer; sizes and durations may be numbers or texts.
Result<OptionValue> from_file(const Option& option, const ConfigValue& value) {
  const auto* integer = std::get_if<std::int64_t>(&value);
  const auto* text = std::get_if<std::string>(&value);
  switch (option.kind) {
    case OptionKind::integer:
      if (integer != nullptr) return check_option(option, *integer);
      break;
    case OptionKind::real:
      if (integer != nullptr) return check_option(option, static_cast<double>(*integer));
      if (const auto* real = std::get_if<double>(&value)) return check_option(option, *real);
      break;
    case OptionKind::boolean:
      if (const auto* truth = std::get_if<bool>(&value)) return check_option(option, *truth);
      break;
    case OptionKind::duration:
    case OptionKind::size:
      if (integer != nullptr) return parse_option(option, std::to_string(*integer));
      [[fallthrough]];
    case OptionKind::text:
    case OptionKind::choice:
    case OptionKind::secret:
      if (text != nullptr) return parse_option(option, *text);
      break;
    case OptionKind::text_list:
      if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return check_option(option, *list);
      break;
  }
  return Error{Code::config_bad_value,
               "`" + std::string(option.key) + "` must be " + expectation(option) + ", not " + what_is(value),
               {}};
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string_view near = nearest_name(word, candidates);
  return near.empty() ? std::string() : "; did you mean `" + std::string(near) + "`?";
}

}  // namespace

/// Collects values and problems layer by layer.
struct Config::Loader {
  std::span<const Option> options;
  Config config;
  std::vector<std::string> keys;
  std::vector<std::string> sections;  // "vm", "a.b"
  std::vector<Error> problems;

  explicit Loader(std::span<const Option> all) : options(all) {
    std::set<std::string> prefixes;
    for (const Option& option : options) {
      auto value = parse_option(option, option.default_text);
      if (!value) throw std::logic_error("default of an option: " + value.error().to_string());
      const bool is_new = config.settings_.try_emplace(option.key, Setting{&option, *value, "default"}).second;
      if (!is_new) throw std::logic_error("option declared twice: " + std::string(option.key));
      keys.emplace_back(option.key);
      for (std::size_t dot = option.key.find('.'); dot != std::string_view::npos; dot = option.key.find('.', dot + 1)) {
        prefixes.insert(std::string(option.key.substr(0, dot)));
      }
    }
    sections.assign(prefixes.begin(), prefixes.end());
  }

  void problem(const std::string& where, Code code, const std::string& what) {
    problems.push_back({code, where + ": " + what, {}});
  }

  void set(const std::string& where, Setting& setting, Result<OptionValue> value) {
    if (!value) return problem(where, value.error().code, value.error().message);
    setting.value = std::move(value).value();
    setting.origin = where;
  }

  void apply_file(const std::string& file, const std::vector<ConfigEntry>& entries) {
    std::string unknown_section = "\n";  // no key starts like this
    for (const ConfigEntry& entry : entries) {
      if (entry.key.starts_with(unknown_section)) continue;
      const std::string where = file + ":" + std::to_string(entry.line) + ":" + std::to_string(entry.column);
      const bool is_section = std::holds_alternative<ConfigSection>(entry.value);
      const bool names_section = std::binary_search(sections.begin(), sections.end(), entry.key);
      if (const auto found = config.settings_.find(entry.key); found != config.settings_.end()) {
        set(where, found->second, from_file(*found->second.option, entry.value));
        if (is_section) unknown_section = entry.key + ".";
      } else if (is_section && !names_section) {
        problem(where, Code::config_unknown_key,
                "unknown section `" + entry.key + "`" + suggestion(entry.key, sections));
        unknown_section = entry.key + ".";
      } else if (!is_section && names_section) {
        problem(where, Code::config_bad_value, "`" + entry.key + "` is a section, not " + what_is(entry.value));
      } else if (!is_section) {
        problem(where, Code::config_unknown_key, "unknown key `" + entry.key + "`" + suggestion(entry.key, keys));
      }
    }
  }

  void apply_environment(const std::map<std::string, std::string>& environment) {
    std::vector<std::string> names{std::string(kConfigPathVariable)};
    for (auto& [key, setting] : config.settings_) {
      // The main name comes last, so it wins.
      std::vector<std::string> own(setting.option->other_env.begin(), setting.option->other_env.end());
      own.push_back(env_name(key));
      for (const std::string& name : own) {
        if (const auto found = environment.find(name); found != environment.end()) {
          set(name, setting, parse_option(*setting.option, found->second));
        }
        names.push_back(name);
      }
    }
    for (const auto& [name, value] : environment) {
      if (!name.starts_with(kPrefix) || std::find(names.begin(), names.end(), name) != names.end()) continue;
      // Compared without the prefix, which would make all names look alike.
      std::vector<std::string> tails;
      for (const std::string& known : names) tails.push_back(known.substr(kPrefix.size()));
      const std::string_view near = nearest_name(std::string_view(name).substr(kPrefix.size()), tails);
      config.warnings_.push_back("environment variable " + name + " names no option" +
                                 (near.empty() ? "" : "; did you mean `NOODLE_" + std::string(near) + "`?"));
    }
  }

  void apply_flags(const std::vector<std::pair<std::string, std::string>>& flags) {
    for (const auto& [key, value] : flags) {
      const std::string where = "--" + key;
      const auto found = config.settings_.find(key);
      if (found == config.settings_.end()) {
        problem(where, Code::config_unknown_key, "unknown key `" + key + "`" + suggestion(key, keys));
      } else {
        set(where, found->second, parse_option(*found->second.option, value));
      }
    }
  }

  Result<Config> finish() && {
    if (problems.empty()) return std::move(config);
    Error all = problems.front();
    for (std::size_t i = 1; i < std::min(problems.size(), kMaxDiagnostics); ++i) {
      all.message += "\n" + problems[i].message;
    }
    if (problems.size() > kMaxDiagnostics) {
      all.message += "\nand " + std::to_string(problems.size() - kMaxDiagnostics) + " more";
    }
    return all;
  }
};

std::map<std::string, std::string> noodle_environment() {
  std::map<std::string, std::string> found;
  for (const char* const* variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const char* equals = std::strchr(*variable, '=');
    if (equals == nullptr || !std::string_view(*variable).starts_with(kPrefix)) continue;
    found.emplace(std::string(*variable, equals), equals + 1);
  }
  return found;
}

Result<Config> Config::load(std::span<const Option> options, const ConfigSources& sources) {
  Loader loader(options);
  std::optional<std::string> file = sources.file;
  const auto named = sources.environment.find(std::string(kConfigPathVariable));
  if (!file && named != sources.environment.end() && !named->second.empty()) file = named->second;
  if (file) {
    const auto entries = read_config_file(*file);
    if (!entries) return entries.error();
    loader.apply_file(*file, *entries);
  }
  loader.apply_environment(sources.environment);
  loader.apply_flags(sources.flags);
  return std::move(loader).finish();
}

const Config::Setting& Config::find(std::string_view key, std::initializer_list<OptionKind> kinds) const {
  const auto found = settings_.find(key);
  if (found == settings_.end()) throw std::logic_error("no such option: " + std::string(key));
  const bool fits = std::find(kinds.begin(), kinds.end(), found->second.option->kind) != kinds.end();
  if (kinds.size() > 0 && !fits) throw std::logic_error("option is of another kind: " + std::string(key));
  return found->second;
}

std::int64_t Config::integer(std::string_view key) const {
  return std::get<std::int64_t>(find(key, {OptionKind::integer}).value);
}
double Config::real(std::string_view key) const {
  return std::get<double>(find(key, {OptionKind::real}).value);
}
bool Config::boolean(std::string_view key) const {
  return std::get<bool>(find(key, {OptionKind::boolean}).value);
}
const std::string& Config::text(std::string_view key) const {
  return std::get<std::string>(find(key, {OptionKind::text, OptionKind::choice}).value);
}
std::chrono::nanoseconds Config::duration(std::string_view key) const {
  return std::chrono::nanoseconds(std::get<std::int64_t>(find(key, {OptionKind::duration}).value));
}
std::uint64_t Config::size_bytes(std::string_view key) const {
  return static_cast<std::uint64_t>(std::get<std::int64_t>(find(key, {OptionKind::size}).value));
}
const std::vector<std::string>& Config::text_list(std::string_view key) const {
  return std::get<std::vector<std::string>>(find(key, {OptionKind::text_list}).value);
}
Secret Config::secret(std::string_view key) const {
  return Secret(std::get<std::string>(find(key, {OptionKind::secret}).value));
}

const std::string& Config::origin(std::string_view key) const {
  return find(key, {}).origin;
}

std::string Config::show() const {
  std::string out;
  for (const auto& [key, setting] : settings_) {
    out += std::string(key) + " = " + format_option(*setting.option, setting.value) + "   # " + setting.origin + "\n";
  }
  return out;
}

std::string Config::describe(std::span<const Option> options) {
  std::map<std::string, std::string> sections;
  for (const Option& option : options) {
    const std::size_t dot = option.key.rfind('.');
    std::string& rows =
        sections[dot == std::string_view::npos ? std::string() : std::string(option.key.substr(0, dot))];
    std::string variables = "`" + env_name(option.key) + "`";
    for (const std::string_view other : option.other_env) variables += ", `" + std::string(other) + "`";
    const std::string initial = option.default_text.empty() ? "" : "`" + std::string(option.default_text) + "`";
    rows += "| `" + std::string(option.key.substr(dot + 1)) + "` | " + expectation(option) + " | " + initial + " | " +
            variables + " | " + std::string(option.help) + " |\n";
  }
  std::string out;
  for (const auto& [section, rows] : sections) {
    if (!section.empty()) out += "## [" + section + "]\n\n";
    out += "| key | value | default | environment | meaning |\n|---|---|---|---|---|\n" + rows + "\n";
  }
  return out;
}

}  // namespace noodle
