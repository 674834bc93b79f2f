#include "runtime/vm/capability.hpp"

#include <iterator>

namespace noodle::vm {

namespace {

// Append only: the bit is the place.
constexpr std::string_view kNames[] = {
    "log",          "events",        "time",         "random",      "metrics",          "env",        "fs.read",
    "fs.write",     "net.http",      "net.listen",   "db.query",    "db.execute",       "mesh.spawn", "mesh.send",
    "cluster.read", "cluster.admin", "tasks.submit", "tasks.admin", "packages.publish", "agents",     "mesh.register",
    "mesh.lease",
};
static_assert(std::size(kNames) < 63);

}  // namespace

std::span<const std::string_view> capability_names() {
  return kNames;
}

std::uint64_t capability_bit(std::string_view name) {
  if (name.empty()) return 0;
  name = name.substr(0, name.find_first_of(":("));
  if (name.starts_with("agents.")) name = "agents";
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == name) return std::uint64_t{1} << i;
  }
  return kUnknownCapability;
}

}  // namespace noodle::vm
