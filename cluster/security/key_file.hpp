// Files of keys and certificates: written whole or not at all, secret ones for their owner alone.
//
// Limits: kMaxKeyFileBytes. Errors: 7001, 7002, 8015 when others can read a secret, 8016 when it exists already.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "messages/limits.hpp"
#include "runtime/base/secret.hpp"

namespace noodle::security {

inline constexpr std::size_t kMaxKeyFileBytes = 4 * kMiB;

enum class Existing { refuse, replace };

/// Mode 0600, synced, then renamed into place; folders are made with 0700.
Result<void> write_secret_file(const std::string& path, const Secret& content, Existing existing);
/// The same with mode 0644.
Result<void> write_public_file(const std::string& path, std::string_view content, Existing existing);
/// Refuses what group or others can read or write, and what is no regular file.
Result<Secret> read_secret_file(const std::string& path);
Result<std::string> read_public_file(const std::string& path);

}  // namespace noodle::security
