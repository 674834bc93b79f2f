#include "cluster/security/token.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "cluster/security/base64url.hpp"
#include "cluster/security/claims.hpp"
#include "tests/process/random_seed.hpp"

using namespace noodle;
using namespace noodle::security;

namespace {

constexpr std::int64_t kNow = 1'800'000'000;

Capability cap(std::string_view text) {
  return *Capability::parse(text);
}

Claims alice() {
  Claims claims;
  claims.subject = "alice";
  claims.audience = "production";
  claims.roles = {"operator", "reader"};
  claims.capabilities = {cap("fs.read:/data"), cap("mesh.send:agents/*")};
  claims.level = 3;
  return claims;
}

struct Cluster {
  SigningKey key = SigningKey::generate();
  std::vector<PublicKey> keys = {key.public_key()};
  TokenTrust trust() const { return {keys, "production", {}}; }
  Secret issue(bool can_delegate = true, Claims claims = alice()) const {
    auto made = issue_token(std::move(claims), key, can_delegate, kNow);
    REQUIRE_MESSAGE(made.ok(), made.error().message);
    return made->text;
  }
};

Code refusal(std::string_view text, const TokenTrust& trust, std::int64_t now_s = kNow) {
  const auto token = verify_token(text, trust, now_s);
  REQUIRE_FALSE(token.ok());
  return token.error().code;
}

Secret delegated(const Secret& parent, const Delegation& wanted) {
  auto made = delegate_token(parent, wanted, kNow);
  REQUIRE_MESSAGE(made.ok(), made.error().message);
  return made->text;
}

}  // namespace

TEST_CASE("base64url has one text for every byte sequence") {
  CHECK(base64url("") == "");
  CHECK(base64url("\xff\xfe\xfd") == "__79");
  CHECK(base64url("f") == "Zg");
  CHECK(from_base64url("Zm8") == "fo");
  for (const char* text : {"Z", "Zg==", "Zh", "Z g", "+/+/", "Zm9=", "Zm8\n"}) {
    CAPTURE(text);
    CHECK_FALSE(from_base64url(text));
  }
  NOODLE_RANDOM(random);
  for (int i = 0; i < 200; ++i) {
    std::string bytes(random() % 40, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    CHECK(from_base64url(base64url(bytes)) == bytes);
  }
}

TEST_CASE("a token says who may do what until when") {
  const Cluster cluster;
  const Secret text = cluster.issue();
  const auto token = verify_token(text.reveal(), cluster.trust(), kNow + 7199);
  REQUIRE_MESSAGE(token.ok(), token.error().message);
  CHECK(token->claims.subject == "alice");
  CHECK(token->claims.roles == alice().roles);
  CHECK(token->claims.capabilities == alice().capabilities);
  CHECK(token->claims.level == 3);
  CHECK(token->claims.expires_s == kNow + 7200);
  CHECK(token->chain == std::vector<std::string>{token->claims.id});
  CHECK(token->signer == cluster.key.public_key().id());
  CHECK(token->can_delegate);
}

TEST_CASE("a token that nobody can delegate is a plain JWT") {
  const Cluster cluster;
  const Secret text = cluster.issue(false);
  CHECK(text.reveal().find('~') == std::string::npos);
  CHECK(std::count(text.reveal().begin(), text.reveal().end(), '.') == 2);
  const auto token = verify_token(text.reveal(), cluster.trust(), kNow);
  REQUIRE(token.ok());
  CHECK_FALSE(token->can_delegate);
  const auto child = delegate_token(text, {}, kNow);
  REQUIRE_FALSE(child.ok());
  CHECK(child.error().code == Code::token_not_delegable);
}

TEST_CASE("time, audience, signer and revocation are checked") {
  const Cluster cluster, other;
  const Secret text = cluster.issue();
  CHECK(refusal(text.reveal(), cluster.trust(), kNow + 7200 + kClockLeewayS) == Code::token_expired);
  CHECK(refusal(text.reveal(), cluster.trust(), kNow - 31) == Code::token_expired);
  CHECK(refusal(text.reveal(), other.trust()) == Code::token_forged);
  CHECK(refusal(text.reveal(), {cluster.keys, "staging", {}}) == Code::token_audience);
  CHECK(verify_token(text.reveal(), {cluster.keys, "", {}}, kNow).ok());
  TokenTrust revoking = cluster.trust();
  const std::string id = read_token(text.reveal())->front().id;
  revoking.is_revoked = [&id](std::string_view one) { return one == id; };
  CHECK(refusal(text.reveal(), revoking) == Code::token_revoked);
  const Secret child = delegated(text, {.suffix = "job"});
  CHECK(refusal(child.reveal(), revoking) == Code::token_revoked);
}

TEST_CASE("a delegated token holds less than its parent, and the chain shows where it comes from") {
  const Cluster cluster;
  const Secret parent = cluster.issue();
  const Secret child = delegated(parent, {.suffix = "job-7",
                                          .roles = std::vector<std::string>{"reader"},
                                          .capabilities = std::vector{cap("fs.read:/data/in")},
                                          .level = 1,
                                          .expires_s = kNow + 60,
                                          .can_delegate = true});
  const Secret grandchild = delegated(child, {});
  const auto token = verify_token(grandchild.reveal(), cluster.trust(), kNow);
  REQUIRE_MESSAGE(token.ok(), token.error().message);
  CHECK(token->claims.subject == "alice/job-7");
  CHECK(token->claims.roles.empty());
  CHECK(token->claims.capabilities == std::vector{cap("fs.read:/data/in")});
  CHECK(token->claims.level == 1);
  CHECK(token->claims.expires_s == kNow + 60);
  CHECK(token->chain.size() == 3);
  CHECK_FALSE(token->can_delegate);
}

TEST_CASE("what exceeds the parent cannot be delegated") {
  const Cluster cluster;
  const Secret parent = cluster.issue();
  const Delegation cases[] = {{.roles = std::vector<std::string>{"admin"}},
                              {.capabilities = std::vector{cap("fs.read")}},
                              {.capabilities = std::vector{cap("fs.write:/data")}},
                              {.capabilities = std::vector{cap("*")}},
                              {.level = 4},
                              {.expires_s = kNow + 7201}};
  for (const Delegation& wanted : cases) {
    const auto made = delegate_token(parent, wanted, kNow);
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().code == Code::token_exceeds);
  }
}

TEST_CASE("a holder who signs more than it has is refused by everybody") {
  const Cluster cluster;
  const Secret parent = cluster.issue();
  const std::string& text = parent.reveal();
  const std::string before = text.substr(0, text.rfind('~'));
  const auto key = SigningKey::from_seed(*from_base64url(text.substr(text.rfind('~') + 2)));
  REQUIRE(key);
  Claims claims = read_token(text)->front();
  const Digest digest = sha256(before);
  claims.parent = base64url(view(digest));
  claims.holder.reset();
  const auto forge = [&] { return before + "~" + make_jwt(claims, *key); };
  CHECK(verify_token(forge(), cluster.trust(), kNow).ok());
  claims.capabilities.push_back(cap("cluster.admin"));
  CHECK(refusal(forge(), cluster.trust()) == Code::token_exceeds);
  claims.capabilities.pop_back();
  claims.subject = "bob";
  CHECK(refusal(forge(), cluster.trust()) == Code::token_exceeds);
  claims.subject = "alice";
  claims.expires_s += 1;
  CHECK(refusal(forge(), cluster.trust()) == Code::token_exceeds);
  claims.expires_s -= 1;
  claims.parent = "x";
  CHECK(refusal(forge(), cluster.trust()) == Code::token_forged);
  claims.parent.reset();
  CHECK(refusal(forge(), cluster.trust()) == Code::token_forged);
}

TEST_CASE("who got a narrowed token cannot present its parent") {
  const Cluster cluster;
  const Secret parent = cluster.issue();
  const Secret child = delegated(parent, {.suffix = "job", .can_delegate = true});
  const std::string root = child.reveal().substr(0, child.reveal().find('~'));
  CHECK(refusal(root, cluster.trust()) == Code::token_forged);
  const std::string child_proof = child.reveal().substr(child.reveal().rfind('~'));
  CHECK(refusal(root + child_proof, cluster.trust()) == Code::token_forged);
  const Secret sealed = *seal_token(child);
  CHECK(refusal(root + sealed.reveal().substr(sealed.reveal().rfind('~')), cluster.trust()) == Code::token_forged);
}

TEST_CASE("a sealed token works and cannot be delegated") {
  const Cluster cluster;
  const Secret sealed = *seal_token(cluster.issue());
  const auto token = verify_token(sealed.reveal(), cluster.trust(), kNow);
  REQUIRE(token.ok());
  CHECK_FALSE(token->can_delegate);
  CHECK_FALSE(delegate_token(sealed, {}, kNow).ok());
  CHECK(seal_token(sealed)->reveal() == sealed.reveal());
}

TEST_CASE("a chain has at most eight links") {
  const Cluster cluster;
  Secret text = cluster.issue();
  for (std::size_t i = 1; i < kMaxTokenDepth; ++i) text = delegated(text, {.can_delegate = true});
  const auto token = verify_token(text.reveal(), cluster.trust(), kNow);
  REQUIRE(token.ok());
  CHECK_FALSE(token->can_delegate);
  CHECK(delegate_token(text, {}, kNow).error().code == Code::token_not_delegable);
}

TEST_CASE("the header decides nothing: other algorithms and more keys are refused") {
  const Cluster cluster;
  const std::string text = cluster.issue(false).reveal();
  const std::string payload = text.substr(text.find('.'));
  const std::string kid = cluster.key.public_key().id().to_string();
  const std::string headers[] = {R"({"alg":"none","typ":"JWT","kid":")" + kid + "\"}",
                                 R"({"alg":"HS256","typ":"JWT","kid":")" + kid + "\"}",
                                 R"({"alg":"EdDSA","kid":")" + kid + "\"}",
                                 R"({"alg":"EdDSA","typ":"JWT","kid":")" + kid + R"(","crit":["exp"]})",
                                 R"({"alg":"EdDSA","typ":"JWT","kid":"../../etc/passwd"})",
                                 "{}",
                                 "[]"};
  for (const std::string& header : headers) {
    CAPTURE(header);
    CHECK(refusal(base64url(header) + payload, cluster.trust()) == Code::token_malformed);
  }
}

TEST_CASE("tokens that are changed, cut or oversized are refused") {
  const Cluster cluster;
  const Secret child = delegated(cluster.issue(), {.suffix = "job", .can_delegate = true});
  const std::string& text = child.reveal();
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(verify_token(changed, cluster.trust(), kNow).ok());
    CHECK_FALSE(verify_token(text.substr(0, i), cluster.trust(), kNow).ok());
  }
  CHECK_FALSE(verify_token(text + "~", cluster.trust(), kNow).ok());
  CHECK_FALSE(verify_token(text + text, cluster.trust(), kNow).ok());
  CHECK(refusal(std::string(kMaxTokenBytes + 1, 'a'), cluster.trust()) == Code::token_malformed);
  CHECK(refusal(std::string(1000, '~'), cluster.trust()) == Code::token_malformed);
}

TEST_CASE("claims beyond their limits are refused when issued and when read") {
  const Cluster cluster;
  const auto refused = [&cluster](Claims claims) {
    const auto made = issue_token(claims, cluster.key, false, kNow);
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().code == Code::token_malformed);
    claims.id = std::string(32, 'a');
    claims.issued_s = kNow;
    if (claims.expires_s == 0) claims.expires_s = kNow + 1;
    CHECK_FALSE(parse_claims(claims_json(claims)).ok());
  };
  Claims many = alice();
  many.capabilities.resize(kMaxTokenCapabilities + 1, cap("log"));
  refused(many);
  Claims roles = alice();
  roles.roles.resize(kMaxTokenRoles + 1, "r");
  refused(roles);
  Claims level = alice();
  level.level = 10;
  refused(level);
  Claims space = alice();
  space.subject = "a b";
  refused(space);
  Claims never = alice();
  never.expires_s = kNow - 1;
  refused(never);
}
