// The bytes of a version-1 node on a link and in a datagram, recorded in tests/cluster/version1: today's code reads
// them with the same meaning, and sends the same. What is recorded never changes; UPDATE_GOLDEN=1 records what is
// missing.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "cluster/security/base64url.hpp"
#include "cluster/transport/datagram.hpp"
#include "cluster/transport/link.hpp"
#include "messages/msg.hpp"
#include "messages/value.capnp.h"

using namespace noodle;
using namespace noodle::transport;

namespace {

using Bytes = std::vector<std::byte>;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kType = Msg<wire::Value>::kTypeId;

/// What was recorded under that name; `now` is recorded when there is nothing yet.
Bytes recorded(const std::string& name, const Bytes& now) {
  const std::string path = std::string(NOODLE_SOURCE_DIR "/tests/cluster/version1/") + name;
  if (!std::filesystem::exists(path) && std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(now.data()), static_cast<long>(now.size()));
  }
  std::ifstream in(path, std::ios::binary);
  REQUIRE_MESSAGE(in, path);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

Link link_of(std::uint64_t node, std::uint64_t schema = 1) {
  Hello hello;
  hello.schema_hash = schema;
  hello.schemas_read = {3};
  hello.cluster = "production";
  hello.node = {0x1111, node};
  hello.incarnation = 7;
  hello.labels = {{"zone", "a"}};
  return Link(
      node == 1 ? LinkRole::initiator : LinkRole::acceptor, hello,
      [hello, node](const Hello& peer) {
        return agree(hello, peer, {{0x1111, 3 - node}, 0});
      },
      {}, 0);
}

FramePtr frame_of(std::size_t bytes) {
  return Msg<wire::Value>::build(
             [&](wire::Value::Builder value) { value.initImage(static_cast<unsigned>(bytes))[0] = 7; })
      .frame();
}

struct Sent {
  Lane lane;
  FrameHeader header;
  std::size_t bytes;
};
const std::vector<Sent> kFrames = {
    {Lane::control, {0x8000000000000002, 0, 5, kType, {}}, 33'000},
    {Lane::control, {0x8000000000000002, 0, 6, kType, {}}, 33'000},
    {Lane::user, {1, 2, 0x4000000000000003, kType, {}}, 100},
    {Lane::user, {4, 5, 6, kType, Relay{{7, 8}, {9, 10}, {11, 12}, 16}}, 200},
};
const std::vector<Sent> kLarge = {{Lane::bulk, {1, 2, 3, kType, {}}, 70'000}};

Bytes taken(Link& link, std::int64_t now_ns = 0) {
  Bytes bytes(1 << 20);
  bytes.resize(link.take(bytes, now_ns));
  return bytes;
}
void append(Bytes& to, const Bytes& more) {
  to.insert(to.end(), more.begin(), more.end());
}

/// Both sides of a link over which the frames go from the first to the second.
std::pair<Bytes, Bytes> talk(const std::vector<Sent>& frames) {
  Link a = link_of(1), b = link_of(2);
  Bytes from_a = taken(a);
  REQUIRE(b.receive(from_a, 0).ok());
  Bytes from_b = taken(b);
  REQUIRE(a.receive(from_b, 0).ok());
  for (const Sent& one : frames) REQUIRE(a.send(one.lane, one.header, frame_of(one.bytes)).ok());
  REQUIRE(a.tick(6 * kSecond).ok());
  const Bytes said = taken(a);
  append(from_a, said);
  REQUIRE(b.receive(said, 0).ok());
  while (auto one = b.next()) b.consumed(*one);
  append(from_b, taken(b));
  return {from_a, from_b};
}

void understands(const Bytes& from_a, const std::vector<Sent>& frames) {
  Link b = link_of(2);
  const auto received = b.receive(from_a, 0);
  REQUIRE_MESSAGE(received.ok(), received.error().to_string());
  REQUIRE(b.peer());
  CHECK(b.peer()->node == NodeId{0x1111, 1});
  CHECK(b.peer()->schema_hash == 1);
  CHECK(b.peer()->schemas_read == std::vector<std::uint64_t>{3});
  CHECK(b.peer()->cluster == "production");
  CHECK(b.peer()->incarnation == 7);
  CHECK(b.peer()->labels == std::map<std::string, std::string>{{"zone", "a"}});
  for (const Sent& expected : frames) {
    const auto one = b.next();
    REQUIRE(one);
    CHECK(one->lane == expected.lane);
    CHECK(one->header == expected.header);
    CHECK(std::ranges::equal(one->frame->bytes(), frame_of(expected.bytes)->bytes()));
  }
  CHECK_FALSE(b.next());
}

}  // namespace

TEST_CASE("links of version 1 are understood, and today's say the same") {
  const auto [from_a, from_b] = talk(kFrames);
  const Bytes old_a = recorded("initiator.bin", from_a), old_b = recorded("acceptor.bin", from_b);
  understands(old_a, kFrames);
  CHECK(from_a == old_a);
  // What the acceptor said: its hello, credit, and a pong.
  Link a = link_of(1);
  (void)taken(a);
  std::size_t hello = kRecordHeaderBytes;
  hello += read_record_header(std::span<const std::byte, kRecordHeaderBytes>(old_b.data(), kRecordHeaderBytes))->length;
  REQUIRE(a.receive(std::span(old_b).first(hello), 0).ok());
  for (const Sent& one : kFrames) REQUIRE(a.send(one.lane, one.header, frame_of(one.bytes)).ok());
  REQUIRE(a.tick(6 * kSecond).ok());
  (void)taken(a, 6 * kSecond);
  REQUIRE(a.receive(std::span(old_b).subspan(hello), 7 * kSecond).ok());
  CHECK(a.statistics().round_trip_ns == kSecond);
  CHECK(old_b.size() == hello + 32);
}

TEST_CASE("messages that version 1 sends in pieces are put together") {
  understands(recorded("pieces.bin", talk(kLarge).first), kLarge);
}

TEST_CASE("a refusal of version 1 is told with its code and text") {
  Link a = link_of(1), b = link_of(2, 2);
  CHECK_FALSE(b.receive(taken(a), 0).ok());
  const Bytes now = taken(b), old = recorded("refusal.bin", now);
  CHECK(now == old);
  const auto told = a.receive(old, 0);
  REQUIRE_FALSE(told.ok());
  CHECK(told.error().code == Code::link_schema);
  CHECK(told.error().message.starts_with("the peer refused: schemaHash: the peer has schema 0000000000000001"));
}

TEST_CASE("a datagram of version 1 is opened, and today's is the same") {
  std::string key(32, 'k');
  const auto keys = [&key] { return GossipKeys::read(Secret(security::base64url(key) + "\n")).value(); };
  DatagramSeal from(keys(), {0x1111, 1}, 7), to(keys(), {0x1111, 2}, 1);
  const std::string_view text = "what members say to each other";
  const auto content = std::as_bytes(std::span(text));
  const Bytes now = from.seal(content).value(), old = recorded("datagram.bin", now);
  CHECK(now == old);
  const auto opened = to.open(old);
  REQUIRE(opened.ok());
  CHECK(opened->sender == NodeId{0x1111, 1});
  CHECK(opened->incarnation == 7);
  CHECK(std::ranges::equal(opened->content, content));
}
