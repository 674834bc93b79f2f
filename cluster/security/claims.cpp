#include "cluster/security/claims.hpp"

#include <algorithm>

#include "cluster/security/base64url.hpp"
#include "runtime/base/json_text.hpp"
#include "runtime/base/json_value.hpp"

namespace noodle::security {
namespace {

constexpr std::size_t kMaxNameBytes = 256;
constexpr std::int64_t kLatestS = 253'402'300'799;  // the end of year 9999

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameBytes &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c != 0x7f; });
}

template <class Items, class Text>
void append_texts(std::string& out, std::string_view key, const Items& items, Text text) {
  out += ",\"" + std::string(key) + "\":[";
  const char* comma = "";
  for (const auto& item : items) {
    out += comma;
    append_json_string(out, text(item));
    comma = ",";
  }
  out += ']';
}

class Reader {
 public:
  explicit Reader(const JsonValue& object) : object_(object) {}

  std::string text(std::string_view name, bool needed) {
    const JsonValue* value = object_.member(name);
    if (value == nullptr) return missing(name, needed), std::string();
    if (value->text() == nullptr) return refuse(name), std::string();
    return *value->text();
  }
  std::int64_t integer(std::string_view name, bool needed, std::int64_t largest) {
    const JsonValue* value = object_.member(name);
    if (value == nullptr) return missing(name, needed), 0;
    const std::int64_t* number = value->integer();
    if (number == nullptr || *number < 0 || *number > largest) return refuse(name), 0;
    return *number;
  }
  std::vector<std::string> texts(std::string_view name, std::size_t most) {
    std::vector<std::string> found;
    const JsonValue* value = object_.member(name);
    if (value == nullptr) return found;
    if (value->list() == nullptr || value->list()->size() > most) return refuse(name), found;
    for (const JsonValue& item : *value->list()) {
      if (item.text() == nullptr) return refuse(name), found;
      found.push_back(*item.text());
    }
    return found;
  }
  void refuse(std::string_view name) {
    if (problem_.empty()) problem_ = "claim `" + std::string(name) + "` is not as it should be";
  }
  const std::string& problem() const { return problem_; }
  const JsonValue& object() const { return object_; }

 private:
  void missing(std::string_view name, bool needed) {
    if (needed && problem_.empty()) problem_ = "claim `" + std::string(name) + "` is missing";
  }

  const JsonValue& object_;
  std::string problem_;
};

/// Only what every noodle writes: a verifier that reads more from the header can be told what to do by an attacker.
Result<NodeId> check_header(std::string_view text) {
  const auto header = parse_json(text, {.bytes = 512, .nesting = 1});
  if (!header) return malformed_token(header.error().message);
  const std::string* algorithm = header->text("alg");
  const std::string* type = header->text("typ");
  const std::string* key = header->text("kid");
  if (algorithm == nullptr || type == nullptr || key == nullptr || header->object()->size() != 3 ||
      *algorithm != "EdDSA" || *type != "JWT") {
    return malformed_token("the header is not {\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":KEY}");
  }
  const auto id = NodeId::parse(*key);
  if (!id) return malformed_token("the header names no key");
  return *id;
}

}  // namespace

Error malformed_token(const std::string& why) {
  return {Code::token_malformed, "not a token: " + why, {}};
}

std::string claims_json(const Claims& claims) {
  std::string out = "{\"sub\":" + json_string(claims.subject) + ",\"aud\":" + json_string(claims.audience) +
                    ",\"iat\":" + std::to_string(claims.issued_s);
  if (claims.not_before_s != 0) out += ",\"nbf\":" + std::to_string(claims.not_before_s);
  out += ",\"exp\":" + std::to_string(claims.expires_s) + ",\"jti\":" + json_string(claims.id);
  append_texts(out, "roles", claims.roles, [](const std::string& role) { return role; });
  append_texts(out, "caps", claims.capabilities, [](const Capability& one) { return one.to_string(); });
  out += ",\"level\":" + std::to_string(claims.level);
  if (claims.holder) out += ",\"cnf\":" + json_string(base64url(claims.holder->view()));
  if (claims.parent) out += ",\"parent\":" + json_string(*claims.parent);
  return out + "}";
}

Result<void> check_claims(const Claims& claims) {
  if (!is_name(claims.subject)) return malformed_token("the subject must be 1 to 256 characters without spaces");
  if (!is_name(claims.audience)) return malformed_token("the audience must be the name of a cluster");
  const auto id = NodeId::parse(claims.id);
  if (!id || id->to_string() != claims.id) return malformed_token("the id must be 32 hexadecimal digits");
  if (claims.expires_s <= claims.issued_s || claims.expires_s > kLatestS) return malformed_token("it never is valid");
  if (claims.roles.size() > kMaxTokenRoles) return malformed_token("more than 16 roles");
  if (!std::all_of(claims.roles.begin(), claims.roles.end(), is_name)) return malformed_token("a role is no name");
  if (claims.capabilities.size() > kMaxTokenCapabilities) return malformed_token("more than 64 capabilities");
  if (claims.level < 0 || claims.level > kMaxLevel) return malformed_token("levels are 0 to 9");
  return {};
}

Result<Claims> parse_claims(std::string_view json) {
  const auto value = parse_json(json, {.bytes = kMaxTokenBytes, .nesting = 3});
  if (!value) return malformed_token(value.error().message);
  if (value->object() == nullptr) return malformed_token("the claims are no object");
  Reader reader(*value);
  Claims claims;
  claims.subject = reader.text("sub", true);
  claims.audience = reader.text("aud", true);
  claims.id = reader.text("jti", true);
  claims.issued_s = reader.integer("iat", true, kLatestS);
  claims.not_before_s = reader.integer("nbf", false, kLatestS);
  claims.expires_s = reader.integer("exp", true, kLatestS);
  claims.roles = reader.texts("roles", kMaxTokenRoles);
  claims.level = static_cast<int>(reader.integer("level", false, kMaxLevel));
  for (const std::string& text : reader.texts("caps", kMaxTokenCapabilities)) {
    auto capability = Capability::parse(text);
    if (!capability) return malformed_token(capability.error().message);
    claims.capabilities.push_back(std::move(capability).value());
  }
  if (value->member("cnf") != nullptr) {
    const auto bytes = from_base64url(reader.text("cnf", true));
    if (bytes) claims.holder = PublicKey::from(*bytes);
    if (!claims.holder) reader.refuse("cnf");
  }
  if (value->member("parent") != nullptr) claims.parent = reader.text("parent", true);
  if (!reader.problem().empty()) return malformed_token(reader.problem());
  if (auto good = check_claims(claims); !good) return good.error();
  return claims;
}

Result<SignedClaims> parse_jwt(std::string_view jwt) {
  const std::size_t first = jwt.find('.');
  const std::size_t second = first == std::string_view::npos ? first : jwt.find('.', first + 1);
  if (second == std::string_view::npos || jwt.find('.', second + 1) != std::string_view::npos) {
    return malformed_token("a jwt has three parts with a dot between them");
  }
  const auto header = from_base64url(jwt.substr(0, first));
  const auto payload = from_base64url(jwt.substr(first + 1, second - first - 1));
  auto signature = from_base64url(jwt.substr(second + 1));
  if (!header || !payload || !signature) return malformed_token("a part is not base64url");
  if (signature->size() != sizeof(Signature)) return malformed_token("the signature has another length");
  auto signer = check_header(*header);
  if (!signer) return signer.error();
  auto claims = parse_claims(*payload);
  if (!claims) return claims.error();
  return SignedClaims{jwt.substr(0, second), jwt, std::move(*signature), *signer, std::move(claims).value()};
}

std::string make_jwt(const Claims& claims, const SigningKey& key) {
  const std::string header = R"({"alg":"EdDSA","typ":"JWT","kid":")" + key.public_key().id().to_string() + "\"}";
  std::string jwt = base64url(header) + "." + base64url(claims_json(claims));
  const Signature signature = key.sign(jwt);
  return jwt + "." + base64url(view(signature));
}

}  // namespace noodle::security
