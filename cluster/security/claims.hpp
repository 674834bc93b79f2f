// Claims as JSON, and one jwt of a token. Used by token.cpp.
#pragma once

#include <string>
#include <string_view>

#include "cluster/security/token.hpp"

namespace noodle::security {

std::string claims_json(const Claims& claims);
/// Unknown claims are ignored, known ones must be of their kind and within the limits. Error 8020.
Result<Claims> parse_claims(std::string_view json);

/// Error 8020 when a limit is broken.
Result<void> check_claims(const Claims& claims);

struct SignedClaims {
  std::string_view signed_part;  // header.payload
  std::string_view whole;
  std::string signature;
  NodeId signer;
  Claims claims;
};
/// One jwt taken apart, not verified. Error 8020.
Result<SignedClaims> parse_jwt(std::string_view jwt);
std::string make_jwt(const Claims& claims, const SigningKey& key);

Error malformed_token(const std::string& why);

}  // namespace noodle::security
