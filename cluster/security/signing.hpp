// Signing keys: ed25519 (RFC 8032), one kind for certificates, tokens, revocation lists and the audit log.
//
// cluster/security decides who is who and who may do what. It is pure: files, clocks and sockets are with its callers,
// except key_file.hpp and authority.hpp, which are about files.
// Threads: values; immutable. Owns: a SigningKey zeroes its memory when it goes.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "messages/ids.hpp"
#include "runtime/base/secret.hpp"

namespace noodle::security {

using Signature = std::array<std::uint8_t, 64>;
using Digest = std::array<std::uint8_t, 32>;

struct PublicKey {
  std::array<std::uint8_t, 32> bytes{};

  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  static std::optional<PublicKey> from(std::string_view bytes);
  /// The first 128 bits of the key's SHA-256: the id of the node that holds it, and how tokens name their signer.
  NodeId id() const;
  /// Of something that the holder of the key numbers.
  NodeId id(std::uint64_t number) const;
  friend auto operator<=>(const PublicKey&, const PublicKey&) = default;
};

class SigningKey {
 public:
  /// From the system's random source.
  static SigningKey generate();
  /// From 32 bytes that nobody else knows.
  static std::optional<SigningKey> from_seed(std::string_view seed);
  SigningKey(const SigningKey&) = default;
  SigningKey& operator=(const SigningKey&) = default;
  ~SigningKey();

  const PublicKey& public_key() const { return public_; }
  Signature sign(std::string_view message) const;
  Secret seed() const;

 private:
  SigningKey() = default;
  std::array<std::uint8_t, 64> secret_{};
  PublicKey public_;
};

bool verify(const PublicKey& key, std::string_view message, std::string_view signature);
Digest sha256(std::string_view bytes);
/// In constant time.
bool same_secret(std::string_view a, std::string_view b);

inline std::string_view view(const Signature& signature) {
  return {reinterpret_cast<const char*>(signature.data()), signature.size()};
}
inline std::string_view view(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// PKCS #8 in PEM, as OpenSSL writes it.
Secret private_key_pem(const SigningKey& key);
/// Error 8017; `name` is for the message.
Result<SigningKey> read_private_key(std::string_view pem, const std::string& name);

}  // namespace noodle::security
