// Tokens: JWTs (RFC 7519) signed with ed25519 that say who may do what, until when, and that narrow when passed on.
//
//     presented = jwt                         nobody can delegate it
//               | jwt *("~" jwt) "~" proof    each jwt after the first is signed by its parent's holder key
//     proof     = "k" base64url(seed)         of the last jwt's holder key: who has it can delegate once more
//               | "s" base64url(signature)    of all before the last "~" by that key: it can be used, not delegated
//
// The first jwt is signed by a token key of the cluster. A jwt that can be delegated names its holder key (claim `cnf`)
// and counts only with a proof, so who was given a narrowed token cannot cut it off and present the parent (the scheme
// of Biscuit tokens). The algorithm is ed25519, whatever the header says; anything else in the header is refused.
//
// Claims: sub, aud (cluster), iat, nbf, exp, jti, roles, caps, level, cnf, parent (hash of the parent jwt).
// Threads: values. Limits: kMaxTokenBytes, kMaxTokenDepth, kMaxTokenCapabilities, kMaxTokenRoles.
// Errors: 8020 malformed, 8021 forged, 8022 expired, 8023 revoked, 8024 audience, 8025 exceeds its parent, 8026 final.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/security/capability.hpp"
#include "cluster/security/signing.hpp"

namespace noodle::security {

inline constexpr std::size_t kMaxTokenBytes = 16 * 1024;
inline constexpr std::size_t kMaxTokenDepth = 8;  // jwts of one token
inline constexpr std::size_t kMaxTokenCapabilities = 64;
inline constexpr std::size_t kMaxTokenRoles = 16;
inline constexpr int kMaxLevel = 9;
inline constexpr std::int64_t kTokenLifetimeS = 2 * 3600;
inline constexpr std::int64_t kClockLeewayS = 30;  // clocks of two machines differ

struct Claims {
  std::string subject;
  std::string audience;                                        // name of the cluster
  std::string id;                                              // 32 hexadecimal digits
  std::int64_t issued_s = 0, not_before_s = 0, expires_s = 0;  // since 1970
  std::vector<std::string> roles;
  std::vector<Capability> capabilities;
  int level = 0;                      // 0 to kMaxLevel
  std::optional<PublicKey> holder;    // who has its seed can delegate
  std::optional<std::string> parent;  // base64url of the SHA-256 of the parent jwt
};

/// What a valid token says: the claims of its last jwt, and where they come from.
struct Token {
  Claims claims;
  std::vector<std::string> chain;  // ids, first the one that the cluster issued
  NodeId signer;                   // id of the token key
  bool can_delegate = false;
};

struct TokenTrust {
  std::span<const PublicKey> keys = {};                      // of the cluster; several while they rotate
  std::string_view audience = {};                            // empty: any
  std::function<bool(std::string_view id)> is_revoked = {};  // may be empty
};

struct IssuedToken {
  Secret text;  // to present
  Claims claims;
};

/// Claims are completed: id, issued, and expires when it is 0. A holder key is made when it `can_delegate`.
/// Errors 8020 for claims over their limits.
Result<IssuedToken> issue_token(Claims claims, const SigningKey& key, bool can_delegate, std::int64_t now_s);

/// What a child of a token shall have. What is not given is taken from the parent, roles only when named.
struct Delegation {
  std::string suffix = {};  // the subject becomes PARENT/suffix; empty: the parent's
  std::optional<std::vector<std::string>> roles = {};
  std::optional<std::vector<Capability>> capabilities = {};
  std::optional<int> level = {};
  std::int64_t expires_s = 0;  // 0: the parent's
  bool can_delegate = false;
};
/// Needs no key of the cluster: the proof in `parent` is enough. Does not check the parent's signature.
/// Errors 8020, 8025, 8026.
Result<IssuedToken> delegate_token(const Secret& parent, const Delegation& wanted, std::int64_t now_s);

/// The token as it may be given away: the proof becomes a signature. A token without a proof stays as it is.
Result<Secret> seal_token(const Secret& token);

/// Checks everything. `now_s` since 1970.
Result<Token> verify_token(std::string_view text, const TokenTrust& trust, std::int64_t now_s);
/// Reads without checking signatures, for people who look at a token.
Result<std::vector<Claims>> read_token(std::string_view text);

/// Nothing when `child` has no more than `parent`; else what exceeds. Error 8025.
Result<void> check_narrower(const Claims& parent, const Claims& child);

}  // namespace noodle::security
