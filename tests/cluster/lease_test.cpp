#include <doctest/doctest.h>

#include <optional>
#include <vector>

#include "cluster/lease/lease_claim.hpp"
#include "cluster/lease/lease_table.hpp"
#include "cluster/random.hpp"
#include "tests/process/random_seed.hpp"
#include "tests/support/scale.hpp"

using namespace noodle;
using namespace noodle::lease;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

Holder holder(std::uint64_t n) {
  return {{7, n}, n};
}

/// What a keeping node has on its disk.
struct Disk {
  std::uint64_t last_token = 0;
  std::map<std::string, Stored> leases;

  void grant(const LeaseTable& table, const std::string& name) {
    last_token = table.last_token();
    leases[name] = table.leases().at(name).stored;
  }
  LeaseTable start(const LeaseTable::Settings& settings, std::int64_t now_ns) const {
    std::vector<Stored> stored;
    for (const auto& [name, lease] : leases) stored.push_back(lease);
    return LeaseTable(settings, last_token, stored, now_ns);
  }
};

}  // namespace

TEST_CASE("a lease has one holder until it runs out, and the next one a higher token") {
  LeaseTable table({}, 0, {}, 0);
  const auto first = table.ask("leader", holder(1), 0, 0);
  REQUIRE(first.ok());
  CHECK(first->token == 1);
  CHECK(first->fresh);
  CHECK(first->duration_ns == 5 * kSecond);
  const auto refused = table.ask("leader", holder(2), 0, 4 * kSecond);
  CHECK(refused.error().code == Code::lease_held);
  CHECK(refused.error().message.find("for 1.0 s") != std::string::npos);
  CHECK(table.ask("other", holder(2), 0, 4 * kSecond)->token == 2);
  const auto renewed = table.ask("leader", holder(1), 1, 4 * kSecond);
  REQUIRE(renewed.ok());
  CHECK(renewed->token == 1);
  CHECK_FALSE(renewed->fresh);
  CHECK(table.ask("leader", holder(2), 0, 8 * kSecond).error().code == Code::lease_held);
  CHECK(table.ask("leader", holder(2), 0, 9 * kSecond)->token == 3);
  CHECK(table.ask("leader", holder(1), 1, 9 * kSecond).error().code == Code::lease_lost);
}

TEST_CASE("a lease that ran out cannot be renewed, only asked for anew") {
  LeaseTable table({}, 0, {}, 0);
  REQUIRE(table.ask("leader", holder(1), 0, 0).ok());
  CHECK(table.ask("leader", holder(1), 1, 5 * kSecond).error().code == Code::lease_lost);
  CHECK(table.ask("leader", holder(1), 0, 5 * kSecond)->token == 2);
  // The answer was lost: asking again gives the same.
  CHECK(table.ask("leader", holder(1), 0, 6 * kSecond)->token == 2);
}

TEST_CASE("a released lease is free at once, but only its holder releases it") {
  LeaseTable table({}, 0, {}, 0);
  REQUIRE(table.ask("leader", holder(1), 0, 0).ok());
  CHECK(table.release("leader", holder(2), 1).error().code == Code::lease_lost);
  CHECK(table.release("leader", holder(1), 2).error().code == Code::lease_lost);
  REQUIRE(table.release("leader", holder(1), 1).ok());
  CHECK(table.ask("leader", holder(2), 0, 0)->token == 2);
  CHECK(table.ask("bad\nname", holder(2), 0, 0).error().code == Code::name_invalid);
}

TEST_CASE(
    "a table that starts again takes stored leases for held as long as they may be, and goes on with the tokens") {
  Disk disk;
  LeaseTable::Settings settings;
  {
    LeaseTable table(settings, 0, {}, 0);
    REQUIRE(table.ask("leader", holder(1), 0, 0).ok());
    disk.grant(table, "leader");
    REQUIRE(table.ask("leader", holder(1), 1, 3 * kSecond).ok());  // renewals are not on the disk
  }
  settings.duration_ns = kSecond;  // changed since: the old lease is as long as it was
  LeaseTable table = disk.start(settings, 4 * kSecond);
  CHECK(table.ask("leader", holder(2), 0, 7 * kSecond).error().code == Code::lease_held);
  CHECK(table.ask("leader", holder(2), 0, 9 * kSecond - 1).error().code == Code::lease_held);
  CHECK(table.ask("free", holder(2), 0, 4 * kSecond)->token == 2);
  CHECK(table.ask("leader", holder(2), 0, 9 * kSecond)->token == 3);
  LeaseTable again = disk.start(settings, 4 * kSecond);
  CHECK(again.ask("leader", holder(1), 1, 5 * kSecond)->token == 1);  // its holder just goes on
}

TEST_CASE("there are so many leases, and those that ran out make room") {
  LeaseTable::Settings settings;
  settings.max_leases = 2;
  LeaseTable table(settings, 0, {}, 0);
  REQUIRE(table.ask("a", holder(1), 0, 0).ok());
  REQUIRE(table.ask("b", holder(1), 0, kSecond).ok());
  CHECK(table.ask("c", holder(1), 0, kSecond).error().code == Code::leases_full);
  CHECK(table.forget(5 * kSecond) == std::vector<std::string>{"a"});
  CHECK(table.ask("c", holder(1), 0, 5 * kSecond).ok());
}

TEST_CASE("a claim acts from the answer on, and ends before the lease does, counted from when it asked") {
  LeaseClaim claim;
  const auto ask = claim.tick(0);
  REQUIRE(ask.has_value());
  CHECK(ask->token == 0);
  CHECK_FALSE(claim.tick(kSecond / 2).has_value());  // one at a time
  CHECK_FALSE(claim.token(kSecond / 2).has_value());
  claim.granted(ask->attempt, 9, 5 * kSecond, kSecond / 2);
  CHECK(*claim.token(kSecond / 2) == 9);
  const auto renew = claim.tick(2 * kSecond);
  REQUIRE(renew.has_value());
  CHECK(renew->token == 9);
  CHECK(claim.token(4'499'999'999).has_value());
  CHECK_FALSE(claim.token(4'500'000'000).has_value());  // a tenth early
}

TEST_CASE("a claim ignores late answers, tries again without one, and gives up what is lost") {
  LeaseClaim claim;
  const auto first = claim.tick(0);
  const auto second = claim.tick(LeaseClaim::kPatienceNs);
  REQUIRE(second.has_value());
  claim.granted(first->attempt, 3, 5 * kSecond, LeaseClaim::kPatienceNs);
  CHECK_FALSE(claim.token(LeaseClaim::kPatienceNs).has_value());
  claim.granted(second->attempt, 3, 5 * kSecond, 2 * kSecond);
  CHECK(*claim.token(2 * kSecond) == 3);
  const auto renew = claim.tick(3 * kSecond);
  claim.refused(renew->attempt, false, 3 * kSecond);  // nobody answers: it has it still
  CHECK(claim.token(3 * kSecond).has_value());
  const auto again = claim.tick(claim.next_ns());
  REQUIRE(again.has_value());
  claim.refused(again->attempt, true, 4 * kSecond);
  CHECK_FALSE(claim.token(4 * kSecond).has_value());
  CHECK(claim.tick(5 * kSecond)->token == 0);
}

TEST_CASE("a holder that stood still finds its lease ended by its own clock, whatever arrives late") {
  LeaseClaim claim;
  const auto ask = claim.tick(0);
  claim.granted(ask->attempt, 1, 5 * kSecond, 0);
  const auto renew = claim.tick(2 * kSecond);
  CHECK_FALSE(claim.token(60 * kSecond).has_value());
  claim.granted(renew->attempt, 1, 5 * kSecond, 60 * kSecond);  // was on its way meanwhile
  CHECK_FALSE(claim.token(60 * kSecond).has_value());
  CHECK(claim.tick(60 * kSecond)->token == 0);
}

TEST_CASE("random requests, losses, delays, pauses and restarts: never two act, and tokens rise") {
  NOODLE_RANDOM(seeds);
  std::uint64_t grants = 0, rounds = 0;
  for (std::int64_t round = 0; round < test::scaled(60); ++round) {
    Random random(seeds());
    constexpr std::size_t kHolders = 4;
    struct Message {
      std::int64_t at_ns = 0;
      bool is_answer = false;
      std::size_t who = 0;
      LeaseClaim::Ask ask;
      std::optional<LeaseTable::Grant> grant;
      bool lost = false;
    };
    std::vector<Message> on_the_way;
    std::vector<LeaseClaim> claims(kHolders);
    std::vector<std::int64_t> paused_until(kHolders, 0), offset(kHolders);
    for (auto& one : offset) one = static_cast<std::int64_t>(random.below(1'000)) * kSecond;
    Disk disk;
    LeaseTable table({}, 0, {}, 0);
    std::uint64_t highest = 0;
    for (std::int64_t now = 0; now < 120 * kSecond; now += 20'000'000) {
      if (random.chance(0.002)) table = disk.start({}, now);
      for (std::size_t k = 0; k < kHolders; ++k) {
        if (random.chance(0.002)) paused_until[k] = now + static_cast<std::int64_t>(random.below(12)) * kSecond;
        if (now < paused_until[k]) continue;
        const std::int64_t local = now + offset[k];
        if (const auto ask = claims[k].tick(local); ask && !random.chance(0.2)) {
          on_the_way.push_back({now + static_cast<std::int64_t>(random.below(900'000'000)), false, k, *ask, {}, false});
        }
      }
      for (std::size_t m = 0; m < on_the_way.size(); ++m) {
        const Message one = on_the_way[m];
        if (one.at_ns > now || (one.is_answer && now < paused_until[one.who])) continue;
        on_the_way.erase(on_the_way.begin() + static_cast<std::ptrdiff_t>(m--));
        const std::int64_t local = now + offset[one.who];
        if (one.is_answer) {
          if (one.grant) {
            claims[one.who].granted(one.ask.attempt, one.grant->token, one.grant->duration_ns, local);
          } else {
            claims[one.who].refused(one.ask.attempt, one.lost, local);
          }
          continue;
        }
        const auto answer = table.ask("leader", holder(one.who), one.ask.token, now);
        if (answer && answer->fresh) disk.grant(table, "leader");
        if (random.chance(0.2)) continue;
        Message back = one;
        back.at_ns = now + static_cast<std::int64_t>(random.below(900'000'000));
        back.is_answer = true;
        if (answer) back.grant = *answer;
        back.lost = !answer && answer.error().code == Code::lease_lost;
        on_the_way.push_back(back);
      }
      std::size_t acting = 0;
      for (std::size_t k = 0; k < kHolders; ++k) {
        const auto token = claims[k].token(now + offset[k]);
        if (!token) continue;
        ++acting;
        CHECK(*token >= highest);
        highest = *token;
      }
      REQUIRE(acting <= 1);
    }
    grants += highest;
    ++rounds;
  }
  CHECK(grants > 2 * rounds);  // they went from hand to hand
}
