// Tokens from outside: refused, or read without a word about what is not there; none verifies without a signature.
#include "cluster/security/token.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "cluster/security/claims.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace noodle::security;
  static const std::vector<PublicKey> kKeys = {SigningKey::from_seed(std::string(32, 's'))->public_key()};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (verify_token(text, {kKeys, "production", {}}, 1'800'000'000).ok()) std::abort();
  (void)read_token(text).ok();
  // Claims that are read are written and read again as the same.
  if (const auto claims = parse_claims(text)) {
    const auto again = parse_claims(claims_json(*claims));
    if (!again || claims_json(*again) != claims_json(*claims)) std::abort();
  }
  return 0;
}
