#include "cluster/security/authority.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "cluster/security/key_file.hpp"
#include "cluster/security/token.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace noodle;
using namespace noodle::security;
using noodle::test::TemporaryFolder;

namespace {

constexpr std::int64_t kNow = 1'800'000'000;

Authority created(const std::string& folder) {
  auto authority = Authority::create(folder, "production", kNow);
  REQUIRE_MESSAGE(authority.ok(), authority.error().message);
  return std::move(authority).value();
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777;
}

std::string text_of(const std::string& path) {
  auto text = read_public_file(path);
  REQUIRE_MESSAGE(text.ok(), text.error().message);
  return *text;
}

}  // namespace

TEST_CASE("secrets are written for their owner alone and refused when others can read them") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/a/b.key";
  REQUIRE(write_secret_file(path, Secret("s"), Existing::refuse).ok());
  CHECK(mode_of(path) == 0600);
  CHECK(mode_of(folder.path() + "/a") == 0700);
  CHECK(read_secret_file(path)->reveal() == "s");
  CHECK(write_secret_file(path, Secret("t"), Existing::refuse).error().code == Code::key_exists);
  CHECK(read_secret_file(path)->reveal() == "s");
  CHECK(write_secret_file(path, Secret("t"), Existing::replace).ok());
  CHECK(read_secret_file(path)->reveal() == "t");
  for (const unsigned mode : {0640U, 0604U, 0620U, 0644U}) {
    REQUIRE(chmod(path.c_str(), mode) == 0);
    CHECK(read_secret_file(path).error().code == Code::key_exposed);
  }
  CHECK(read_public_file(path).ok());
  CHECK(read_secret_file(folder.path()).error().code == Code::file_unreadable);
  CHECK(read_secret_file(folder.path() + "/none").error().code == Code::file_not_found);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path() + "/a")) ++files;
  CHECK(files == 1);  // no temporary file stays
}

TEST_CASE("an authority is made once and opens again") {
  const TemporaryFolder folder;
  const Authority authority = created(folder.path());
  CHECK(authority.cluster() == "production");
  for (const char* secret : {"ca.key", "token.key", "gossip.key"}) {
    CHECK(mode_of(folder.path() + "/" + secret) == 0600);
  }
  CHECK(Authority::create(folder.path(), "production", kNow).error().code == Code::key_exists);
  const auto again = Authority::open(folder.path());
  REQUIRE(again.ok());
  CHECK(again->token_key().public_key() == authority.token_key().public_key());
  REQUIRE(chmod((folder.path() + "/ca.key").c_str(), 0644) == 0);
  CHECK(Authority::open(folder.path()).error().code == Code::key_exposed);
}

TEST_CASE("a key that does not belong to the certificate is refused") {
  const TemporaryFolder folder;
  created(folder.path());
  REQUIRE(
      write_secret_file(folder.path() + "/ca.key", private_key_pem(SigningKey::generate()), Existing::replace).ok());
  CHECK(Authority::open(folder.path()).error().code == Code::key_malformed);
  REQUIRE(write_secret_file(folder.path() + "/ca.key", Secret("none"), Existing::replace).ok());
  CHECK(Authority::open(folder.path()).error().code == Code::key_malformed);
}

TEST_CASE("a node gets all it needs and nothing that signs") {
  const TemporaryFolder folder;
  Authority authority = created(folder.path() + "/ca");
  const std::string out = folder.path() + "/n1";
  const auto issued = authority.issue(CertificateUse::node, "n1", {"localhost"}, 30, out, false, kNow);
  REQUIRE_MESSAGE(issued.ok(), issued.error().message);
  for (const char* file : {"n1.crt", "n1.key", "ca.crt", "token.pub", "gossip.key", "revocations"}) {
    CHECK(std::filesystem::exists(out + "/" + file));
  }
  CHECK_FALSE(std::filesystem::exists(out + "/ca.key"));
  CHECK_FALSE(std::filesystem::exists(out + "/token.key"));
  CHECK(mode_of(out + "/n1.key") == 0600);
  CHECK(mode_of(out + "/gossip.key") == 0600);
  const auto trust = read_trust(out);
  REQUIRE(trust.ok());
  CHECK(trust->authorities.check(text_of(out + "/n1.crt"), CertificateUse::node, &trust->revocations, kNow).ok());
  CHECK(authority.issued()->size() == 1);
  CHECK(authority.issued()->front().serial == issued->info.serial);
  CHECK(authority.issue(CertificateUse::node, "n1", {}, 30, out, false, kNow).error().code == Code::key_exists);
  const auto renewed = authority.issue(CertificateUse::node, "n1", {}, 30, out, true, kNow + kDayS);
  REQUIRE(renewed.ok());
  CHECK(renewed->info.id() == issued->info.id());
  CHECK(renewed->info.serial != issued->info.serial);
}

TEST_CASE("a client gets no key that seals datagrams") {
  const TemporaryFolder folder;
  Authority authority = created(folder.path() + "/ca");
  REQUIRE(authority.issue(CertificateUse::client, "alice", {}, 30, folder.path() + "/alice", false, kNow).ok());
  CHECK_FALSE(std::filesystem::exists(folder.path() + "/alice/gossip.key"));
}

TEST_CASE("while the CA rotates, certificates of both CAs count; afterwards those of the new one") {
  const TemporaryFolder folder;
  Authority authority = created(folder.path());
  REQUIRE(authority.issue(CertificateUse::node, "old", {}, 30, "", false, kNow).ok());
  REQUIRE(authority.rotate_authority(kNow + kDayS).ok());
  REQUIRE(authority.issue(CertificateUse::node, "new", {}, 30, "", false, kNow + kDayS).ok());
  const auto check = [&](const char* name) {
    const auto trust = read_trust(folder.path());
    REQUIRE_MESSAGE(trust.ok(), trust.error().message);
    return trust->authorities.check(text_of(folder.path() + "/" + name), CertificateUse::node, &trust->revocations,
                                    kNow + 2 * kDayS);
  };
  CHECK(check("old.crt").ok());
  CHECK(check("new.crt").ok());
  REQUIRE(Authority::open(folder.path())->drop_old_keys().ok());
  CHECK(check("old.crt").error().code == Code::certificate_foreign);
  CHECK(check("new.crt").ok());
}

TEST_CASE("tokens of the old key stay good until it is dropped") {
  const TemporaryFolder folder;
  Authority authority = created(folder.path());
  Claims claims;
  claims.subject = "alice";
  claims.audience = authority.cluster();
  const Secret old = issue_token(claims, authority.token_key(), true, kNow)->text;
  REQUIRE(authority.rotate_token_key().ok());
  const auto verified = [&] {
    const auto trust = read_trust(folder.path());
    return verify_token(old.reveal(), {trust->token_keys, "production", {}}, kNow);
  };
  CHECK(verified().ok());
  REQUIRE(authority.drop_old_keys().ok());
  CHECK(verified().error().code == Code::token_forged);
}

TEST_CASE("what is revoked does not count, also after a rotation of the CA") {
  const TemporaryFolder folder;
  Authority authority = created(folder.path());
  const auto issued = authority.issue(CertificateUse::node, "n1", {}, 30, "", false, kNow);
  REQUIRE(authority.revoke_certificate(issued->info.serial, "stolen", kNow).ok());
  REQUIRE(authority.revoke_token("ab", "left", kNow + 60, kNow).ok());
  REQUIRE(authority.rotate_authority(kNow).ok());
  const auto trust = read_trust(folder.path());
  REQUIRE_MESSAGE(trust.ok(), trust.error().message);
  CHECK(trust->revocations.token("ab") != nullptr);
  CHECK(trust->authorities.check(text_of(issued->certificate_path), CertificateUse::node, &trust->revocations, kNow)
            .error()
            .code == Code::certificate_revoked);
}

TEST_CASE("a revocation list older than the one that is known is refused, and so is none") {
  const TemporaryFolder folder;
  Authority authority = created(folder.path());
  const std::string list = folder.path() + "/revocations";
  const std::string older = text_of(list);
  REQUIRE(authority.revoke_token("ab", "left", kNow + 60, kNow).ok());
  const std::uint64_t known = read_trust(folder.path())->revocations.number();
  CHECK(read_trust(folder.path(), known).ok());
  REQUIRE(write_public_file(list, older, Existing::replace).ok());
  CHECK(read_trust(folder.path()).ok());
  const auto refused = read_trust(folder.path(), known);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == Code::revocations_invalid);
  CHECK(refused.error().message.find("is older than " + std::to_string(known)) != std::string::npos);
  std::filesystem::remove(list);
  CHECK(read_trust(folder.path()).ok());
  CHECK(read_trust(folder.path(), known).error().code == Code::revocations_invalid);
}

TEST_CASE("gossip keys rotate: the newest seals and at most four are kept") {
  const TemporaryFolder folder;
  Authority authority = created(folder.path());
  const std::string first = read_secret_file(folder.path() + "/gossip.key")->reveal();
  for (int i = 0; i < 5; ++i) REQUIRE(authority.rotate_gossip_key().ok());
  const std::string keys = read_secret_file(folder.path() + "/gossip.key")->reveal();
  CHECK(std::count(keys.begin(), keys.end(), '\n') == 4);
  CHECK(keys.find(first) == std::string::npos);
}
