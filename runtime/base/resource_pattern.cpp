#include "runtime/base/resource_pattern.hpp"

namespace noodle {
namespace {

bool below(std::string_view path, std::string_view folder) {
  if (!path.starts_with(folder)) return false;
  return path.size() == folder.size() || folder == "/" || path[folder.size()] == '/';
}

}  // namespace

bool names_path(std::string_view action) {
  return action.starts_with("fs.");
}

bool pattern_covers(bool paths, std::string_view pattern, std::string_view wanted) {
  if (pattern.empty()) return true;
  if (wanted.empty()) return false;  // the wanted pattern means any resource
  if (paths) return below(wanted, pattern);
  if (pattern.back() == '*') return wanted.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == wanted;
}

}  // namespace noodle
