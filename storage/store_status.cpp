#include "storage/store_status.hpp"

#include <rocksdb/status.h>

#include <string_view>

namespace noodle::storage {
namespace {

/// RocksDB keeps errno only in its text.
bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

Error store_error(const rocksdb::Status& status, Attempt attempt, const std::string& path) {
  const std::string text = status.ToString();
  const char* state = status.getState();
  const std::string reason = state != nullptr && *state != '\0' ? state : text;
  if (status.IsNoSpace() || says(text, "No space left")) {
    return {Code::store_full, "no space left for the store " + path + "; nothing was written", {}};
  }
  if (says(text, "Read-only file system")) {
    return {Code::store_read_only, "the store " + path + " is on a read-only file system", {}};
  }
  if (status.IsNotSupported() && attempt == Attempt::write) {
    return {Code::store_read_only, "the store " + path + " was opened for reading only", {}};
  }
  if (attempt == Attempt::open && (says(text, "While lock file") || says(text, "lock hold by current process"))) {
    if (says(text, "Permission denied")) {
      return {Code::store_unavailable, "cannot open the store " + path + ": Permission denied", {}};
    }
    return {Code::store_locked,
            "the store " + path + " is in use by another process; stop it, or use another data folder",
            {}};
  }
  if (status.IsCorruption()) {
    return {Code::store_corrupt,
            "the store " + path + " is damaged: " + reason +
                "; check the disk, then restore the folder from a copy or move it away and start empty",
            {}};
  }
  if (attempt == Attempt::open) return {Code::store_unavailable, "cannot open the store " + path + ": " + reason, {}};
  return {Code::store_failed, "the store " + path + " failed: " + reason, {}};
}

}  // namespace noodle::storage
