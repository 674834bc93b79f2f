#include "cluster/security/certificate.hpp"

#include <doctest/doctest.h>

#include "tests/process/random_seed.hpp"

using namespace noodle;
using namespace noodle::security;

namespace {

constexpr std::int64_t kNow = 1'800'000'000;

CertificateRequest request_of(CertificateUse use, const std::string& name, const SigningKey& key) {
  CertificateRequest request;
  request.use = use;
  request.cluster = "production";
  request.name = name;
  request.hosts = {"n1.example.com", "10.0.0.7", "::1"};
  request.key = key.public_key();
  request.not_before_s = kNow - 300;
  request.not_after_s = kNow + 30 * kDayS;
  return request;
}

std::string made(const CertificateRequest& request, const SigningKey& authority) {
  auto pem = make_certificate(request, authority, "ca");
  REQUIRE_MESSAGE(pem.ok(), pem.error().message);
  return *pem;
}

struct Fixture {
  SigningKey ca = SigningKey::generate();
  SigningKey key = SigningKey::generate();
  std::string ca_pem = made(request_of(CertificateUse::authority, "ca", ca), ca);
  Authorities authorities = *Authorities::read(ca_pem);
  std::string node = made(request_of(CertificateUse::node, "n1", key), ca);
};

Code refusal(const Result<CertificateInfo>& result) {
  REQUIRE_FALSE(result.ok());
  return result.error().code;
}

}  // namespace

TEST_CASE("a certificate says what it was made for") {
  const Fixture f;
  const auto info = read_certificate(f.node);
  REQUIRE_MESSAGE(info.ok(), info.error().message);
  CHECK(info->use == CertificateUse::node);
  CHECK(info->cluster == "production");
  CHECK(info->name == "n1");
  CHECK(info->serial.size() == 32);
  CHECK(info->not_before_s == kNow - 300);
  CHECK(info->not_after_s == kNow + 30 * kDayS);
  CHECK(info->id() == f.key.public_key().id());
  CHECK(info->hosts ==
        std::vector<std::string>{"n1.example.com", "10.0.0.7", "0000:0000:0000:0000:0000:0000:0000:0001"});
}

TEST_CASE("a certificate counts when its CA is trusted, it is in time, not revoked and for the use") {
  const Fixture f;
  CHECK(f.authorities.check(f.node, CertificateUse::node, nullptr, kNow).ok());
  CHECK(refusal(f.authorities.check(f.node, CertificateUse::client, nullptr, kNow)) == Code::certificate_wrong_use);
  CHECK(refusal(f.authorities.check(f.node, CertificateUse::node, nullptr, kNow - 301)) == Code::certificate_foreign);
  const Fixture other;
  CHECK(refusal(other.authorities.check(f.node, CertificateUse::node, nullptr, kNow)) == Code::certificate_foreign);

  CertificateRequest brief = request_of(CertificateUse::node, "n1", f.key);
  brief.not_after_s = kNow + 10;
  CHECK(refusal(f.authorities.check(made(brief, f.ca), CertificateUse::node, nullptr, kNow + 10)) ==
        Code::certificate_expired);
  CertificateRequest later = request_of(CertificateUse::node, "n1", f.key);
  later.not_before_s = kNow + 10;
  CHECK(refusal(f.authorities.check(made(later, f.ca), CertificateUse::node, nullptr, kNow)) ==
        Code::certificate_expired);

  Revocations revoked("production");
  REQUIRE(revoked.revoke_certificate(read_certificate(f.node)->serial, {"stolen", kNow + kDayS}).ok());
  const auto result = f.authorities.check(f.node, CertificateUse::node, &revoked, kNow);
  CHECK(refusal(result) == Code::certificate_revoked);
  CHECK(result.error().message.find("stolen") != std::string::npos);
}

TEST_CASE("two CAs are trusted while one takes over from the other") {
  const Fixture f;
  const SigningKey next = SigningKey::generate();
  const std::string next_pem = made(request_of(CertificateUse::authority, "ca2", next), next);
  const auto both = Authorities::read(next_pem + f.ca_pem);
  REQUIRE(both.ok());
  CHECK(both->all().size() == 2);
  CHECK(both->check(f.node, CertificateUse::node, nullptr, kNow).ok());
  CHECK(
      both->check(made(request_of(CertificateUse::node, "n1", f.key), next), CertificateUse::node, nullptr, kNow).ok());
}

TEST_CASE("a node cannot make certificates and no CA of another kind is trusted") {
  const Fixture f;
  const SigningKey mine = SigningKey::generate();
  const std::string forged = made(request_of(CertificateUse::node, "n2", mine), f.key);
  CHECK(refusal(f.authorities.check(forged, CertificateUse::node, nullptr, kNow)) == Code::certificate_foreign);
  CHECK(Authorities::read(f.node).error().code == Code::certificate_wrong_use);
  // A CA certificate that another key has signed.
  const std::string not_self = made(request_of(CertificateUse::authority, "x", mine), f.ca);
  CHECK(Authorities::read(not_self).error().code == Code::certificate_malformed);
  CertificateRequest elsewhere = request_of(CertificateUse::authority, "ca", mine);
  elsewhere.cluster = "staging";
  CHECK(Authorities::read(f.ca_pem + made(elsewhere, mine)).error().code == Code::certificate_malformed);
  CHECK(Authorities::read("").error().code == Code::certificate_malformed);
  // Signed by the right CA, but of another cluster.
  CertificateRequest other = request_of(CertificateUse::node, "n1", f.key);
  other.cluster = "staging";
  CHECK(refusal(f.authorities.check(made(other, f.ca), CertificateUse::node, nullptr, kNow)) ==
        Code::certificate_foreign);
}

TEST_CASE("names that would mean something else inside a certificate are refused") {
  const Fixture f;
  for (const char* name : {"", "a b", "a/b", "a,DNS:x", "ä", "a\nb"}) {
    CAPTURE(name);
    CertificateRequest request = request_of(CertificateUse::node, name, f.key);
    CHECK_FALSE(make_certificate(request, f.ca, "ca").ok());
    request = request_of(CertificateUse::node, "n1", f.key);
    request.hosts = {name};
    CHECK_FALSE(make_certificate(request, f.ca, "ca").ok());
    request.cluster = name;
    CHECK_FALSE(make_certificate(request, f.ca, "ca").ok());
  }
}

TEST_CASE("bytes that are damaged are refused or say what was signed") {
  NOODLE_RANDOM(random);
  const Fixture f;
  for (int i = 0; i < 300; ++i) {
    std::string damaged = f.node;
    for (std::uint64_t n = random() % 4 + 1; n > 0; --n)
      damaged[random() % damaged.size()] = "ABab+/=\n0"[random() % 9];
    const auto result = f.authorities.check(damaged, CertificateUse::node, nullptr, kNow);
    if (result.ok()) CHECK(result->id() == f.key.public_key().id());
  }
  CHECK_FALSE(read_certificate("").ok());
  CHECK_FALSE(read_certificate(std::string(kMaxPemBytes + 1, 'A')).ok());
  CHECK_FALSE(read_certificate(f.node.substr(0, f.node.size() / 2)).ok());
}

TEST_CASE("revocation lists are signed, counted up and of one cluster") {
  const SigningKey ca = SigningKey::generate();
  const std::vector<PublicKey> keys{ca.public_key()};
  Revocations list("production");
  REQUIRE(list.revoke_certificate("aa", {"stolen", kNow + kDayS}).ok());
  REQUIRE(list.revoke_token("bb", {"left", kNow - 2 * kDayS}).ok());
  REQUIRE(list.revoke_token("cc", {"left", kNow + 5}).ok());
  const std::string first = list.sign(ca, kNow);
  const auto read = Revocations::read(first, keys, "production");
  REQUIRE_MESSAGE(read.ok(), read.error().message);
  CHECK(read->number() == 1);
  CHECK(read->certificate("aa")->reason == "stolen");
  CHECK(read->token("bb") == nullptr);  // expired by itself
  CHECK(read->token("cc") != nullptr);
  CHECK(read->token("aa") == nullptr);
  const std::string second = list.sign(ca, kNow);
  CHECK(Revocations::read(second, keys, "production", 1)->number() == 2);
  CHECK_FALSE(Revocations::read(first, keys, "production", 2).ok());
  CHECK_FALSE(Revocations::read(first, keys, "staging").ok());
  const std::vector<PublicKey> others{SigningKey::generate().public_key()};
  CHECK_FALSE(Revocations::read(first, others, "production").ok());
  for (std::size_t i = 0; i < first.size() - 1; i += 7) {
    std::string damaged = first;
    damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(Revocations::read(damaged, keys, "production").ok());
  }
}
