// Ports of a local cluster: chosen once among those that are free on the loopback, and kept.
//
// Errors: 7002, 7010; 6019 when none is free.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "messages/error.hpp"

namespace noodle::up {

using Ports = std::map<std::string, std::uint16_t>;  // by name of the node

/// A file that does not exist holds none.
Result<Ports> read_ports(const std::string& path);
Result<void> write_ports(const std::string& path, const Ports& ports);

/// Whether a node could listen there now, for links (TCP) and probes (UDP).
bool is_free(std::uint16_t port);
/// Adds ports for names that have none. `taken`: of nodes that run; other ports that are no longer free are replaced.
Result<void> complete_ports(Ports& ports, const std::vector<std::string>& names,
                            const std::vector<std::string>& running);

}  // namespace noodle::up
