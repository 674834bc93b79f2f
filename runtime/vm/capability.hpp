// Names of capabilities and their bits in Process::capabilities: the one table of the project (docs/capabilities.md).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace noodle::vm {

/// Required by natives whose capability is not in the table; no process ever holds it.
constexpr std::uint64_t kUnknownCapability = std::uint64_t{1} << 63;

std::span<const std::string_view> capability_names();
/// Bit of a capability; a resource pattern behind `:` does not count ("fs.read:/data"). Empty name: 0.
std::uint64_t capability_bit(std::string_view name);

}  // namespace noodle::vm
