#include "cluster/security/contexts.hpp"

#include <cstdlib>

#include "cluster/security/key_file.hpp"
#include "runtime/base/config_file.hpp"
#include "runtime/base/json_text.hpp"
#include "runtime/base/suggest.hpp"

namespace noodle::security {
namespace {

Error invalid(const std::string& file, const ConfigEntry& entry, const std::string& why) {
  return {Code::context_invalid,
          file + ":" + std::to_string(entry.line) + ":" + std::to_string(entry.column) + ": " + why,
          {}};
}

bool read_field(Context& context, std::string_view field, const ConfigValue& value) {
  if (field == "nodes") {
    const auto* nodes = std::get_if<std::vector<std::string>>(&value);
    if (nodes != nullptr) context.nodes = *nodes;
    return nodes != nullptr && !nodes->empty();
  }
  std::string* target = field == "ca"            ? &context.authority
                        : field == "certificate" ? &context.certificate
                        : field == "key"         ? &context.key
                        : field == "token"       ? &context.token
                                                 : nullptr;
  const auto* text = std::get_if<std::string>(&value);
  if (target == nullptr || text == nullptr) return false;
  *target = *text;
  return true;
}

}  // namespace

std::string contexts_path() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  if (const std::string given = variable("NOODLE_CONTEXTS"); !given.empty()) return given;
  const std::string config = variable("XDG_CONFIG_HOME");
  return (config.empty() ? variable("HOME") + "/.config" : config) + "/noodle/contexts.toml";
}

Result<const Context*> Contexts::find(const std::string& name) const {
  const std::string& wanted = name.empty() ? current : name;
  if (const auto found = all.find(wanted); found != all.end()) return &found->second;
  std::vector<std::string> names;
  for (const auto& [one, context] : all) names.push_back(one);
  std::string message = wanted.empty() ? "no context is in use" : "no context `" + wanted + "`";
  const std::string_view nearest = nearest_name(wanted, names);
  message += nearest.empty() ? "; `noodle context list` shows them" : "; did you mean `" + std::string(nearest) + "`?";
  return Error{Code::context_unknown, message, {}};
}

Result<Contexts> parse_contexts(std::string_view toml, const std::string& file) {
  auto entries = parse_toml_config(toml, file);
  if (!entries) return entries.error();
  Contexts contexts;
  for (const ConfigEntry& entry : *entries) {
    constexpr std::string_view kPrefix = "contexts.";
    if (entry.key == "contexts" && std::holds_alternative<ConfigSection>(entry.value)) continue;
    if (entry.key == "current") {
      const auto* text = std::get_if<std::string>(&entry.value);
      if (text == nullptr) return invalid(file, entry, "`current` is the name of a context");
      contexts.current = *text;
      continue;
    }
    if (!entry.key.starts_with(kPrefix)) return invalid(file, entry, "unknown key `" + entry.key + "`");
    const std::string rest = entry.key.substr(kPrefix.size());
    if (std::holds_alternative<ConfigSection>(entry.value)) {
      if (contexts.all.size() == kMaxContexts) return invalid(file, entry, "more than 256 contexts");
      contexts.all[rest];
      continue;
    }
    const std::size_t dot = rest.rfind('.');
    const auto context = contexts.all.find(rest.substr(0, dot));
    if (dot == std::string::npos || context == contexts.all.end() ||
        !read_field(context->second, rest.substr(dot + 1), entry.value)) {
      return invalid(file, entry, "`" + rest + "` is none of nodes (a list), ca, certificate, key and token (texts)");
    }
  }
  for (const auto& [name, context] : contexts.all) {
    for (const auto& [field, missing] : {std::pair<const char*, bool>{"nodes", context.nodes.empty()},
                                         {"ca", context.authority.empty()},
                                         {"certificate", context.certificate.empty()},
                                         {"key", context.key.empty()}}) {
      if (missing) return Error{Code::context_invalid, file + ": context `" + name + "` has no " + field, {}};
    }
  }
  return contexts;
}

Result<Contexts> read_contexts(const std::string& path) {
  auto text = read_public_file(path);
  if (!text) {
    if (text.error().code == Code::file_not_found) return Contexts();
    return text.error();
  }
  return parse_contexts(*text, path);
}

Result<void> write_contexts(const std::string& path, const Contexts& contexts) {
  std::string text;
  if (!contexts.current.empty()) text += "current = " + json_string(contexts.current) + "\n";
  for (const auto& [name, context] : contexts.all) {
    text += "\n[contexts." + json_string(name) + "]\nnodes = [";
    for (std::size_t i = 0; i < context.nodes.size(); ++i) text += (i == 0 ? "" : ", ") + json_string(context.nodes[i]);
    text += "]\nca = " + json_string(context.authority) + "\ncertificate = " + json_string(context.certificate) +
            "\nkey = " + json_string(context.key) + "\n";
    if (!context.token.empty()) text += "token = " + json_string(context.token) + "\n";
  }
  return write_secret_file(path, Secret(std::move(text)), Existing::replace);
}

}  // namespace noodle::security
