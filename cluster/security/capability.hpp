// Capabilities of tokens: an action and the resources it may touch, `fs.read:/data` or `cluster.*`.
//
// Actions are dotted words; `*` alone or as the last word stands for any. Resource patterns mean what they mean for
// processes (runtime/base/resource_pattern.hpp), so a token's capabilities become a process's grants one to one.
// Threads: values. Limits: kMaxCapabilityBytes. Errors: 8002.
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"

namespace noodle::security {

inline constexpr std::size_t kMaxCapabilityBytes = 512;

/// `fs.read`, `fs.*`, `*`. Not the pattern of a resource.
bool action_covers(std::string_view pattern, std::string_view action);
/// `fs.read`, `fs.*`, `*`: lower-case words with digits, `_` and `-`.
bool is_action(std::string_view text);
/// Whether a resource pattern covers a resource (or pattern) of an action.
bool resource_covers(std::string_view action, std::string_view pattern, std::string_view resource);

struct Capability {
  std::string action;
  std::string pattern;  // normal; empty: any resource

  static Result<Capability> parse(std::string_view text);
  std::string to_string() const;
  bool covers(const Capability& wanted) const;
  bool allows(std::string_view action, std::string_view resource) const;
  friend auto operator<=>(const Capability&, const Capability&) = default;
};

/// Some member covers `wanted`.
bool any_covers(const std::vector<Capability>& held, const Capability& wanted);

}  // namespace noodle::security
