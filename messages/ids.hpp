// Ids: strong types, so that a node is never passed where a process is meant.
//
// Threads: values, freely copied.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace noodle {

namespace detail {
/// 32 lower-case hexadecimal digits.
std::string hex128(std::uint64_t high, std::uint64_t low);
/// Reverse of hex128; also takes UUID form with dashes and upper case. False when `text` is anything else.
bool parse_hex128(std::string_view text, std::uint64_t& high, std::uint64_t& low);
std::uint64_t random64();
}  // namespace detail

/// A 128-bit id of one kind. All zero means "none".
template <class Kind>
struct Id128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  /// From the system's random source; never "none".
  static Id128 random() { return {detail::random64(), detail::random64() | 1}; }
  static std::optional<Id128> parse(std::string_view text) {
    Id128 id;
    if (!detail::parse_hex128(text, id.high, id.low)) return std::nullopt;
    return id;
  }
  std::string to_string() const { return detail::hex128(high, low); }
  explicit operator bool() const { return (high | low) != 0; }
  friend auto operator<=>(const Id128&, const Id128&) = default;
};

/// A node of the cluster.
using NodeId = Id128<struct NodeKind>;
/// What belongs to one request, across actors, processes and nodes; printed in every log line it causes.
using CorrelationId = Id128<struct CorrelationKind>;

/// A NoodleCore process within its node. The generation tells a process from an earlier one with the same index.
struct ProcessId {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;  // from 1; 0 means "none"

  /// The form stored in ActorRef slots and messages: index in the high half.
  std::uint64_t packed() const { return std::uint64_t{index} << 32 | generation; }
  static ProcessId unpack(std::uint64_t packed) {
    return {static_cast<std::uint32_t>(packed >> 32), static_cast<std::uint32_t>(packed)};
  }
  /// "<index.generation>"
  std::string to_string() const;
  static std::optional<ProcessId> parse(std::string_view text);
  explicit operator bool() const { return generation != 0; }
  friend auto operator<=>(const ProcessId&, const ProcessId&) = default;
};

}  // namespace noodle

template <class Kind>
struct std::hash<noodle::Id128<Kind>> {
  std::size_t operator()(const noodle::Id128<Kind>& id) const noexcept {
    return static_cast<std::size_t>(id.low ^ (id.high * 0x9e3779b97f4a7c15u));
  }
};

template <>
struct std::hash<noodle::ProcessId> {
  std::size_t operator()(const noodle::ProcessId& id) const noexcept {
    return static_cast<std::size_t>(id.packed() * 0x9e3779b97f4a7c15u);
  }
};
