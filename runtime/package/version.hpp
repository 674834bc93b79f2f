// Semantic versions and the constraints that manifests put on them (semver.org 2.0.0, precedence of section 11).
//
// Errors: 7003 for text that is neither.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"

namespace noodle::package {

/// 1.2.3-rc.1; build metadata is ignored.
struct Version {
  std::array<std::uint32_t, 3> numbers{};
  std::vector<std::string> pre_release;
};

Result<Version> parse_version(std::string_view text);
/// Negative, 0 or positive as a comes before, with or after b.
int compare(const Version& a, const Version& b);

/// `^1.2` (same leftmost number that is not 0), `~1.2` (same minor), `>=1.2`, `=1.2.3` or `1.2.3`, `*`. Missing numbers
/// are 0. A pre-release satisfies a constraint only if the constraint names one with the same numbers.
Result<bool> satisfies(const Version& version, std::string_view constraint);

}  // namespace noodle::package
