#include "cluster/transport/link.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <deque>

#include "messages/msg.hpp"
#include "messages/value.capnp.h"
#include "messages/work.capnp.h"
#include "tests/process/random_seed.hpp"

using namespace noodle;
using namespace noodle::transport;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

Hello hello_of(std::uint64_t node) {
  Hello hello;
  hello.schema_hash = 11;
  hello.cluster = "production";
  hello.node = {0, node};
  hello.incarnation = 1;
  hello.labels = {{"zone", "a"}};
  return hello;
}

/// Node 1 opens links, others accept them.
Link link_of(std::uint64_t node, std::uint64_t peer, const LinkLimits& limits = {}) {
  const Hello local = hello_of(node);
  return Link(
      node == 1 ? LinkRole::initiator : LinkRole::acceptor, local,
      [local, peer](const Hello& hello) {
        return agree(local, hello, {{0, peer}, 0});
      },
      limits, 0);
}

FramePtr frame_of(std::size_t bytes, std::uint64_t number) {
  const auto message = Msg<wire::Value>::build([&](wire::Value::Builder value) {
    auto data = value.initImage(static_cast<unsigned>(bytes));
    for (unsigned i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(number * 31 + i);
  });
  return message.frame();
}

struct Pair {
  Link a = link_of(1, 2), b = link_of(2, 1);

  explicit Pair(const LinkLimits& limits = {}) : a(link_of(1, 2, limits)), b(link_of(2, 1, limits)) {}

  /// Moves up to `most` bytes; how many.
  static std::size_t move(Link& from, Link& to, std::size_t most, std::int64_t now_ns = 0) {
    std::vector<std::byte> bytes(most);
    bytes.resize(from.take(bytes, now_ns));
    if (bytes.empty()) return 0;
    const auto received = to.receive(bytes, now_ns);
    REQUIRE_MESSAGE(received.ok(), received.error().message);
    return bytes.size();
  }
  void settle() {
    while (move(a, b, 1 << 20) + move(b, a, 1 << 20) > 0) {
    }
  }
};

std::vector<std::byte> record_bytes(std::uint8_t kind, std::uint8_t lane, std::uint8_t flags, std::uint32_t length,
                                    std::size_t body) {
  std::vector<std::byte> bytes(kRecordHeaderBytes + body);
  put_u64(bytes,
          std::uint64_t{kind} | std::uint64_t{lane} << 8 | std::uint64_t{flags} << 16 | std::uint64_t{length} << 32);
  return bytes;
}

Code refusal(Link& link, const std::vector<std::byte>& bytes) {
  const auto received = link.receive(bytes, 0);
  REQUIRE_FALSE(received.ok());
  CHECK(link.state() == LinkState::closed);
  return received.error().code;
}

}  // namespace

TEST_CASE("the bytes of records and headers are pinned: other versions read them") {
  std::array<std::byte, 8> record{};
  write_record_header({RecordKind::chunk, Lane::bulk, kFlagFirst, 0x10000}, record);
  const std::uint8_t expected[] = {3, 2, 2, 0, 0, 0, 1, 0};
  CHECK(std::memcmp(record.data(), expected, 8) == 0);
  FrameHeader header{1, 2, 3, 4, Relay{{5, 6}, {7, 8}, {9, 10}, 11}};
  std::vector<std::byte> bytes(header.size_bytes());
  write_frame_header(header, bytes);
  CHECK(bytes.size() == 88);
  for (std::size_t i = 0; i < 11; ++i) CHECK(get_u64(std::span(bytes).subspan(8 * i)) == i + 1);
  CHECK(*read_frame_header(bytes, true) == header);
  CHECK_FALSE(read_frame_header(std::span(bytes).first(87), true).ok());
}

TEST_CASE("frames arrive whole and in order however the bytes are cut") {
  NOODLE_RANDOM(random);
  Pair pair;
  std::vector<std::uint64_t> sent[kLanes], got[kLanes];
  for (std::uint64_t i = 0; i < 300; ++i) {
    const auto lane = static_cast<Lane>(random() % kLanes);
    const std::size_t size =
        lane == Lane::control ? random() % 2000 : random() % (lane == Lane::user ? 100'000 : 300'000);
    FrameHeader header{i, 7, size, Msg<wire::Value>::kTypeId};
    if (random() % 3 == 0) header.relay = Relay{{1, i}, {2, i}, {3, i}, 5};
    REQUIRE(pair.a.send(lane, header, frame_of(size, i)).ok());
    sent[static_cast<std::size_t>(lane)].push_back(i);
    for (std::uint64_t n = random() % 4; n > 0; --n) {
      Pair::move(pair.a, pair.b, random() % 200'000 + 1);
      Pair::move(pair.b, pair.a, random() % 100 + 1);
    }
    while (auto received = pair.b.next()) {
      const std::uint64_t number = received->header.destination;
      got[static_cast<std::size_t>(received->lane)].push_back(number);
      const auto expected = frame_of(received->header.message, number);
      CHECK(std::ranges::equal(expected->bytes(), received->frame->bytes()));
      if (received->header.relay) CHECK(received->header.relay->trace.low == number);
      pair.b.consumed(*received);
    }
  }
  for (int i = 0; i < 1000; ++i) {
    pair.settle();
    while (auto received = pair.b.next()) {
      got[static_cast<std::size_t>(received->lane)].push_back(received->header.destination);
      pair.b.consumed(*received);
    }
  }
  for (std::size_t lane = 0; lane < kLanes; ++lane) CHECK(sent[lane] == got[lane]);
}

TEST_CASE("control goes before user traffic, and bulk in pieces does not hold up either") {
  Pair pair;
  pair.settle();
  const std::uint64_t type = Msg<wire::Value>::kTypeId;
  REQUIRE(pair.a.send(Lane::bulk, {1, 0, 0, type}, frame_of(5'000'000, 1)).ok());
  Pair::move(pair.a, pair.b, 200'000);
  for (std::uint64_t i = 0; i < 20; ++i) REQUIRE(pair.a.send(Lane::user, {2, 0, 0, type}, frame_of(30'000, i)).ok());
  REQUIRE(pair.a.send(Lane::control, {3, 0, 0, type}, frame_of(100, 1)).ok());
  Pair::move(pair.a, pair.b, 32 * kKiB + 200 + 8);  // the rest of a piece, then control
  auto received = pair.b.next();
  REQUIRE(received);
  CHECK(received->header.destination == 3);
  std::size_t users = 0;
  std::uint64_t moved = 0;
  while (users < 20 && moved < 2'000'000) {
    moved += Pair::move(pair.a, pair.b, 10'000);
    Pair::move(pair.b, pair.a, 1000);  // credit
    while (auto one = pair.b.next()) users += one->header.destination == 2 ? 1 : 0;
  }
  CHECK(users == 20);
  CHECK(moved >= 700'000);  // bulk got its share meanwhile
}

TEST_CASE("who does not consume stops the sender at the window, on that lane alone") {
  LinkLimits limits;
  limits.queue_bytes[1] = 64 * kMiB;
  Pair pair(limits);
  const std::uint64_t type = Msg<wire::Value>::kTypeId;
  for (int i = 0; i < 200; ++i) REQUIRE(pair.a.send(Lane::user, {1, 0, 0, type}, frame_of(60'000, 1)).ok());
  pair.settle();
  CHECK(pair.b.held_bytes() <= kWindow[1]);
  CHECK(pair.b.held_bytes() > kWindow[1] - kChunkBytes);
  CHECK(pair.a.statistics().stalls > 0);
  REQUIRE(pair.a.send(Lane::control, {9, 0, 0, type}, frame_of(10, 1)).ok());
  pair.settle();
  std::vector<Received> all;
  while (auto one = pair.b.next()) all.push_back(std::move(*one));
  CHECK(all.back().header.destination == 9);
  std::size_t count = 0;
  while (!all.empty()) {
    for (const Received& one : all) {
      ++count;
      pair.b.consumed(one);
    }
    all.clear();
    pair.settle();
    while (auto one = pair.b.next()) all.push_back(std::move(*one));
  }
  CHECK(count == 201);
  CHECK(pair.a.queued_bytes(Lane::user) == 0);
}

TEST_CASE("large frames that nobody consumes stop at one window beyond") {
  Pair pair;
  const std::uint64_t type = Msg<wire::Value>::kTypeId;
  for (int i = 0; i < 6; ++i) REQUIRE(pair.a.send(Lane::bulk, {1, 0, 0, type}, frame_of(20'000'000, 1)).ok());
  pair.settle();
  CHECK(pair.b.held_bytes() <= 2 * kWindow[2] + 20'100'000);
  std::size_t count = 0;
  while (auto one = pair.b.next()) {
    ++count;
    pair.b.consumed(*one);
    pair.settle();
  }
  CHECK(count == 6);
}

TEST_CASE("a full lane refuses what is more and says so") {
  Pair pair;
  const std::uint64_t type = Msg<wire::Value>::kTypeId;
  Result<void> sent;
  int count = 0;
  while (sent.ok() && count < 100'000) {
    sent = pair.a.send(Lane::user, {1, 0, 0, type}, frame_of(50'000, 1));
    ++count;
  }
  REQUIRE_FALSE(sent.ok());
  CHECK(sent.error().code == Code::link_lane_full);
  CHECK(pair.a.queued_bytes(Lane::user) <= LinkLimits().queue_bytes[1]);
  CHECK(pair.a.statistics().refused_full == 1);
  CHECK(pair.a.send(Lane::control, {1, 0, 0, type}, frame_of(10, 1)).ok());
  CHECK(pair.a.send(Lane::control, {1, 0, 0, type}, frame_of(70'000, 1)).error().code == Code::frame_too_large);
}

TEST_CASE("hostile records close the link with their reason") {
  const auto opened = [] {
    Pair pair;
    pair.settle();
    return std::move(pair.b);
  };
  const struct {
    std::vector<std::byte> bytes;
    Code code;
  } cases[] = {
      {record_bytes(0, 0, 0, 8, 8), Code::link_malformed},           // unknown kind
      {record_bytes(9, 0, 0, 8, 8), Code::link_malformed},           //
      {record_bytes(2, 3, 0, 40, 40), Code::link_malformed},         // unknown lane
      {record_bytes(2, 1, 0x80, 40, 40), Code::link_malformed},      // unknown flags
      {record_bytes(2, 1, 0, 32, 32), Code::link_malformed},         // a frame without words
      {record_bytes(2, 1, 0, 41, 41), Code::link_malformed},         // no whole words
      {record_bytes(2, 1, 0, 0xffffffff, 0), Code::link_malformed},  // oversized
      {record_bytes(2, 1, 0, 65'544, 0), Code::link_malformed},      //
      {record_bytes(2, 1, 1, 48, 48), Code::link_malformed},         // relayed without relay
      {record_bytes(3, 1, 2, 8, 8), Code::link_malformed},           // a small piece that is not the last
      {record_bytes(3, 1, 4, 8, 8), Code::link_malformed},           // a last piece without a first
      {record_bytes(4, 1, 0, 8, 8), Code::link_malformed},           // credit 0 is fine: see below
      {record_bytes(1, 0, 0, 8, 8), Code::link_malformed},           // a second handshake
  };
  for (std::size_t i = 0; i < std::size(cases); ++i) {
    CAPTURE(i);
    Link link = opened();
    if (i == 11) {
      CHECK(link.receive(cases[i].bytes, 0).ok());
      std::vector<std::byte> credit = cases[i].bytes;
      put_u64(std::span(credit).subspan(8), 1);
      CHECK(refusal(link, credit) == Code::link_malformed);  // more than was used
      continue;
    }
    CHECK(refusal(link, cases[i].bytes) == cases[i].code);
  }
  // Words that are no message, and a flood beyond the window.
  Link wild = opened();
  std::vector<std::byte> frame = record_bytes(2, 1, 0, 40, 40);
  std::fill(frame.begin() + 40, frame.end(), std::byte{0xff});
  CHECK(refusal(wild, frame) == Code::frame_malformed);
  Link flooded = opened();
  std::vector<std::byte> large = record_bytes(2, 1, 0, kChunkBytes, kChunkBytes);
  Result<void> received;
  std::uint64_t count = 0;
  while (received.ok() && count < 1000) received = flooded.receive(large, 0), ++count;
  REQUIRE_FALSE(received.ok());
  CHECK(received.error().code == Code::link_credit_exceeded);
  CHECK(count == kWindow[1] / kChunkBytes + 1);
  CHECK(flooded.held_bytes() <= kWindow[1]);
}

TEST_CASE("anything before the handshake, and a handshake that trickles, close the link") {
  Link early = link_of(1, 2);
  CHECK(refusal(early, record_bytes(2, 1, 0, 48, 48)) == Code::link_malformed);
  Link slow = link_of(2, 1);
  Link other = link_of(1, 2);
  std::vector<std::byte> hello(4096);
  hello.resize(other.take(hello, 0));
  for (std::int64_t second = 0; second < 5; ++second) {
    CHECK(slow.tick(second * kSecond).ok());
    REQUIRE(slow.receive(std::span(hello).subspan(static_cast<std::size_t>(second), 1), second * kSecond).ok());
  }
  CHECK(slow.tick_due_ns() == 5 * kSecond);
  const auto ticked = slow.tick(5 * kSecond);
  REQUIRE_FALSE(ticked.ok());
  CHECK(ticked.error().code == Code::link_timeout);
  CHECK(slow.state() == LinkState::closed);
}

TEST_CASE("the acceptor tells the initiator why it refuses, and no frame was sent for nothing") {
  Link initiator = link_of(1, 2);
  Link acceptor = link_of(2, 7);  // it takes the other for somebody else
  std::vector<std::byte> bytes(4096);
  CHECK(acceptor.take(bytes, 0) == 0);
  REQUIRE(initiator.send(Lane::user, {}, frame_of(10, 1)).ok());
  const std::size_t hello = initiator.take(bytes, 0);
  CHECK(initiator.take(std::span(bytes).subspan(hello), 0) == 0);
  CHECK(acceptor.receive(std::span(bytes).first(hello), 0).error().code == Code::link_identity);
  const std::size_t refusal_bytes = acceptor.take(bytes, 0);
  CHECK(acceptor.take(std::span(bytes).subspan(refusal_bytes), 0) == 0);
  const auto told = initiator.receive(std::span(bytes).first(refusal_bytes), 0);
  REQUIRE_FALSE(told.ok());
  CHECK(told.error().code == Code::link_identity);
  CHECK(told.error().message.starts_with("the peer refused: nodeId: "));
  CHECK(initiator.state() == LinkState::closed);
  // Only an acceptor refuses, and only instead of its hello.
  Link other = link_of(2, 1);
  CHECK(refusal(other, record_bytes(7, 0, 0, 8, 8)) == Code::link_malformed);
}

TEST_CASE("a silent peer is asked, then given up; one that answers is kept and measured") {
  Pair pair;
  pair.settle();
  CHECK(pair.a.tick(4 * kSecond).ok());
  CHECK(Pair::move(pair.a, pair.b, 100) == 0);
  CHECK(pair.a.tick(5 * kSecond).ok());
  CHECK(Pair::move(pair.a, pair.b, 100, 5 * kSecond) == 16);
  CHECK(Pair::move(pair.b, pair.a, 100, 6 * kSecond) == 16);
  CHECK(pair.a.statistics().round_trip_ns == kSecond);
  CHECK(pair.a.tick(20 * kSecond).ok());
  const auto ticked = pair.a.tick(21 * kSecond);
  REQUIRE_FALSE(ticked.ok());
  CHECK(ticked.error().code == Code::link_timeout);
  CHECK(pair.a.send(Lane::user, {}, frame_of(1, 1)).error().code == Code::link_closed);
}

TEST_CASE("a link without frames is idle after its time") {
  LinkLimits limits;
  limits.idle_ns = 60 * kSecond;
  Pair pair(limits);
  pair.settle();
  CHECK_FALSE(pair.a.is_idle(59 * kSecond));
  CHECK(pair.a.is_idle(60 * kSecond));
  REQUIRE(pair.a.send(Lane::user, {0, 0, 0, Msg<wire::Value>::kTypeId}, frame_of(1, 1)).ok());
  CHECK_FALSE(pair.a.is_idle(60 * kSecond));
}

TEST_CASE("nodes that cannot work together are refused with the field named") {
  const Hello local = hello_of(1);
  const auto refused = [&local](const Hello& peer, Code code, const std::string& field, std::uint64_t known = 0) {
    const auto agreed = agree(local, peer, {{0, 2}, known});
    REQUIRE_FALSE(agreed.ok());
    CHECK(agreed.error().code == code);
    CHECK_MESSAGE(agreed.error().message.starts_with(field + ":"), agreed.error().message);
  };
  CHECK(*agree(local, hello_of(2), {{0, 2}, 1}) == 1);
  Hello peer = hello_of(2);
  peer.protocol_lowest = peer.protocol_highest = 2;
  refused(peer, Code::link_version, "protocolVersion");
  peer.protocol_lowest = 1;  // a newer node that still speaks version 1
  CHECK(*agree(local, peer, {{0, 2}, 0}) == 1);
  peer = hello_of(2);
  peer.cluster = "staging";
  refused(peer, Code::link_wrong_cluster, "cluster");
  refused(hello_of(3), Code::link_identity, "nodeId");
  peer = hello_of(2);
  peer.schema_hash = 12;
  refused(peer, Code::link_schema, "schemaHash");
  peer.schemas_read = {11};  // it knows ours
  CHECK(agree(local, peer, {{0, 2}, 0}).ok());
  refused(hello_of(2), Code::link_stale, "incarnation", 2);
  // The same certificate on both sides: a node that talks to itself, or a copied key.
  CHECK_FALSE(agree(local, hello_of(1), {{0, 1}, 0}).ok());
}

TEST_CASE("hellos read back, and damaged ones are refused or say something valid") {
  NOODLE_RANDOM(random);
  Hello hello = hello_of(5);
  hello.schemas_read = {1, 2, 3};
  const FramePtr frame = write_hello(hello);
  const auto read = read_hello(frame->bytes());
  REQUIRE(read.ok());
  CHECK(read->node == hello.node);
  CHECK(read->labels == hello.labels);
  CHECK(read->schemas_read == hello.schemas_read);
  for (int i = 0; i < 2000; ++i) {
    std::vector<std::byte> bytes(frame->bytes().begin(), frame->bytes().end());
    for (std::uint64_t n = random() % 3 + 1; n > 0; --n)
      bytes[random() % bytes.size()] = static_cast<std::byte>(random());
    bytes.resize(random() % 8 == 0 ? random() % bytes.size() / 8 * 8 : bytes.size());
    const auto damaged = read_hello(bytes);
    if (!damaged) CHECK(damaged.error().code == Code::link_malformed);
  }
}

TEST_CASE("of two links between two nodes both sides keep the same") {
  CHECK(keeps_own_link({0, 1}, {0, 2}));
  CHECK_FALSE(keeps_own_link({0, 2}, {0, 1}));
}

TEST_CASE("waiting before another attempt doubles to 30 s and is spread") {
  NOODLE_RANDOM(random);
  for (std::uint32_t attempt = 1; attempt < 100; ++attempt) {
    const std::int64_t longest = std::min<std::int64_t>(100'000'000LL << std::min(attempt - 1, 16U), 30 * kSecond);
    const std::int64_t waited = backoff_ns(attempt, random());
    CHECK(waited >= longest / 2);
    CHECK(waited <= longest);
  }
}
