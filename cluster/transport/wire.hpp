// The link protocol as bytes: records, and the header of a frame.
//
// cluster/transport moves frames between nodes. Its protocol is pure (link.hpp, handshake.hpp, datagram.hpp); sockets
// and TLS are in tls_*.cpp alone.
//
// clang-format off
//     link    = hello *record                 both ways, inside TLS
//     record  = kind:u8 lane:u8 flags:u8 0:u8 length:u32 body
//                                             little endian; length of the body, at most kMaxRecordBody
//     hello   = words of wire::LinkHello
//     frame   = header words                  a frame of at most kChunkBytes
//     chunk   = part of (header words)        a longer frame in pieces of kLeastChunkBytes to kChunkBytes; flags first
//                                             and last
//     credit  = bytes:u64                     so many more bytes may be sent on the lane
//     ping    = number:u64
//     pong    = number:u64
//     refusal = code:u64 text 0*              instead of a hello; text of the error, filled up to words
//     header  = destination:u64 source:u64 message:u64 type:u64 [relay]
//                                             relay when the flag is set
//     relay   = destination node:16 source node:16 trace:16 ttl:u8 0:7
// clang-format on
//
// Threads: values. Errors: 6010 with what is wrong, 6002.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "messages/error.hpp"
#include "messages/ids.hpp"
#include "messages/message_size.hpp"

namespace noodle::transport {

/// Control (exit, down, lease, cancel) is never behind user traffic, user traffic never behind bulk.
enum class Lane : std::uint8_t { control, user, bulk };
inline constexpr std::size_t kLanes = 3;

enum class RecordKind : std::uint8_t { hello = 1, frame, chunk, credit, ping, pong, refusal };

inline constexpr std::size_t kRecordHeaderBytes = 8;
inline constexpr std::size_t kFrameHeaderBytes = 32;
inline constexpr std::size_t kRelayBytes = 56;
inline constexpr std::size_t kChunkBytes = 64 * kKiB;
inline constexpr std::size_t kLeastChunkBytes = 16 * kKiB;  // but for the last
inline constexpr std::size_t kTotalBytes = 8;               // of the whole frame, before the first chunk
inline constexpr std::size_t kMaxRecordBody = kChunkBytes;
inline constexpr std::size_t kMaxHelloBytes = 16 * kKiB;
inline constexpr std::size_t kMaxRefusalBytes = 512;
/// Largest frame with header, by lane; a node may be configured to take less on the bulk lane.
inline constexpr std::size_t kMaxLaneFrame[kLanes] = {kChunkBytes, kMiB, kMaxMessageBytes};

inline constexpr std::uint8_t kFlagRelayed = 1, kFlagFirst = 2, kFlagLast = 4;

struct RecordHeader {
  RecordKind kind = RecordKind::frame;
  Lane lane = Lane::control;
  std::uint8_t flags = 0;
  std::uint32_t length = 0;
};

void write_record_header(const RecordHeader& header, std::span<std::byte, kRecordHeaderBytes> out);
/// Error 6010 for unknown kinds, lanes, flags, and lengths that do not fit the kind.
Result<RecordHeader> read_record_header(std::span<const std::byte, kRecordHeaderBytes> bytes);

struct Relay {
  NodeId destination, source;
  CorrelationId trace;
  std::uint8_t ttl = 0;
  friend bool operator==(const Relay&, const Relay&) = default;
};

/// Who sends what to whom. Ids of actors and messages mean nothing to the transport.
struct FrameHeader {
  std::uint64_t destination = 0, source = 0, message = 0, type = 0;
  std::optional<Relay> relay = {};
  std::size_t size_bytes() const { return kFrameHeaderBytes + (relay ? kRelayBytes : 0); }
  friend bool operator==(const FrameHeader&, const FrameHeader&) = default;
};

/// `out` holds size_bytes().
void write_frame_header(const FrameHeader& header, std::span<std::byte> out);
/// Error 6010 when the bytes are too few.
Result<FrameHeader> read_frame_header(std::span<const std::byte> bytes, bool relayed);

/// Error 6010.
Error malformed_record(const std::string& what);

void put_u64(std::span<std::byte> out, std::uint64_t value);
std::uint64_t get_u64(std::span<const std::byte> bytes);

}  // namespace noodle::transport
