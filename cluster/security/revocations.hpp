// Revocations: the list of certificates and tokens that do not count any more, signed by the cluster's CA.
//
// Text: base64url(JSON) "." base64url(signature). The JSON holds cluster, number (rises with each list; an older list
// is refused, so nobody can bring a revoked certificate back), issued, certificates and tokens, each with the moment
// after which it is expired anyway and can be dropped from the list. Threads: immutable after reading. Limits:
// kMaxRevocations, kMaxRevocationBytes. Errors: 8018.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "cluster/security/signing.hpp"

namespace noodle::security {

inline constexpr std::size_t kMaxRevocations = 10'000;
inline constexpr std::size_t kMaxRevocationBytes = 4 * 1024 * 1024;

class Revocations {
 public:
  struct Entry {
    std::string reason;
    std::int64_t expires_s = 0;  // of what is revoked
  };

  explicit Revocations(std::string cluster = {}) : cluster_(std::move(cluster)) {}

  /// Reads and verifies a list. `authorities`: keys of the CA; `known_number`: of the newest list seen so far.
  static Result<Revocations> read(std::string_view text, std::span<const PublicKey> authorities,
                                  std::string_view cluster, std::uint64_t known_number = 0);
  /// The signed text of the next number; drops what is expired.
  std::string sign(const SigningKey& authority, std::int64_t now_s);

  /// Error 8018 when the list is full.
  Result<void> revoke_certificate(const std::string& serial, Entry entry);
  Result<void> revoke_token(const std::string& id, Entry entry);

  /// The reason, or null when it is not revoked.
  const Entry* certificate(std::string_view serial) const;
  const Entry* token(std::string_view id) const;
  std::uint64_t number() const { return number_; }
  const std::map<std::string, Entry, std::less<>>& certificates() const { return certificates_; }
  const std::map<std::string, Entry, std::less<>>& tokens() const { return tokens_; }

 private:
  std::string cluster_;
  std::uint64_t number_ = 0;
  std::map<std::string, Entry, std::less<>> certificates_;  // by serial
  std::map<std::string, Entry, std::less<>> tokens_;        // by id
};

}  // namespace noodle::security
