// Keys of a local cluster: a CA of its own, a certificate for each node, and what its operator needs.
//
// The CA lies beside the nodes' data, and whoever can read the folder is the operator: fine for a cluster of one
// machine and one user, and the reason why such a cluster never listens anywhere but on the loopback.
// Errors: those of authority.hpp, token.hpp and contexts.hpp; 7101 when the folder is that of another cluster.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cluster/security/authority.hpp"
#include "tools/up/cluster_file.hpp"
#include "tools/up/layout.hpp"

namespace noodle::up {

/// Opens the folder's CA, or makes one.
Result<security::Authority> prepare_authority(const Layout& layout, const std::string& cluster, std::int64_t now_s);
/// Certificate, trust and gossip keys of a node; certificates that end soon are renewed, with the same id.
Result<void> prepare_identity(const Layout& layout, security::Authority& authority, const std::string& node,
                              std::int64_t now_s);
/// A client certificate and a fresh token that may do everything.
Result<void> prepare_operator(const Layout& layout, security::Authority& authority, std::int64_t now_s);

/// The configuration file of a node.
Result<void> write_node_config(const Layout& layout, const ClusterFile& file, const PlannedNode& node,
                               std::uint16_t port, const std::vector<std::string>& seeds);

/// Puts the cluster into the contexts file and makes it the current one. Contexts of other clusters stay: where one
/// has the name, this one becomes NAME-local. Gives the name.
Result<std::string> enter_context(const Layout& layout, const std::string& cluster,
                                  const std::vector<std::string>& nodes);
/// The context that was current before is so again, if this one still is.
Result<void> leave_context(const Layout& layout, const std::string& context);

}  // namespace noodle::up
