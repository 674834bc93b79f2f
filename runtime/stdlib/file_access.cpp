#include "runtime/stdlib/file_access.hpp"

#include <filesystem>

#include "runtime/process/control.hpp"
#include "runtime/run/capability.hpp"
#include "runtime/values/rope.hpp"

namespace noodle::stdlib {
namespace {

namespace files = std::filesystem;

constexpr std::size_t kLongestPath = 4000;

unsigned capability(FileUse use) {
  static const unsigned read = *process::capability_index("fs.read");
  static const unsigned write = *process::capability_index("fs.write");
  return use == FileUse::read ? read : write;
}

std::string resolve(const files::path& path, FileUse use, std::error_code& error) {
  switch (use) {
    case FileUse::read:
    case FileUse::make_directories:
      return files::weakly_canonical(path, error).string();
    case FileUse::write:
      break;
  }
  const files::path parent = files::weakly_canonical(path.parent_path(), error);
  return (parent / path.filename()).string();
}

bool below(std::string_view path, std::string_view folder) {
  if (!path.starts_with(folder)) return false;
  return path.size() == folder.size() || folder == "/" || path[folder.size()] == '/';
}

/// True if the resolved path is under the resolved path of some grant.
bool leads_into_grant(const process::Grants& grants, unsigned index, const std::string& resolved) {
  for (const process::Grant& grant : grants.all()) {
    if (grant.capability != index) continue;
    if (grant.pattern.empty()) return true;
    std::error_code ignored;
    const std::string folder = files::weakly_canonical(grant.pattern, ignored).string();
    if (!ignored && below(resolved, folder)) return true;
  }
  return false;
}

}  // namespace

Result<std::string> checked_path(vm::NativeContext& native, const vm::Object* path, FileUse use) {
  std::string text(vm::text_bytes(path), '\0');
  if (text.size() > kLongestPath) return Error{Code::invalid_argument, "path is longer than 4000 bytes", {}};
  vm::copy_text(path, text.data());
  if (text.empty() || text.find('\0') != std::string::npos) {
    return Error{Code::invalid_argument, "path is empty or has a zero character in it", {}};
  }
  const std::string normal = process::normal_path(text);
  const process::Grants* grants = native.process.control ? native.process.control->grants : nullptr;
  const unsigned index = capability(use);
  if (grants) {
    const Result<void> allowed = process::check_capability(*grants, index, normal);
    if (!allowed) return allowed.error();
  }
  std::error_code error;
  std::string resolved = resolve(normal, use, error);
  if (error) return Error{Code::host_failed, normal + ": " + error.message(), {}};
  if (grants && !leads_into_grant(*grants, index, resolved)) {
    return Error{Code::capability_missing, normal + " leads to " + resolved + ", outside of what is granted", {}};
  }
  return resolved;
}

}  // namespace noodle::stdlib
