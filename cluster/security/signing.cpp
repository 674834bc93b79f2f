#include "cluster/security/signing.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>

namespace noodle::security {
namespace {

constexpr std::string_view kPemBegin = "-----BEGIN PRIVATE KEY-----\n";
constexpr std::string_view kPemEnd = "\n-----END PRIVATE KEY-----";
// RFC 8410: version 0, algorithm 1.3.101.112, an octet string in an octet string of 32 bytes.
constexpr unsigned char kPkcs8[] = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                    0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void start() {
  [[maybe_unused]] static const bool done = [] {
    if (sodium_init() < 0) std::abort();  // no random source: nothing that follows would be safe
    return true;
  }();
}

NodeId id_of(const Digest& digest) {
  NodeId id;
  for (int i = 0; i < 8; ++i) {
    id.high = id.high << 8 | digest[static_cast<std::size_t>(i)];
    id.low = id.low << 8 | digest[static_cast<std::size_t>(i + 8)];
  }
  return id;
}

}  // namespace

std::optional<PublicKey> PublicKey::from(std::string_view bytes) {
  PublicKey key;
  if (bytes.size() != key.bytes.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
  return key;
}

NodeId PublicKey::id() const {
  return id_of(sha256(view()));
}

NodeId PublicKey::id(std::uint64_t number) const {
  std::string text(view());
  for (int shift = 0; shift < 64; shift += 8) text.push_back(static_cast<char>(number >> shift));
  return id_of(sha256(text));
}

SigningKey SigningKey::generate() {
  start();
  SigningKey key;
  crypto_sign_keypair(key.public_.bytes.data(), key.secret_.data());
  return key;
}

std::optional<SigningKey> SigningKey::from_seed(std::string_view seed) {
  start();
  if (seed.size() != crypto_sign_SEEDBYTES) return std::nullopt;
  SigningKey key;
  crypto_sign_seed_keypair(key.public_.bytes.data(), key.secret_.data(), raw(seed));
  return key;
}

SigningKey::~SigningKey() {
  sodium_memzero(secret_.data(), secret_.size());
}

Signature SigningKey::sign(std::string_view message) const {
  Signature signature;
  crypto_sign_detached(signature.data(), nullptr, raw(message), message.size(), secret_.data());
  return signature;
}

Secret SigningKey::seed() const {
  std::string seed(crypto_sign_SEEDBYTES, '\0');
  crypto_sign_ed25519_sk_to_seed(reinterpret_cast<unsigned char*>(seed.data()), secret_.data());
  return Secret(std::move(seed));
}

bool verify(const PublicKey& key, std::string_view message, std::string_view signature) {
  start();
  if (signature.size() != crypto_sign_BYTES) return false;
  return crypto_sign_verify_detached(raw(signature), raw(message), message.size(), key.bytes.data()) == 0;
}

Digest sha256(std::string_view bytes) {
  Digest digest;
  crypto_hash_sha256(digest.data(), raw(bytes), bytes.size());
  return digest;
}

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

Secret private_key_pem(const SigningKey& key) {
  const Secret seed = key.seed();
  const Secret der(std::string(reinterpret_cast<const char*>(kPkcs8), sizeof kPkcs8) + seed.reveal());
  std::string text(sodium_base64_ENCODED_LEN(48, sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), raw(der.reveal()), der.reveal().size(), sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the terminating zero
  Secret body(std::move(text));
  return Secret(std::string(kPemBegin) + body.reveal() + std::string(kPemEnd) + "\n");
}

Result<SigningKey> read_private_key(std::string_view pem, const std::string& name) {
  start();
  const Error refused{Code::key_malformed, name + " holds no ed25519 key", {}};
  const std::size_t begin = pem.find(kPemBegin);
  if (begin == std::string_view::npos) return refused;
  const std::string_view body = pem.substr(begin + kPemBegin.size());
  const std::size_t length = body.find(kPemEnd);
  if (length != 64) return refused;
  unsigned char der[48];
  std::size_t bytes = 0;
  const bool decoded = sodium_base642bin(der, sizeof der, body.data(), length, nullptr, &bytes, nullptr,
                                         sodium_base64_VARIANT_ORIGINAL) == 0;
  std::optional<SigningKey> key;
  if (decoded && bytes == sizeof der && std::equal(std::begin(kPkcs8), std::end(kPkcs8), der)) {
    key = SigningKey::from_seed({reinterpret_cast<const char*>(der) + sizeof kPkcs8, sizeof der - sizeof kPkcs8});
  }
  sodium_memzero(der, sizeof der);
  if (!key) return refused;
  return *key;
}

}  // namespace noodle::security
