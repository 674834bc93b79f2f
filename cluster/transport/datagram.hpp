// Datagrams: sealed with the cluster's gossip keys, so that only members are heard, and each of them once.
//
//     datagram = version:u8=1 0:3 key:u32 node:16 incarnation:u64 counter:u64 sealed     little endian
//
// sealed = XChaCha20-Poly1305 of the content with the header as additional data; the nonce is the SHA-256 of the
// header, which never repeats: a node counts its datagrams and starts with another incarnation each time. `key` is the
// beginning of the key's hash. The first key of the ring seals, all of them open, so keys are replaced without losing a
// datagram: add the new one behind, then put it first, then drop the old one. A window of kReplayWindow counters for
// each sender refuses what came before. A receiver that restarts has forgotten its windows, so what reads datagrams
// must stand an old one. Threads: one. Limits: kMaxDatagramContent (6026), kMaxGossipKeys (security/authority.hpp),
// kMaxSenders. Errors: 6024, 6025, 6026.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "messages/ids.hpp"
#include "runtime/base/secret.hpp"

namespace noodle::transport {

inline constexpr std::size_t kDatagramHeaderBytes = 40;
inline constexpr std::size_t kDatagramTagBytes = 16;
inline constexpr std::size_t kMaxDatagramBytes = 1388;  // passes every network that passes IPv6 tunnels over Ethernet
inline constexpr std::size_t kMaxDatagramContent = kMaxDatagramBytes - kDatagramHeaderBytes - kDatagramTagBytes;
inline constexpr std::size_t kMaxSenders = 8192;
inline constexpr std::size_t kReplayWindow = 1024;

/// The keys of a cluster, 32 bytes each; the first seals.
class GossipKeys {
 public:
  /// A line of base64url a key, as in gossip.key. Error 8017.
  static Result<GossipKeys> read(const Secret& lines);

  struct Key {
    std::uint32_t id = 0;
    Secret bytes;
  };
  const std::vector<Key>& all() const { return keys_; }

 private:
  std::vector<Key> keys_;
};

struct OpenedDatagram {
  NodeId sender;
  std::uint64_t incarnation = 0;
  std::vector<std::byte> content;
};

class DatagramSeal {
 public:
  DatagramSeal(GossipKeys keys, const NodeId& self, std::uint64_t incarnation);

  /// Error 6026.
  Result<std::vector<std::byte>> seal(std::span<const std::byte> content);
  /// Errors 6024 not sealed by a member, 6025 came before.
  Result<OpenedDatagram> open(std::span<const std::byte> datagram);
  /// While it goes on; windows and counter stay.
  void replace_keys(GossipKeys keys) { keys_ = std::move(keys); }

  struct Statistics {
    std::uint64_t sealed = 0, opened = 0, refused = 0, replayed = 0;
  };
  const Statistics& statistics() const { return statistics_; }

 private:
  struct Sender {
    std::uint64_t incarnation = 0, newest = 0;
    std::bitset<kReplayWindow> seen;  // bit i: counter newest - i
    std::uint64_t heard = 0;          // order of the last datagram, to forget the longest silent one
  };
  bool is_fresh(const NodeId& node, std::uint64_t incarnation, std::uint64_t counter);

  GossipKeys keys_;
  NodeId self_;
  std::uint64_t incarnation_;
  std::uint64_t counter_ = 0;
  std::uint64_t heard_ = 0;
  std::map<NodeId, Sender> senders_;
  Statistics statistics_;
};

}  // namespace noodle::transport
