// What `noodle node` is told by its configuration, checked; and the identity it reads from its folder.
//
// Errors: 7012 with the place of the value; of the identity those of key_file.hpp and certificate.hpp.
#pragma once

#include <chrono>
#include <string>

#include "actors/mesh/mesh.hpp"
#include "cluster/security/signing.hpp"
#include "runtime/base/config.hpp"
#include "tools/noodle/settings.hpp"

namespace noodle::tools {

struct NodeSettings {
  std::string name, data;               // empty: from the certificate
  std::string certificate, key, trust;  // paths
  actors::MeshOptions mesh;             // without identity and incarnation
  RunSettings run;                      // of programs
  std::vector<std::string> plugins;     // paths
  std::chrono::milliseconds stop_limit{};
  std::chrono::nanoseconds lease_duration{};
};
Result<NodeSettings> node_settings(const Config& config);

struct NodeIdentity {
  security::CertificateInfo info;
  security::SigningKey key;
  transport::TlsIdentity tls;
  Secret gossip_keys;
};
/// Reads certificate, key, trust and gossip keys; a certificate that does not count now is an error (8010 to 8014), and
/// so is a revocation list older than `known_revocations` (8018).
Result<NodeIdentity> read_identity(const NodeSettings& settings, std::int64_t now_s,
                                   std::uint64_t known_revocations = 0);

/// Folder of a node's data when none is configured.
std::string default_data_folder(const std::string& name);

}  // namespace noodle::tools
