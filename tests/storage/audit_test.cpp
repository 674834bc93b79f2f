#include "storage/audit.hpp"

#include <doctest/doctest.h>
#include <sodium.h>

#include <thread>

#include "storage/key.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace noodle;
using namespace noodle::storage;
using noodle::test::TemporaryFolder;

namespace {

struct Signing {
  AuditKey key{};
  std::array<unsigned char, 64> secret{};
  Signing() { REQUIRE((sodium_init() >= 0 && crypto_sign_keypair(key.data(), secret.data()) == 0)); }
  AuditSigner signer() const {
    return [this](std::string_view message) {
      std::array<std::uint8_t, 64> signature{};
      crypto_sign_detached(signature.data(), nullptr, reinterpret_cast<const unsigned char*>(message.data()),
                           message.size(), secret.data());
      return signature;
    };
  }
};

AuditEvent event(int number) {
  return {1'769'853'600'000'000'000 + number, "access", "alice", "fs.read",
          "/data/" + std::to_string(number),  "denied", "r1",    "\"\n\xff"};
}

struct Fixture {
  TemporaryFolder folder;
  Signing signing;
  std::unique_ptr<Store> store = std::move(Store::open(folder.path() + "/store")).value();
  std::unique_ptr<AuditLog> log = std::move(AuditLog::open(*store, signing.signer())).value();

  void fill(int count) const {
    for (int i = 0; i < count; ++i) REQUIRE(log->append(event(i)).ok());
  }
  Result<AuditReport> verify(const std::optional<AuditHead>& expected = {}) const {
    return verify_audit(*store, signing.key, expected);
  }
  std::string record(std::uint64_t sequence) const { return **store->get(Family::audit, Key().tag('r').u64(sequence)); }
  void put(std::uint64_t sequence, const std::string& line) const {
    REQUIRE(store->put(Family::audit, Key().tag('r').u64(sequence), line, Sync::no).ok());
  }
  void erase(std::string_view key) const {
    Batch batch;
    batch.erase(Family::audit, key);
    REQUIRE(store->write(std::move(batch), Sync::no).ok());
  }
  Error refusal() const {
    const auto report = verify();
    REQUIRE_FALSE(report.ok());
    return report.error();
  }
};

std::string exported(const Store& store, std::uint64_t from = 0) {
  std::string text;
  REQUIRE(export_audit(store, from, [&text](std::string_view line) {
            text += line;
            return true;
          }).ok());
  return text;
}

}  // namespace

TEST_CASE("a record of the audit log is one line of JSON in a pinned form") {
  const Fixture f;
  REQUIRE(f.log->append(event(1)).ok());
  CHECK(f.record(1) ==
        R"({"seq":1,"time":"2026-01-31T10:00:00.000000Z","kind":"access","subject":"alice","action":"fs.read",)"
        R"("resource":"/data/1","outcome":"denied","rule":"r1","details":"\"\n)"
        "\xef\xbf\xbd"
        R"(","prev":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"})");
}

TEST_CASE("an untouched log verifies, also after opening again, and seals itself") {
  Fixture f;
  CHECK(f.verify()->records == 0);
  f.fill(150);
  const AuditHead noted = f.log->head();
  f.log = std::move(AuditLog::open(*f.store, f.signing.signer())).value();
  CHECK(f.log->head().hash == noted.hash);
  f.fill(3);
  REQUIRE(f.log->seal(0).ok());
  const auto report = f.verify(noted);
  REQUIRE_MESSAGE(report.ok(), report.error().message);
  CHECK(report->seals == 3);
  CHECK(report->records == 156);
  CHECK(report->head.sequence == 156);
}

TEST_CASE("an edit is found at its record") {
  const Fixture f;
  f.fill(10);
  for (const std::uint64_t sequence : {1, 5, 10}) {
    const std::string line = f.record(sequence);
    std::string changed = line;
    changed.replace(changed.find("denied"), 6, "allows");
    f.put(sequence, changed);
    CHECK(f.refusal().code == Code::audit_broken);
    CHECK(f.refusal().message.find("record " + std::to_string(sequence)) != std::string::npos);
    f.put(sequence, line);
  }
  CHECK(f.verify().ok());
}

TEST_CASE("removing, moving and repeating records is found") {
  const Fixture f;
  f.fill(10);
  const std::string third = f.record(3), fourth = f.record(4);
  f.put(3, fourth);
  f.put(4, third);
  CHECK(f.refusal().code == Code::audit_broken);
  f.put(3, third);
  CHECK(f.refusal().code == Code::audit_broken);  // the third record twice
  f.put(4, fourth);
  CHECK(f.verify().ok());
  f.erase(Key().tag('r').u64(1));
  CHECK(f.refusal().message.find("before 2") != std::string::npos);
  f.erase(Key().tag('r').u64(5));
  CHECK(f.refusal().code == Code::audit_broken);
}

TEST_CASE("a log that was cut off is found by its head, one taken back by a head that was noted") {
  const Fixture f;
  f.fill(5);
  REQUIRE(f.store->copy_to(f.folder.path() + "/earlier").ok());
  f.fill(5);
  const AuditHead noted = f.log->head();
  const std::string head = **f.store->get(Family::audit, "h");
  f.erase(Key().tag('r').u64(10));
  CHECK(f.refusal().message.find("missing") != std::string::npos);
  CHECK(AuditLog::open(*f.store, f.signing.signer()).error().code == Code::audit_broken);
  f.erase("h");
  CHECK(f.refusal().message.find("head is missing") != std::string::npos);
  const auto earlier = std::move(Store::open(f.folder.path() + "/earlier")).value();
  CHECK(verify_audit(*earlier, f.signing.key).ok());
  const auto report = verify_audit(*earlier, f.signing.key, noted);
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().message.find("before record 10") != std::string::npos);
}

TEST_CASE("who rewrites the whole log cannot sign it") {
  const Fixture f, forger;
  f.fill(70);
  forger.fill(70);
  const auto report = verify_audit(*forger.store, f.signing.key);
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().code == Code::audit_unsigned);
}

TEST_CASE("an export verifies by itself, whole or in part, and shows every change") {
  const Fixture f;
  f.fill(70);
  const std::string text = exported(*f.store);
  const auto report = verify_audit_text(text, f.signing.key);
  REQUIRE_MESSAGE(report.ok(), report.error().message);
  CHECK(report->records == 71);
  CHECK(verify_audit_text(exported(*f.store, 60), f.signing.key)->records == 12);
  const std::size_t second = text.find('\n') + 1;
  CHECK_FALSE(verify_audit_text(text.substr(0, second) + text.substr(text.find('\n', second) + 1), f.signing.key).ok());
  CHECK_FALSE(verify_audit_text(text.substr(0, text.rfind('\n', text.size() - 2) + 1), f.signing.key).ok());
  CHECK_FALSE(verify_audit_text(text + text, f.signing.key).ok());
  for (std::size_t i = 0; i < text.size(); i += 211) {
    std::string changed = text;
    changed[i] = changed[i] == '7' ? '8' : '7';
    CHECK_FALSE(verify_audit_text(changed, f.signing.key).ok());
  }
  CHECK(tail_audit(*f.store, 2)->size() == 2);
  CHECK(tail_audit(*f.store, 2)->back() == f.record(71));
  CHECK(tail_audit(*f.store, 1000)->front() == f.record(1));
}

TEST_CASE("appends of several threads make one chain; batches are whole and bounded") {
  const Fixture f;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&f] {
        const std::vector<AuditEvent> events(5, event(1));
        for (int i = 0; i < 10; ++i) (void)f.log->append(events).ok();
      });
    }
  }
  const auto report = f.verify();
  REQUIRE_MESSAGE(report.ok(), report.error().message);
  CHECK(report->records - report->seals == 200);
  const std::vector<AuditEvent> many(kMaxAuditBatch + 1);
  CHECK(f.log->append(many).error().code == Code::store_too_large);
  AuditEvent large = event(1);
  large.details = std::string(100'000, 'x');
  CHECK(f.log->append(large).ok());
  CHECK(f.verify().ok());
}
