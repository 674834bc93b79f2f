// Member: what one node knows of another one.
//
// cluster/membership is SWIM (Das et al., DSN 2002) with Lifeguard (Dadgar et al., arXiv 1707.00788) and Noodle's own
// rules against sick accusers. Read in this order: member, settings, message, suspicion, accusation_budget,
// rumour_queue, member_table, membership. Threads: values. Limits: kMax... below; 6103 when a profile exceeds them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "messages/ids.hpp"

namespace noodle::membership {

inline constexpr std::size_t kMaxNameBytes = 64;
inline constexpr std::size_t kMaxHostBytes = 255;
inline constexpr std::size_t kMaxLabels = 16;
inline constexpr std::size_t kMaxLabelKeyBytes = 64;
inline constexpr std::size_t kMaxLabelValueBytes = 128;
inline constexpr std::size_t kMaxProfileBytes = 1000;  // on the wire, so that one always fits a datagram
inline constexpr std::size_t kMaxAccusers = 4;         // kept and sent of one suspicion

/// Is the node there? Told by the others.
enum class State : std::uint8_t { alive, suspect, dead, left };
constexpr bool lives(State state) {
  return state == State::alive || state == State::suspect;
}
/// Does the node take work? Told by the node itself.
enum class Service : std::uint8_t { ready, draining, cordoned, degraded };
/// What an accusation rests on. A refused connection comes from the machine of the node: it runs, the node does not.
enum class Evidence : std::uint8_t { silence, refused };
/// How probes get through to a node.
enum class Reach : std::uint8_t { unknown, direct, indirect, none };

std::string_view to_string(State state);
std::string_view to_string(Service service);
std::string_view to_string(Evidence evidence);
std::string_view to_string(Reach reach);

struct Label {
  std::string key;
  std::string value;
  friend bool operator==(const Label&, const Label&) = default;
};

/// What a node says of itself and what stays the same for one incarnation.
struct Profile {
  std::string name;
  std::string host;
  std::uint16_t port = 0;
  std::uint16_t protocol_min = 1;
  std::uint16_t protocol_max = 1;
  std::vector<Label> labels;

  /// Upper bound of its size inside a message.
  std::size_t wire_bytes() const;
  friend bool operator==(const Profile&, const Profile&) = default;
};
using ProfilePtr = std::shared_ptr<const Profile>;

/// Error 6103 that names the field.
Result<void> check_profile(const Profile& profile);

/// Orders what is said of one node in time: a restart or rejoin beats every refutation.
struct Version {
  std::uint64_t incarnation = 0;
  std::uint32_t refutation = 0;
  friend auto operator<=>(const Version&, const Version&) = default;
};

/// A statement about one node, as it travels.
struct Rumour {
  NodeId subject;
  Version version;
  State state = State::alive;
  Service service = Service::ready;
  std::uint8_t refusals = 0;     // so many of the accusers, from the first on, had a connection refused
  std::vector<NodeId> accusers;  // of suspect and dead; at most kMaxAccusers
  ProfilePtr profile;            // of alive; may be missing otherwise

  std::size_t wire_bytes() const;
};

/// What the rest of the program sees of a member.
struct MemberView {
  NodeId id;
  ProfilePtr profile;
  Version version;
  State state = State::alive;
  Service service = Service::ready;
  Reach reach = Reach::unknown;
  std::int64_t changed_ns = 0;  // when `state` became what it is
};

}  // namespace noodle::membership
