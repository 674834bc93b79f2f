// What the fields of a frame's header mean to the distribution; the transport does not look at them.
//
//     number  = service:1 tag:23 id:40            of an actor; the tag is made of its node's incarnation
//     message = kind:2 urgent:1 0:1 request:60
#pragma once

#include <cstdint>

#include "actors/mesh/mesh.hpp"

namespace noodle::actors {

enum class FrameKind : std::uint8_t { message, request, answer, failure };

inline constexpr std::uint64_t kServiceBit = std::uint64_t{1} << 63;
inline constexpr unsigned kActorIdBits = 40;
inline constexpr std::uint64_t kActorIdMask = (std::uint64_t{1} << kActorIdBits) - 1;
inline constexpr std::uint64_t kRequestMask = (std::uint64_t{1} << 60) - 1;

constexpr std::uint64_t service_number(Service service) {
  return kServiceBit | static_cast<std::uint64_t>(service);
}
/// Stands in the tag's place of all numbers of an incarnation.
constexpr std::uint64_t tag_of(std::uint64_t incarnation) {
  return (incarnation * 0x9e3779b97f4a7c15u >> 41) << kActorIdBits;
}

constexpr std::uint64_t message_field(FrameKind kind, bool urgent, std::uint64_t request) {
  return static_cast<std::uint64_t>(kind) << 62 | std::uint64_t{urgent} << 61 | request;
}
constexpr FrameKind kind_of(std::uint64_t message) {
  return static_cast<FrameKind>(message >> 62);
}
constexpr bool is_urgent(std::uint64_t message) {
  return (message >> 61 & 1) != 0;
}

}  // namespace noodle::actors
