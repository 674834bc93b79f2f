// Capabilities: the rights a process holds. Their names are in runtime/vm/capability.hpp and docs/capabilities.md.
//
// A grant is a capability with a resource pattern: `fs.read:/data`. Patterns: nothing or `*` for any resource; for fs.*
// a path that covers what lies below it; else exact, or a prefix followed by `*`.
// A process holds Grants, an immutable set that it shares with the processes it spawns; `with { caps: [...] }` gives a
// child less. The interpreter tests one bit; host functions that name a resource call check().
// Threads: immutable; may be shared. Errors: 8001 missing, 8002 unknown, 8003 more than the spawner holds.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"

namespace noodle::process {

/// Number of a capability, its place in vm::capability_names(); nothing for a name that is not in the table.
std::optional<unsigned> capability_index(std::string_view name);

struct Grant {
  unsigned capability = 0;
  std::string pattern;  // normalised; empty: any resource
};

/// Reads `fs.read`, `fs.read:/data`, `net.http:example.com:443`. Error 8002.
Result<Grant> parse_grant(std::string_view text);
Result<std::vector<Grant>> parse_grants(std::span<const std::string> texts);
/// What parse_grant reads.
std::string text_of(const Grant& grant);
/// The absolute path without `.`, `..` and repeated slashes that `path` names, without looking at the disk.
std::string normal_path(std::string_view path);

class Grants {
 public:
  explicit Grants(std::vector<Grant> grants);

  std::uint64_t bits() const { return bits_; }
  const std::vector<Grant>& all() const { return grants_; }
  bool allows(unsigned capability, std::string_view resource) const;
  bool covers(const Grant& wanted) const;

 private:
  std::vector<Grant> grants_;
  std::uint64_t bits_ = 0;
};

using GrantsPtr = std::shared_ptr<const Grants>;

/// What `noodle run` gives to every program: log, events, time, random, metrics.
GrantsPtr entry_grants(std::span<const Grant> more = {});
/// Grants for a child that shall have only `wanted`. Errors 8002, 8003.
Result<GrantsPtr> attenuate(const Grants& held, std::span<const std::string_view> wanted);
/// Error 8001 with the way to grant it, unless `held` allows the capability on the resource.
Result<void> check_capability(const Grants& held, unsigned capability, std::string_view resource);

}  // namespace noodle::process
