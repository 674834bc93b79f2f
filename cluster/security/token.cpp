#include "cluster/security/token.hpp"

#include <algorithm>

#include "cluster/security/base64url.hpp"
#include "cluster/security/claims.hpp"
#include "runtime/base/utc_text.hpp"

namespace noodle::security {
namespace {

struct Presented {
  std::vector<SignedClaims> jwts;
  std::string_view before_proof;
  char proof_kind = '\0';  // 'k', 's' or nothing
  Secret proof;
};

Result<Presented> take_apart(std::string_view text) {
  if (text.size() > kMaxTokenBytes) return malformed_token("longer than 16 KiB");
  Presented presented;
  std::vector<std::string_view> parts;
  for (std::string_view rest = text;;) {
    const std::size_t end = rest.find('~');
    parts.push_back(rest.substr(0, end));
    if (end == std::string_view::npos) break;
    if (parts.size() > kMaxTokenDepth) return malformed_token("more than 8 delegations");
    rest.remove_prefix(end + 1);
  }
  if (parts.size() > 1 && parts.back().find('.') == std::string_view::npos) {
    const std::string_view proof = parts.back();
    presented.before_proof = text.substr(0, text.size() - proof.size() - 1);
    parts.pop_back();
    auto bytes = from_base64url(proof.substr(std::min<std::size_t>(1, proof.size())));
    if (proof.empty() || !bytes || (proof[0] != 'k' && proof[0] != 's')) return malformed_token("its proof is damaged");
    presented.proof_kind = proof[0];
    presented.proof = Secret(std::move(*bytes));
  }
  if (parts.size() > kMaxTokenDepth) return malformed_token("more than 8 delegations");
  for (const std::string_view part : parts) {
    auto jwt = parse_jwt(part);
    if (!jwt) return jwt.error();
    presented.jwts.push_back(std::move(jwt).value());
  }
  return presented;
}

Error forged(const std::string& why) {
  return {Code::token_forged, "signature of the token does not match: " + why, {}};
}

Result<void> check_proof(const Presented& presented) {
  const std::optional<PublicKey>& holder = presented.jwts.back().claims.holder;
  if (!holder && presented.proof_kind == '\0') return {};
  if (!holder) return malformed_token("a proof, but no holder key");
  if (presented.proof_kind == '\0') return forged("the proof of its holder is missing");
  if (presented.proof_kind == 's') {
    if (verify(*holder, presented.before_proof, presented.proof.reveal())) return {};
    return forged("the proof is of another token");
  }
  const auto key = SigningKey::from_seed(presented.proof.reveal());
  if (key && key->public_key() == *holder) return {};
  return forged("the proof is of another holder");
}

std::string hash_of(std::string_view jwt) {
  const Digest digest = sha256(jwt);
  return base64url(view(digest));
}

Result<void> check_time(const Claims& claims, std::int64_t now_s) {
  if (now_s >= claims.expires_s + kClockLeewayS) {
    return Error{
        Code::token_expired, "the token of " + claims.subject + " was valid until " + utc_text(claims.expires_s), {}};
  }
  const std::int64_t from = std::max(claims.issued_s, claims.not_before_s);
  if (now_s + kClockLeewayS < from) {
    return Error{Code::token_expired, "the token of " + claims.subject + " is valid from " + utc_text(from), {}};
  }
  return {};
}

Error exceeds(const std::string& what) {
  return {Code::token_exceeds, "the parent does not hold " + what, {}};
}

IssuedToken finish(Claims claims, std::string before, const SigningKey& signer,
                   const std::optional<SigningKey>& holder) {
  if (!before.empty()) before += '~';
  before += make_jwt(claims, signer);
  if (!holder) return {Secret(std::move(before)), std::move(claims)};
  const Secret seed = holder->seed();
  before += "~k" + base64url(seed.reveal());
  return {Secret(std::move(before)), std::move(claims)};
}

}  // namespace

Result<void> check_narrower(const Claims& parent, const Claims& child) {
  if (child.subject != parent.subject && !child.subject.starts_with(parent.subject + "/")) {
    return exceeds("the name " + child.subject);
  }
  if (child.audience != parent.audience) return exceeds("the audience " + child.audience);
  if (child.expires_s > parent.expires_s) return exceeds("the time until " + utc_text(child.expires_s));
  if (std::max(child.not_before_s, child.issued_s) < parent.not_before_s) return exceeds("the time before its own");
  if (child.level > parent.level) return exceeds("level " + std::to_string(child.level));
  for (const std::string& role : child.roles) {
    if (std::find(parent.roles.begin(), parent.roles.end(), role) == parent.roles.end()) {
      return exceeds("the role " + role);
    }
  }
  for (const Capability& one : child.capabilities) {
    if (!any_covers(parent.capabilities, one)) return exceeds(one.to_string());
  }
  return {};
}

Result<IssuedToken> issue_token(Claims claims, const SigningKey& key, bool can_delegate, std::int64_t now_s) {
  claims.id = CorrelationId::random().to_string();
  claims.issued_s = now_s;
  if (claims.expires_s == 0) claims.expires_s = now_s + kTokenLifetimeS;
  claims.parent.reset();
  claims.holder.reset();
  std::optional<SigningKey> holder;
  if (can_delegate) claims.holder = holder.emplace(SigningKey::generate()).public_key();
  if (auto good = check_claims(claims); !good) return good.error();
  return finish(std::move(claims), {}, key, holder);
}

Result<IssuedToken> delegate_token(const Secret& parent, const Delegation& wanted, std::int64_t now_s) {
  auto presented = take_apart(parent.reveal());
  if (!presented) return presented.error();
  const Claims& from = presented->jwts.back().claims;
  const Error final{Code::token_not_delegable, "the token of " + from.subject + " cannot be delegated", {}};
  if (presented->proof_kind != 'k' || presented->jwts.size() >= kMaxTokenDepth) return final;
  const auto signer = SigningKey::from_seed(presented->proof.reveal());
  if (!signer || !from.holder || signer->public_key() != *from.holder) return final;
  Claims child;
  child.subject = wanted.suffix.empty() ? from.subject : from.subject + "/" + wanted.suffix;
  child.audience = from.audience;
  child.id = CorrelationId::random().to_string();
  child.issued_s = now_s;
  child.not_before_s = from.not_before_s;
  child.expires_s = wanted.expires_s == 0 ? from.expires_s : wanted.expires_s;
  child.roles = wanted.roles.value_or(std::vector<std::string>());
  child.capabilities = wanted.capabilities.value_or(from.capabilities);
  child.level = wanted.level.value_or(from.level);
  child.parent = hash_of(presented->jwts.back().whole);
  std::optional<SigningKey> holder;
  if (wanted.can_delegate) child.holder = holder.emplace(SigningKey::generate()).public_key();
  if (auto narrower = check_narrower(from, child); !narrower) return narrower.error();
  if (auto good = check_claims(child); !good) return good.error();
  auto made = finish(std::move(child), std::string(presented->before_proof), *signer, holder);
  if (made.text.reveal().size() > kMaxTokenBytes) return malformed_token("longer than 16 KiB");
  return made;
}

Result<Secret> seal_token(const Secret& token) {
  auto presented = take_apart(token.reveal());
  if (!presented) return presented.error();
  if (presented->proof_kind != 'k') return token;
  const auto key = SigningKey::from_seed(presented->proof.reveal());
  if (!key) return malformed_token("its proof is damaged");
  const Signature signature = key->sign(presented->before_proof);
  return Secret(std::string(presented->before_proof) + "~s" + base64url(view(signature)));
}

Result<Token> verify_token(std::string_view text, const TokenTrust& trust, std::int64_t now_s) {
  auto presented = take_apart(text);
  if (!presented) return presented.error();
  const SignedClaims& root = presented->jwts.front();
  const auto key = std::find_if(trust.keys.begin(), trust.keys.end(),
                                [&root](const PublicKey& one) { return one.id() == root.signer; });
  if (key == trust.keys.end() || !verify(*key, root.signed_part, root.signature)) {
    return forged("no key of this cluster has signed it");
  }
  if (root.claims.parent) return forged("the token it was delegated from is missing");
  Token token;
  token.signer = root.signer;
  for (std::size_t i = 0; i < presented->jwts.size(); ++i) {
    const SignedClaims& jwt = presented->jwts[i];
    if (i > 0) {
      const SignedClaims& parent = presented->jwts[i - 1];
      if (!parent.claims.holder || parent.claims.holder->id() != jwt.signer ||
          !verify(*parent.claims.holder, jwt.signed_part, jwt.signature) || !jwt.claims.parent ||
          *jwt.claims.parent != hash_of(parent.whole)) {
        return forged("it was not delegated by the holder of its parent");
      }
      if (auto narrower = check_narrower(parent.claims, jwt.claims); !narrower) return narrower.error();
    }
    if (auto in_time = check_time(jwt.claims, now_s); !in_time) return in_time.error();
    if (trust.is_revoked && trust.is_revoked(jwt.claims.id)) {
      return Error{Code::token_revoked, "token " + jwt.claims.id + " of " + jwt.claims.subject + " was revoked", {}};
    }
    token.chain.push_back(jwt.claims.id);
  }
  if (auto proven = check_proof(*presented); !proven) return proven.error();
  token.claims = presented->jwts.back().claims;
  token.can_delegate = presented->proof_kind == 'k' && token.chain.size() < kMaxTokenDepth;
  if (!trust.audience.empty() && token.claims.audience != trust.audience) {
    return Error{Code::token_audience,
                 "the token is for `" + token.claims.audience + "`, not for `" + std::string(trust.audience) + "`",
                 {}};
  }
  return token;
}

Result<std::vector<Claims>> read_token(std::string_view text) {
  auto presented = take_apart(text);
  if (!presented) return presented.error();
  std::vector<Claims> all;
  for (SignedClaims& jwt : presented->jwts) all.push_back(std::move(jwt.claims));
  return all;
}

}  // namespace noodle::security
