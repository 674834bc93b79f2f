// Certificates: X.509 with ed25519 keys, of the cluster's CA, its nodes and its clients.
//
// What a certificate is for is written twice: as extended key usage, for TLS programs of others, and as a URI among its
// names, `noodle://CLUSTER/node/NAME`, which is what Noodle reads. The id of a node is the hash of its key, so it is
// not written anywhere. Threads: values. Limits: kMaxPemBytes, kMaxAuthorities. Errors: 8010 malformed, 8011 of another
// CA, 8012 expired, 8013 revoked, 8014 another use.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/security/revocations.hpp"
#include "cluster/security/signing.hpp"

namespace noodle::security {

inline constexpr std::size_t kMaxPemBytes = 64 * 1024;
inline constexpr std::size_t kMaxAuthorities = 8;  // of one cluster while it rotates
inline constexpr std::int64_t kDayS = 86'400;

enum class CertificateUse : std::uint8_t { authority, node, client };
std::string_view to_string(CertificateUse use);

struct CertificateInfo {
  CertificateUse use = CertificateUse::client;
  std::string cluster;
  std::string name;
  std::string serial;  // 32 hexadecimal digits
  std::int64_t not_before_s = 0, not_after_s = 0;
  PublicKey key;
  std::vector<std::string> hosts;  // DNS names and addresses a node may be reached by

  NodeId id() const { return key.id(); }
  /// What its holder is called on links: a node by its id, and each run of a client by an id of its own, so that a
  /// person may be linked as often as there are terminals.
  NodeId link_id(std::uint64_t incarnation) const;
};

struct CertificateRequest {
  CertificateUse use = CertificateUse::node;
  std::string cluster;  // letters, digits, `-`, `_`, `.`; up to 63
  std::string name;     // the same
  std::vector<std::string> hosts = {};
  PublicKey key;
  std::int64_t not_before_s = 0, not_after_s = 0;
};

/// PEM of a certificate for `request`, signed by `authority`; for an authority its own key (self-signed).
/// Errors 8010 for names that cannot be in one.
Result<std::string> make_certificate(const CertificateRequest& request, const SigningKey& authority,
                                     std::string_view authority_name);

/// The first certificate of a PEM text. Error 8010.
Result<CertificateInfo> read_certificate(std::string_view pem);

/// Error 8014: a certificate for a `wanted` should have been shown, and this is for something else.
Error wrong_use(const CertificateInfo& info, std::string_view wanted);

/// The certificates that a cluster trusts: one CA, two while it rotates.
class Authorities {
 public:
  /// Every certificate of a PEM text; all must be CAs of one cluster and sign themselves. Errors 8010, 8014.
  static Result<Authorities> read(std::string_view pem);

  const std::string& cluster() const { return all_.front().cluster; }
  const std::vector<CertificateInfo>& all() const { return all_; }
  std::vector<PublicKey> keys() const;

  /// What `certificate` (PEM or DER) says, when it is valid now: signed by one of these, in time, not revoked, for
  /// `use`. `revocations` may be null. Errors 8010 to 8014.
  Result<CertificateInfo> check(std::string_view certificate, CertificateUse use, const Revocations* revocations,
                                std::int64_t now_s) const;
  /// The same for any of node and client.
  Result<CertificateInfo> check_peer(std::string_view certificate, const Revocations* revocations,
                                     std::int64_t now_s) const;

 private:
  std::vector<CertificateInfo> all_;
};

}  // namespace noodle::security
