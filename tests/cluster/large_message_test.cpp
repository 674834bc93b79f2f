// Messages that travel in pieces: what they take of the receiver's memory, and how they leave room for others.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

#include "cluster/transport/link.hpp"
#include "messages/msg.hpp"
#include "messages/value.capnp.h"

using namespace noodle;
using namespace noodle::transport;

namespace {

constexpr std::uint64_t kType = Msg<wire::Value>::kTypeId;

Hello hello_of(std::uint64_t node) {
  Hello hello;
  hello.cluster = "production";
  hello.node = {0, node};
  hello.incarnation = 1;
  return hello;
}

FramePtr frame_of(std::size_t bytes) {
  return Msg<wire::Value>::build([&](wire::Value::Builder value) {
           auto data = value.initImage(static_cast<unsigned>(bytes));
           for (unsigned i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i * 31);
         })
      .frame();
}

/// A sender and a receiver; only what the receiver takes is limited.
struct Pair {
  Link a, b;

  explicit Pair(const LinkLimits& limits) : a(link_of(1, {})), b(link_of(2, limits)) { settle(); }
  static Link link_of(std::uint64_t node, const LinkLimits& limits) {
    return Link(
        node == 1 ? LinkRole::initiator : LinkRole::acceptor, hello_of(node),
        [](const Hello&) { return Result<std::uint16_t>(std::uint16_t{1}); }, limits, 0);
  }
  static std::size_t move(Link& from, Link& to, std::size_t most) {
    std::vector<std::byte> bytes(most);
    bytes.resize(from.take(bytes, 0));
    if (!bytes.empty()) REQUIRE(to.receive(bytes, 0).ok());
    return bytes.size();
  }
  void settle() {
    while (move(a, b, 1 << 20) + move(b, a, 1 << 20) > 0) {
    }
  }
  /// Everything that is sent arrives, and is given back.
  std::vector<Received> arrive() {
    std::vector<Received> all;
    for (std::size_t before = SIZE_MAX; before != all.size();) {
      before = all.size();
      settle();
      while (auto one = b.next()) {
        b.consumed(*one);
        all.push_back(std::move(*one));
      }
    }
    return all;
  }
};

LinkLimits limits_of(std::uint64_t max_message, std::shared_ptr<SharedMemory> memory = nullptr) {
  LinkLimits limits;
  limits.max_message = max_message;
  limits.unfinished = std::move(memory);
  return limits;
}

}  // namespace

TEST_CASE("a message over what the receiver takes is told as refused, and costs neither memory nor the link") {
  const auto memory = std::make_shared<SharedMemory>();
  Pair pair(limits_of(kMiB, memory));
  REQUIRE(pair.a.send(Lane::bulk, {1, 2, 3, kType}, frame_of(40 * kMiB)).ok());
  while (pair.a.queued_bytes(Lane::bulk) > 20 * kMiB) {
    Pair::move(pair.a, pair.b, 1 << 20);
    Pair::move(pair.b, pair.a, 1 << 20);
    REQUIRE(memory->taken == 0);
  }
  REQUIRE(pair.a.send(Lane::bulk, {4, 5, 6, kType}, frame_of(500'000)).ok());
  const auto all = pair.arrive();
  REQUIRE(all.size() == 2);
  CHECK_FALSE(all[0].frame);
  CHECK(all[0].header == FrameHeader{1, 2, 3, kType});
  CHECK(all[0].refused.code == Code::frame_too_large);
  CHECK(all[0].refused.message.find("net.max_message") != std::string::npos);
  REQUIRE(all[1].frame);
  CHECK(std::ranges::equal(all[1].frame->bytes(), frame_of(500'000)->bytes()));
}

TEST_CASE("who only claims a size takes no memory, and all links together take so much and no more") {
  const auto memory = std::make_shared<SharedMemory>(SharedMemory{3 * kMiB, 0});
  Pair first(limits_of(kGiB, memory));
  {
    Pair claims(limits_of(kGiB, memory));
    std::vector<std::byte> chunk(kRecordHeaderBytes + kLeastChunkBytes);
    write_record_header({RecordKind::chunk, Lane::bulk, kFlagFirst, kLeastChunkBytes},
                        std::span<std::byte, kRecordHeaderBytes>(chunk.data(), kRecordHeaderBytes));
    put_u64(std::span(chunk).subspan(kRecordHeaderBytes), kGiB);
    REQUIRE(claims.b.receive(chunk, 0).ok());
    CHECK(memory->taken < kLeastChunkBytes);
    CHECK(memory->taken > 0);

    Pair second(limits_of(kGiB, memory));
    REQUIRE(first.a.send(Lane::bulk, {1, 0, 0, kType}, frame_of(2 * kMiB)).ok());
    REQUIRE(second.a.send(Lane::bulk, {2, 0, 0, kType}, frame_of(2 * kMiB)).ok());
    while (first.a.queued_bytes(Lane::bulk) > 100'000) {
      Pair::move(first.a, first.b, 100'000);
      Pair::move(first.b, first.a, 100'000);
    }
    const auto refused = second.arrive();
    REQUIRE(refused.size() == 1);
    CHECK(refused[0].refused.code == Code::link_lane_full);
    CHECK(refused[0].refused.message.find("net.receive_memory") != std::string::npos);
    CHECK(first.arrive().at(0).frame);
    REQUIRE(second.a.send(Lane::bulk, {3, 0, 0, kType}, frame_of(2 * kMiB)).ok());
    CHECK(second.arrive().at(0).frame);
    CHECK(memory->taken < kLeastChunkBytes);
  }
  CHECK(memory->taken == 0);  // an unfinished one ends with its link
}

TEST_CASE("a sender refuses what is over its own limit, and takes one largest message beside what waits") {
  Link link = Pair::link_of(1, limits_of(10 * kMiB));
  CHECK(link.send(Lane::bulk, {1, 0, 0, kType}, frame_of(11 * kMiB)).error().code == Code::frame_too_large);
  std::uint64_t taken = 0;
  const FramePtr frame = frame_of(9 * kMiB);
  while (link.send(Lane::bulk, {1, 0, 0, kType}, frame).ok()) taken += frame->bytes().size();
  CHECK(taken > LinkLimits().queue_bytes[2]);
  CHECK(taken <= LinkLimits().queue_bytes[2] + 10 * kMiB);
}

TEST_CASE("pieces of a message may have another size, but not a small one") {
  for (const bool small : {false, true}) {
    Pair pair(limits_of(kGiB));
    const FramePtr frame = frame_of(200'000);
    std::vector<std::byte> whole(8 + kFrameHeaderBytes + frame->bytes().size());
    put_u64(whole, whole.size() - 8);
    write_frame_header({7, 0, 0, kType}, std::span(whole).subspan(8));
    std::memcpy(whole.data() + 8 + kFrameHeaderBytes, frame->bytes().data(), frame->bytes().size());
    Result<void> received;
    std::size_t at = 0;
    for (const std::size_t wanted : {kChunkBytes, kLeastChunkBytes, small ? kLeastChunkBytes - 8 : 3 * kLeastChunkBytes,
                                     kChunkBytes, kChunkBytes}) {
      const std::size_t size = std::min(wanted, whole.size() - at);
      const bool last = at + size == whole.size();
      std::vector<std::byte> record(kRecordHeaderBytes + size);
      write_record_header({RecordKind::chunk, Lane::bulk,
                           static_cast<std::uint8_t>((at == 0 ? kFlagFirst : 0) | (last ? kFlagLast : 0)),
                           static_cast<std::uint32_t>(size)},
                          std::span<std::byte, kRecordHeaderBytes>(record.data(), kRecordHeaderBytes));
      std::memcpy(record.data() + kRecordHeaderBytes, whole.data() + at, size);
      if (received) received = pair.b.receive(record, 0);
      at += size;
      if (last) break;
    }
    CHECK(received.ok() != small);
    if (!small) CHECK(std::ranges::equal(pair.b.next()->frame->bytes(), frame->bytes()));
  }
}

TEST_CASE("bulk beside other traffic fills the link, but no queue before it") {
  struct Row {
    double bytes_per_ns;
    std::int64_t travel_ns;
  };
  for (const Row& row : {Row{0.8, 100'000}, {0.1, 300'000}, {0.05, 20'000'000}}) {
    Pacer pacer;
    constexpr std::uint64_t kPiece = 32 * kKiB;
    std::deque<std::int64_t> back;  // when the credit of each piece is here
    std::int64_t now = 0, busy_until = 0, waited = 0, counted = 0;
    std::uint64_t sent = 0;
    while (now < 8'000'000'000) {
      while (pacer.may_send(kPiece)) {
        pacer.sent(kPiece, now);
        const std::int64_t begins = std::max(now, busy_until);
        busy_until = begins + static_cast<std::int64_t>(static_cast<double>(kPiece) / row.bytes_per_ns);
        back.push_back(busy_until + row.travel_ns);
        if (now < 4'000'000'000) continue;
        waited += begins - now;
        ++counted;
        sent += kPiece;
      }
      now = back.front();
      back.pop_front();
      pacer.credited(kPiece, true, now);
    }
    CAPTURE(row.bytes_per_ns);
    CHECK(static_cast<double>(sent) / 4e9 > 0.8 * row.bytes_per_ns);
    const auto one_piece_ns = static_cast<std::int64_t>(static_cast<double>(kPiece) / row.bytes_per_ns);
    CHECK(waited / counted < 150'000 + row.travel_ns + one_piece_ns);
  }
}
