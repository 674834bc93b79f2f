#include "cluster/membership/message.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cluster/random.hpp"
#include "messages/membership.capnp.h"
#include "messages/msg.hpp"
#include "tests/process/random_seed.hpp"
#include "tests/support/scale.hpp"

using namespace noodle;
using namespace noodle::membership;

namespace {

std::string random_text(Random& random, std::size_t most) {
  std::string text(1 + random.below(most), 'x');
  for (char& c : text) c = static_cast<char>('a' + random.below(26));
  return text;
}

ProfilePtr random_profile(Random& random) {
  Profile profile;
  profile.name = random_text(random, kMaxNameBytes);
  profile.host = random_text(random, 40);
  profile.port = static_cast<std::uint16_t>(random.next());
  profile.protocol_max = static_cast<std::uint16_t>(1 + random.below(9));
  for (std::uint64_t i = random.below(5); i > 0; --i) {
    profile.labels.push_back({random_text(random, 20), random_text(random, 30)});
  }
  return std::make_shared<const Profile>(profile);
}

Rumour random_rumour(Random& random) {
  Rumour rumour;
  rumour.subject = {random.next(), random.next() | 1};
  rumour.version = {1 + random.below(1000), static_cast<std::uint32_t>(random.below(9))};
  rumour.state = static_cast<State>(random.below(4));
  rumour.service = static_cast<Service>(random.below(4));
  if (rumour.state == State::alive) {
    rumour.profile = random_profile(random);
  } else {
    for (std::uint64_t i = random.below(kMaxAccusers + 1); i > 0; --i) rumour.accusers.push_back({1, i});
    rumour.refusals = static_cast<std::uint8_t>(random.below(rumour.accusers.size() + 1));
  }
  return rumour;
}

Datagram random_datagram(Random& random) {
  Datagram datagram;
  datagram.kind = static_cast<DatagramKind>(random.below(5));
  datagram.sequence = static_cast<std::uint32_t>(random.next());
  datagram.from = {random.next(), 1};
  datagram.from_incarnation = 1 + random.below(99);
  datagram.to = {random.next(), 1};
  datagram.to_incarnation = random.below(99);
  datagram.target = {random.next(), 1};
  for (std::uint64_t i = random.below(6); i > 0; --i) {
    datagram.rumours.push_back(random_rumour(random));
    if (datagram.wire_bytes() > kMaxDatagramBytes) datagram.rumours.pop_back();
  }
  return datagram;
}

void check_same(const Rumour& a, const Rumour& b) {
  CHECK(a.subject == b.subject);
  CHECK(a.version == b.version);
  CHECK(a.state == b.state);
  CHECK(a.service == b.service);
  CHECK(a.refusals == b.refusals);
  CHECK(a.accusers == b.accusers);
  REQUIRE((a.profile != nullptr) == (b.profile != nullptr));
  if (a.profile) CHECK(*a.profile == *b.profile);
}

}  // namespace

TEST_CASE("what is encoded is read again, and never takes more bytes than counted") {
  NOODLE_RANDOM(seeds);
  Random random(seeds());
  for (std::int64_t i = 0; i < test::scaled(2000); ++i) {
    const Datagram out = random_datagram(random);
    const auto bytes = encode(out);
    REQUIRE(bytes.ok());
    CHECK(bytes->size() <= out.wire_bytes());
    const auto in = decode_datagram(*bytes);
    REQUIRE_MESSAGE(in.ok(), in.error().to_string());
    CHECK(in->kind == out.kind);
    CHECK(in->sequence == out.sequence);
    CHECK(in->from == out.from);
    CHECK(in->from_incarnation == out.from_incarnation);
    CHECK(in->to == out.to);
    CHECK(in->to_incarnation == out.to_incarnation);
    CHECK(in->target == out.target);
    REQUIRE(in->rumours.size() == out.rumours.size());
    for (std::size_t r = 0; r < in->rumours.size(); ++r) check_same(in->rumours[r], out.rumours[r]);
  }
  // Seeds of the fuzz target: NOODLE_SEEDS=DIR writes them.
  if (const char* folder = std::getenv("NOODLE_SEEDS")) {
    for (int i = 0; i < 12; ++i) {
      const auto bytes = encode(random_datagram(random));
      std::ofstream(std::filesystem::path(folder) / ("datagram" + std::to_string(i)), std::ios::binary)
          .write(reinterpret_cast<const char*>(bytes->data()), static_cast<std::streamsize>(bytes->size()));
    }
    MemberState state;
    state.from = {1, 2};
    state.from_incarnation = 3;
    for (int i = 0; i < 9; ++i) state.members.push_back(random_rumour(random));
    const auto bytes = encode(state);
    std::ofstream(std::filesystem::path(folder) / "state", std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes->data()), static_cast<std::streamsize>(bytes->size()));
  }
}

TEST_CASE("member states come back as they were sent") {
  Random random(4);
  MemberState out;
  out.kind = StateKind::answer;
  out.from = {3, 4};
  out.from_incarnation = 9;
  out.digest = 77;
  out.sequence = 12;
  out.last = false;
  for (int i = 0; i < 50; ++i) out.members.push_back(random_rumour(random));
  const auto in = decode_member_state(*encode(out));
  REQUIRE(in.ok());
  CHECK(in->kind == out.kind);
  CHECK(in->from == out.from);
  CHECK(in->digest == 77);
  CHECK(in->sequence == 12);
  CHECK_FALSE(in->last);
  REQUIRE(in->members.size() == 50);
  for (std::size_t i = 0; i < 50; ++i) check_same(in->members[i], out.members[i]);
}

TEST_CASE("malformed, oversized and unknown messages are refused with their codes") {
  Random random(5);
  const auto good = *encode(random_datagram(random));
  for (std::size_t length = 0; length < good.size(); ++length) {  // truncated anywhere
    const auto cut = decode_datagram(std::span(good.data(), length));
    if (cut.ok()) continue;  // whole words may be missing that nothing points to
    CHECK(cut.error().code == Code::membership_malformed);
  }
  CHECK(decode_datagram(std::vector<std::byte>(kMaxDatagramBytes + 8)).error().code == Code::membership_too_large);
  CHECK(decode_member_state(std::vector<std::byte>(kMaxStateBytes + 8)).error().code == Code::membership_too_large);
  Datagram kind = random_datagram(random);
  kind.kind = static_cast<DatagramKind>(9);
  CHECK(decode_datagram(*encode(kind)).error().code == Code::membership_unknown);
  Datagram nobody = random_datagram(random);
  nobody.from = {};
  CHECK(decode_datagram(*encode(nobody)).error().code == Code::membership_malformed);
}

TEST_CASE("rumours of a newer version are left out, the others of the same message are read") {
  const auto message = Msg<wire::Datagram>::build([](wire::Datagram::Builder out) {
    out.setFromHigh(1);
    out.setFromIncarnation(1);
    out.setToHigh(2);
    auto rumours = out.initRumours(3);
    for (unsigned i = 0; i < 3; ++i) {
      rumours[i].setNodeHigh(i + 1);
      rumours[i].setIncarnation(1);
      rumours[i].setState(3);
    }
    rumours[0].setState(7);     // a state that does not exist yet
    rumours[2].setService(40);  // a service state that does not exist yet: takes no work
  });
  const auto read = decode_datagram(message.frame()->bytes());
  REQUIRE(read.ok());
  REQUIRE(read->rumours.size() == 2);
  CHECK(read->rumours[0].subject == NodeId{2, 0});
  CHECK(read->rumours[1].service == Service::cordoned);
}

TEST_CASE("profiles over their limits are refused with 6103 and the field") {
  Profile good;
  good.name = "a";
  CHECK(check_profile(good).ok());
  const auto refused = [&](auto change) {
    Profile profile = good;
    change(profile);
    const auto result = check_profile(profile);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == Code::member_record_invalid);
    return result.error().message;
  };
  CHECK(refused([](Profile& p) { p.name.clear(); }) == "a node needs a name");
  CHECK(refused([](Profile& p) { p.name.assign(65, 'x'); }) == "the node's name has 65 bytes, at most 64 are allowed");
  CHECK(refused([](Profile& p) {
          p.labels = {{"rack", std::string(300, 'x')}};
        }) == "label `rack` has 300 bytes, at most 128 are allowed");
  refused([](Profile& p) { p.labels.assign(17, {"k", "v"}); });
  refused([](Profile& p) { p.labels.assign(10, {"key", std::string(120, 'v')}); });  // together
  refused([](Profile& p) { p.host = "\xff"; });
  refused([](Profile& p) { p.protocol_min = 3; });
}
