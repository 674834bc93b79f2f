#include <algorithm>
#include <optional>

#include "runtime/base/config_file.hpp"
#include "runtime/base/suggest.hpp"
#include "runtime/package/package.hpp"
#include "runtime/package/version.hpp"

namespace noodle::package {

namespace {

const std::vector<std::string_view> kPackageKeys = {"name", "version", "type", "description", "authors", "license"};
const std::vector<std::string_view> kTypes = {"library", "application", "plugin",       "theme",
                                              "tool",    "template",    "documentation"};
const std::vector<std::string_view> kSections = {"package", "dependencies", "capabilities", "agents", "bin"};

class Reader {
 public:
  Reader(const std::string& file, Manifest& manifest) : file_(file), manifest_(manifest) {}

  std::optional<Error> read(const ConfigEntry& entry) {
    if (std::holds_alternative<ConfigSection>(entry.value)) {
      return section(entry);
    }
    const std::size_t dot = entry.key.find('.');
    const std::string head = entry.key.substr(0, dot);
    const std::string rest = dot == std::string::npos ? "" : entry.key.substr(dot + 1);
    if (head == "package") return package_key(entry, rest);
    if (head == "dependencies") return dependency(entry, rest);
    if (head == "capabilities" && rest == "requires") return texts(entry, manifest_.requires_);
    if (head == "agents" && (rest.empty() || rest == "names")) return texts(entry, manifest_.agents);
    if (head == "bin") return bin(entry, rest);
    return unknown(entry, rest.empty() ? kSections : std::vector<std::string_view>{"requires", "names"},
                   rest.empty() ? head : rest);
  }

 private:
  Error problem(const ConfigEntry& entry, const std::string& message) {
    return {Code::manifest_invalid,
            file_ + ":" + std::to_string(entry.line) + ":" + std::to_string(entry.column) + ": " + message,
            {}};
  }
  Error unknown(const ConfigEntry& entry, const std::vector<std::string_view>& known, const std::string& key) {
    const std::string_view nearest = nearest_name(key, known);
    return problem(entry, "unknown key `" + entry.key + "`" +
                              (nearest.empty() ? "" : "; did you mean `" + std::string(nearest) + "`?"));
  }
  std::optional<Error> section(const ConfigEntry& entry) {
    const std::size_t dot = entry.key.find('.');
    const std::string head = entry.key.substr(0, dot);
    if (std::find(kSections.begin(), kSections.end(), head) == kSections.end()) return unknown(entry, kSections, head);
    if (dot != std::string::npos && head == "dependencies") current(entry.key.substr(dot + 1));
    return {};
  }
  std::optional<Error> text(const ConfigEntry& entry, std::string& out) {
    const auto* value = std::get_if<std::string>(&entry.value);
    if (value == nullptr) return problem(entry, "`" + entry.key + "` must be a text in quotes");
    out = *value;
    return {};
  }
  std::optional<Error> texts(const ConfigEntry& entry, std::vector<std::string>& out) {
    const auto* value = std::get_if<std::vector<std::string>>(&entry.value);
    if (value == nullptr) return problem(entry, "`" + entry.key + "` must be a list of texts");
    out = *value;
    return {};
  }
  std::optional<Error> package_key(const ConfigEntry& entry, const std::string& key) {
    if (key == "authors") return texts(entry, manifest_.authors);
    std::string* const targets[] = {&manifest_.name, &manifest_.version, &manifest_.type, &manifest_.description,
                                    nullptr,         &manifest_.license};
    const auto at = std::find(kPackageKeys.begin(), kPackageKeys.end(), key);
    if (at == kPackageKeys.end()) return unknown(entry, kPackageKeys, key);
    if (auto error = text(entry, *targets[at - kPackageKeys.begin()])) return error;
    if (key == "version") {
      if (auto version = parse_version(manifest_.version); !version) return problem(entry, version.error().message);
    }
    if (key == "type" && std::find(kTypes.begin(), kTypes.end(), manifest_.type) == kTypes.end()) {
      return problem(
          entry,
          "`" + manifest_.type +
              "` is no package type; types are library, application, plugin, theme, tool, template, documentation");
    }
    return {};
  }
  Manifest::Dependency& current(const std::string& name) {
    for (Manifest::Dependency& dependency : manifest_.dependencies) {
      if (dependency.name == name) return dependency;
    }
    return manifest_.dependencies.emplace_back(Manifest::Dependency{name, {}, "*"});
  }
  std::optional<Error> dependency(const ConfigEntry& entry, const std::string& rest) {
    const std::size_t dot = rest.find('.');
    Manifest::Dependency& target = current(rest.substr(0, dot));
    if (dot == std::string::npos) return text(entry, target.constraint);
    const std::string key = rest.substr(dot + 1);
    if (key == "path") return text(entry, target.path);
    if (key == "version") return text(entry, target.constraint);
    return unknown(entry, {"path", "version"}, key);
  }
  std::optional<Error> bin(const ConfigEntry& entry, const std::string& rest) {
    const std::size_t dot = rest.find('.');
    const std::string key = dot == std::string::npos ? rest : rest.substr(dot + 1);
    std::string value;
    if (auto error = text(entry, value)) return error;
    if (key == "name") {
      bin_name_ = value;
      manifest_.bins[bin_name_];
    } else if (key == "module" && !bin_name_.empty()) {
      manifest_.bins[bin_name_] = value;
    } else if (key == "module") {
      return problem(entry, "a [[bin]] starts with its name");
    } else {
      return unknown(entry, {"name", "module"}, key);
    }
    return {};
  }

  const std::string& file_;
  Manifest& manifest_;
  std::string bin_name_;
};

}  // namespace

Result<Manifest> parse_manifest(const std::string& path, std::string_view text) {
  auto entries = parse_toml_config(text, path);
  if (!entries) return Error{Code::manifest_invalid, entries.error().message, {}};
  // toml++ keeps keys sorted; reading in file order keeps messages and [[bin]] groups in the user's order.
  std::stable_sort(entries->begin(), entries->end(),
                   [](const ConfigEntry& a, const ConfigEntry& b) { return a.line < b.line; });
  Manifest manifest;
  Reader reader(path, manifest);
  for (const ConfigEntry& entry : *entries) {
    if (auto error = reader.read(entry)) return *error;
  }
  if (manifest.name.empty()) return Error{Code::manifest_invalid, path + ": [package] name is missing", {}};
  return manifest;
}

}  // namespace noodle::package
