// Certificates, bundles, keys and revocation lists from outside.
#include "cluster/security/certificate.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

#include "cluster/security/revocations.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace noodle::security;
  static const std::vector<PublicKey> kKeys = {SigningKey::from_seed(std::string(32, 's'))->public_key()};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)read_certificate(text).ok();
  if (const auto authorities = Authorities::read(text)) {
    (void)authorities->check(text, CertificateUse::node, nullptr, 1'800'000'000).ok();
  }
  (void)read_private_key(text, "key").ok();
  (void)Revocations::read(text, kKeys, "production").ok();
  return 0;
}
