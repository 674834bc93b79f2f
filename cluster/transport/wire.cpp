#include "cluster/transport/wire.hpp"

namespace noodle::transport {
namespace {

template <class Id>
void put_id(std::span<std::byte> out, const Id& id) {
  put_u64(out, id.high);
  put_u64(out.subspan(8), id.low);
}

template <class Id>
Id get_id(std::span<const std::byte> bytes) {
  return {get_u64(bytes), get_u64(bytes.subspan(8))};
}

/// Lengths a kind may have.
bool length_fits(const RecordHeader& header) {
  switch (header.kind) {
    case RecordKind::hello:
      return header.length > 0 && header.length <= kMaxHelloBytes && header.length % 8 == 0;
    case RecordKind::frame:
      return header.length > kFrameHeaderBytes && header.length <= kMaxRecordBody && header.length % 8 == 0;
    case RecordKind::chunk:
      // Only the last piece may be shorter: many small ones would cost more than they carry.
      return header.length % 8 == 0 && header.length > 0 && header.length <= kChunkBytes &&
             ((header.flags & kFlagLast) != 0 || header.length >= kLeastChunkBytes);
    case RecordKind::refusal:
      return header.length >= 8 && header.length <= kMaxRefusalBytes && header.length % 8 == 0;
    case RecordKind::credit:
    case RecordKind::ping:
    case RecordKind::pong:
      break;
  }
  return header.length == 8;
}

bool flags_fit(const RecordHeader& header) {
  switch (header.kind) {
    case RecordKind::frame:
      return (header.flags & ~kFlagRelayed) == 0;
    case RecordKind::chunk:
      return (header.flags & ~(kFlagRelayed | kFlagFirst | kFlagLast)) == 0;
    default:
      return header.flags == 0;
  }
}

}  // namespace

Error malformed_record(const std::string& what) {
  return {Code::link_malformed, "record of the link: " + what, {}};
}

void put_u64(std::span<std::byte> out, std::uint64_t value) {
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<std::byte>(value >> (8 * i));
}

std::uint64_t get_u64(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value |= std::uint64_t{std::to_integer<std::uint8_t>(bytes[i])} << (8 * i);
  return value;
}

void write_record_header(const RecordHeader& header, std::span<std::byte, kRecordHeaderBytes> out) {
  put_u64(out, std::uint64_t{static_cast<std::uint8_t>(header.kind)} |
                   std::uint64_t{static_cast<std::uint8_t>(header.lane)} << 8 | std::uint64_t{header.flags} << 16 |
                   std::uint64_t{header.length} << 32);
}

Result<RecordHeader> read_record_header(std::span<const std::byte, kRecordHeaderBytes> bytes) {
  const auto byte = [&bytes](std::size_t at) { return std::to_integer<std::uint8_t>(bytes[at]); };
  if (byte(0) < static_cast<std::uint8_t>(RecordKind::hello) ||
      byte(0) > static_cast<std::uint8_t>(RecordKind::refusal)) {
    return malformed_record("unknown kind " + std::to_string(byte(0)));
  }
  if (byte(1) >= kLanes) return malformed_record("unknown lane " + std::to_string(byte(1)));
  RecordHeader header{static_cast<RecordKind>(byte(0)), static_cast<Lane>(byte(1)), byte(2),
                      static_cast<std::uint32_t>(get_u64(bytes) >> 32)};
  if (!flags_fit(header) || byte(3) != 0) return malformed_record("unknown flags " + std::to_string(byte(2)));
  if (!length_fits(header)) {
    return malformed_record("length " + std::to_string(header.length) + " does not fit kind " +
                            std::to_string(byte(0)));
  }
  return header;
}

void write_frame_header(const FrameHeader& header, std::span<std::byte> out) {
  put_u64(out, header.destination);
  put_u64(out.subspan(8), header.source);
  put_u64(out.subspan(16), header.message);
  put_u64(out.subspan(24), header.type);
  if (!header.relay) return;
  put_id(out.subspan(32), header.relay->destination);
  put_id(out.subspan(48), header.relay->source);
  put_id(out.subspan(64), header.relay->trace);
  put_u64(out.subspan(80), header.relay->ttl);
}

Result<FrameHeader> read_frame_header(std::span<const std::byte> bytes, bool relayed) {
  if (bytes.size() < kFrameHeaderBytes + (relayed ? kRelayBytes : 0))
    return malformed_record("a frame without its header");
  FrameHeader header{get_u64(bytes), get_u64(bytes.subspan(8)), get_u64(bytes.subspan(16)), get_u64(bytes.subspan(24))};
  if (!relayed) return header;
  const std::uint64_t ttl = get_u64(bytes.subspan(80));
  if (ttl > 255) return malformed_record("unknown bits behind the ttl");
  header.relay = Relay{get_id<NodeId>(bytes.subspan(32)), get_id<NodeId>(bytes.subspan(48)),
                       get_id<CorrelationId>(bytes.subspan(64)), static_cast<std::uint8_t>(ttl)};
  return header;
}

}  // namespace noodle::transport
