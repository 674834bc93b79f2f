// Messages of the membership protocol, as the core reads and writes them, and their Cap'n Proto form.
//
// A datagram is a question or an answer about liveness; rumours ride along. A MemberState travels over a link, in
// parts. Threads: values. Limits: kMaxDatagramBytes, kMaxStateBytes, kMaxRumours. Errors: 6100 malformed, 6101 too
// large, 6102 unknown kind. A rumour that this version cannot understand is left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "cluster/membership/member.hpp"
#include "messages/error.hpp"

namespace noodle::membership {

inline constexpr std::size_t kMaxDatagramBytes = 1332;  // before sealing: what transport::kMaxDatagramContent leaves
inline constexpr std::size_t kMaxStateBytes = 64 * 1024;
inline constexpr std::size_t kMaxRumours = 256;  // in one message

enum class DatagramKind : std::uint8_t { ping, ping_request, ack, nack, gossip };

struct Datagram {
  DatagramKind kind = DatagramKind::ping;
  std::uint32_t sequence = 0;  // an answer repeats that of its question
  NodeId from;
  std::uint64_t from_incarnation = 0;
  NodeId to;
  std::uint64_t to_incarnation = 0;  // 0: whichever runs
  NodeId target;                     // of a ping request and its answers: who is asked about
  std::vector<Rumour> rumours;

  /// Upper bound of its encoded size.
  std::size_t wire_bytes() const;
};

enum class StateKind : std::uint8_t { compare, answer, push };

struct MemberState {
  StateKind kind = StateKind::compare;
  NodeId from;
  std::uint64_t from_incarnation = 0;
  std::uint64_t digest = 0;
  std::uint32_t sequence = 0;  // an answer repeats that of its comparison
  bool last = true;            // no more parts follow
  std::vector<Rumour> members;
};

/// Encoded without the rumours' fixed size; the core counts with these when it fills a message.
inline constexpr std::size_t kDatagramFixedBytes = 13 * 8;

Result<std::vector<std::byte>> encode(const Datagram& datagram);
Result<Datagram> decode_datagram(std::span<const std::byte> bytes);
Result<std::vector<std::byte>> encode(const MemberState& state);
Result<MemberState> decode_member_state(std::span<const std::byte> bytes);

}  // namespace noodle::membership
