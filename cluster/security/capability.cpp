#include "cluster/security/capability.hpp"

#include <algorithm>

#include "runtime/base/resource_pattern.hpp"

namespace noodle::security {
namespace {

/// Without `.`, `..` and repeated slashes; empty when it is not absolute or leads above the root.
std::string normal_absolute(std::string_view path) {
  if (path.empty() || path.front() != '/') return {};
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(part.size());
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (parts.empty()) {
      return {};
    } else {
      parts.pop_back();
    }
  }
  std::string normal;
  for (const std::string_view part : parts) normal.append("/").append(part);
  return normal.empty() ? "/" : normal;
}

bool names_paths(std::string_view action) {
  return names_path(action) || action == "fs";
}

}  // namespace

bool is_action(std::string_view text) {
  if (text.empty()) return false;
  while (true) {
    const std::size_t dot = text.find('.');
    const std::string_view word = text.substr(0, dot);
    if (word == "*") return dot == std::string_view::npos;
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
    if (word.empty() || !std::all_of(word.begin(), word.end(), letter)) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool action_covers(std::string_view pattern, std::string_view action) {
  if (pattern == "*") return true;
  if (!pattern.ends_with(".*")) return pattern == action;
  return action.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool resource_covers(std::string_view action, std::string_view pattern, std::string_view resource) {
  if (pattern.empty()) return true;
  if (!names_paths(action)) return pattern_covers(false, pattern, resource);
  const std::string path = normal_absolute(resource);
  return !path.empty() && pattern_covers(true, pattern, path);
}

Result<Capability> Capability::parse(std::string_view text) {
  const auto refuse = [text](const char* why) {
    return Error{Code::capability_unknown, "not a capability: `" + std::string(text.substr(0, 80)) + "`: " + why, {}};
  };
  if (text.size() > kMaxCapabilityBytes) return refuse("longer than 512 bytes");
  const std::size_t colon = text.find(':');
  Capability made{std::string(text.substr(0, colon)), {}};
  if (!is_action(made.action)) return refuse("write ACTION or ACTION:RESOURCE, such as fs.read:/data");
  if (colon != std::string_view::npos) made.pattern = text.substr(colon + 1);
  if (made.pattern == "*") made.pattern.clear();
  if (made.pattern.empty() || !names_paths(made.action)) return made;
  if (made.pattern.ends_with("/*")) made.pattern.resize(made.pattern.size() - 1);
  made.pattern = normal_absolute(made.pattern);
  if (made.pattern.empty()) return refuse("paths are absolute");
  return made;
}

std::string Capability::to_string() const {
  return pattern.empty() ? action : action + ":" + pattern;
}

bool Capability::covers(const Capability& wanted) const {
  if (!action_covers(action, wanted.action)) return false;
  if (pattern.empty()) return true;
  // `*` holds for actions on paths and for others, so both readings of the patterns count.
  const bool as_path = names_paths(wanted.action) || wanted.action == "*";
  const bool as_other = !names_paths(wanted.action);
  return (!as_path || pattern_covers(true, pattern, wanted.pattern)) &&
         (!as_other || pattern_covers(false, pattern, wanted.pattern));
}

bool Capability::allows(std::string_view wanted, std::string_view resource) const {
  return action_covers(action, wanted) && (pattern.empty() || resource_covers(wanted, pattern, resource));
}

bool any_covers(const std::vector<Capability>& held, const Capability& wanted) {
  return std::any_of(held.begin(), held.end(), [&wanted](const Capability& one) { return one.covers(wanted); });
}

}  // namespace noodle::security
