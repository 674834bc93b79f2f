// Authority: the operator's folder with the keys of a cluster.
//
//     ca.key            CA key, 0600             ca.crt        certificates of the CA; two while it rotates
//     token.key         token key, 0600          token.pub     its public halves, a line each; two while it rotates
//     gossip.key        keys that seal datagrams, a line each, the first seals, 0600
//     revocations       signed list
//     issued            what was issued: one line of JSON a certificate
//     NAME.crt NAME.key what `noodle cert node|client` makes, unless told otherwise
//
// Nodes get ca.crt, token.pub, gossip.key, revocations and their own pair; ca.key and token.key stay here.
// Threads: one at a time. Errors: those of key_file.hpp, certificate.hpp, revocations.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cluster/security/certificate.hpp"
#include "cluster/security/revocations.hpp"
#include "cluster/security/signing.hpp"

namespace noodle::security {

inline constexpr std::int64_t kAuthorityDays = 3650;
inline constexpr std::int64_t kCertificateDays = 365;
inline constexpr std::size_t kMaxGossipKeys = 4;
inline constexpr std::int64_t kClockSkewS = 300;  // certificates begin so much earlier

/// What a member of the cluster needs to know to trust others.
struct Trust {
  Authorities authorities;
  std::vector<PublicKey> token_keys;
  Revocations revocations;
};
/// ca.crt, token.pub and revocations of a folder. `known_revocations`: number of the newest list seen so far; an older
/// one is refused, and so is none (8018). 0: the list may be missing.
Result<Trust> read_trust(const std::string& folder, std::uint64_t known_revocations = 0);

class Authority {
 public:
  /// Makes a new cluster. Error 8016 when the folder has one.
  static Result<Authority> create(const std::string& folder, const std::string& cluster, std::int64_t now_s,
                                  std::int64_t days = kAuthorityDays);
  static Result<Authority> open(const std::string& folder);

  struct Issued {
    CertificateInfo info;
    std::string certificate_path, key_path;
  };
  /// A pair NAME.crt and NAME.key in `out` (empty: the authority's folder), with what its holder must trust beside it
  /// when `out` is given. Keeps an existing key, and with it the id, when `renew`.
  Result<Issued> issue(CertificateUse use, const std::string& name, const std::vector<std::string>& hosts,
                       std::int64_t days, const std::string& out, bool renew, std::int64_t now_s);

  /// A new CA key. The old certificate stays trusted until it expires, so members may be moved one by one.
  Result<CertificateInfo> rotate_authority(std::int64_t now_s, std::int64_t days = kAuthorityDays);
  /// A new token key; tokens of the old one stay good until `drop_old_keys`.
  Result<PublicKey> rotate_token_key();
  /// A new gossip key seals; datagrams sealed with the older three still open.
  Result<void> rotate_gossip_key();
  /// Only the newest CA and token key are trusted from now on.
  Result<void> drop_old_keys();

  Result<void> revoke_certificate(const std::string& serial, const std::string& reason, std::int64_t now_s);
  Result<void> revoke_token(const std::string& id, const std::string& reason, std::int64_t expires_s,
                            std::int64_t now_s);
  /// Certificates that were issued, oldest first.
  Result<std::vector<CertificateInfo>> issued() const;

  const Trust& trust() const { return trust_; }
  const std::string& cluster() const { return trust_.authorities.cluster(); }
  const SigningKey& token_key() const { return token_key_; }

 private:
  Authority(std::string folder, SigningKey key, SigningKey token_key, Trust trust);
  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  Result<void> write_revocations(std::int64_t now_s);
  Result<void> note_issued(const CertificateInfo& info);

  std::string folder_;
  SigningKey key_;
  SigningKey token_key_;
  Trust trust_;
};

}  // namespace noodle::security
