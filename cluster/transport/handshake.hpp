// Handshake: what two nodes tell each other first, and whether they can work together.
//
// Neighbouring versions do: a protocol version that both speak, and schemas that are equal or that one side says it
// reads. Who cannot is refused with the field named. Which of two links between the same nodes stays is decided alike
// on both sides: the one that the node with the smaller id has opened. Threads: values. Limits: kMaxHelloBytes,
// kMaxLabels. Errors: 6010 malformed, 6011 version, 6012 schema, 6013 cluster, 6014 identity, 6023 stale incarnation.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "messages/frame.hpp"
#include "messages/ids.hpp"

namespace noodle::transport {

inline constexpr std::uint16_t kProtocolLowest = 1, kProtocolHighest = 1;
inline constexpr std::size_t kMaxLabels = 64;
inline constexpr std::size_t kMaxSchemasRead = 64;

struct Hello {
  std::uint16_t protocol_lowest = kProtocolLowest, protocol_highest = kProtocolHighest;
  std::uint64_t schema_hash = 0;
  std::vector<std::uint64_t> schemas_read = {};
  std::string cluster = {};
  NodeId node = {};
  std::uint64_t incarnation = 0;
  std::map<std::string, std::string> labels = {};
};

FramePtr write_hello(const Hello& hello);
/// Error 6010.
Result<Hello> read_hello(std::span<const std::byte> words);

struct PeerKnown {
  NodeId certified;                      // from the peer's certificate
  std::uint64_t newest_incarnation = 0;  // seen so far
};
/// The protocol version to speak.
Result<std::uint16_t> agree(const Hello& local, const Hello& peer, const PeerKnown& known);

/// Of two links between the same nodes: whether the one that `local` has opened stays.
bool keeps_own_link(const NodeId& local, const NodeId& peer);

/// How long to wait before attempt `attempt` (from 1) to connect: doubling from 100 ms to 30 s, between half and all of
/// it.
std::int64_t backoff_ns(std::uint32_t attempt, std::uint64_t random);

}  // namespace noodle::transport
