// Membership: who is in the cluster and alive, as one node sees it. A pure core: events and the time in, effects out.
//
// Events: start, receive (a datagram), receive_state (over a link), link_probed, link_event, tick, set_service, leave.
// Effects: what to send, what changed, and whether this node may act at all (StandDown, Resumed). The driver has to
// call tick() at next_wake_ns(), and to ask may_commit() before it makes anything durable or visible to others.
//
// Rules beyond SWIM and Lifeguard, each against a failure seen in the field:
// * A death counts when it is corroborated: by two accusers, or by all possible ones in a smaller cluster. What one
//   node alone says of another makes a suspect, who can refute.
// * An accuser has a budget (accusation_budget.hpp); nodes that are leaving, draining or dead cannot accuse.
// * A refused connection is stronger evidence than silence: a crash is found sooner than a hang.
// * A node whose timers were late postpones its suspicions by that time; one that was stopped for longer than half a
//   suspicion stands down, asks others what they think of it, and rejoins with a new incarnation if it was declared
//   dead.
// * A member that was suspected and refuted is slow: probes wait longer for it, and it is suspected less often.
// * Messages of and for an older incarnation are refused.
// * Dead members are called on again from time to time, so that partitions merge by themselves.
//
// Threads: none of its own; one caller at a time. Time: monotonic ns. Random: the given seed only.
// Limits: Settings::max_members, kMaxProbes, kMaxRelays, datagrams and states as in message.hpp.
// Errors: 6103 (profile), 6106 (settings) at make().
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "cluster/membership/accusation_budget.hpp"
#include "cluster/membership/local_health.hpp"
#include "cluster/membership/member_table.hpp"
#include "cluster/membership/message.hpp"
#include "cluster/membership/rumour_queue.hpp"
#include "cluster/membership/settings.hpp"
#include "cluster/random.hpp"

namespace noodle::membership {

inline constexpr std::size_t kMaxProbes = 16;          // of members, at one time
inline constexpr std::size_t kMaxRelays = 128;         // probes in place of others, at one time
inline constexpr std::size_t kMaxPiggyback = 12;       // rumours in one datagram
inline constexpr std::size_t kStatePartMembers = 128;  // members in one part of a full state

/// To its `to`, at the address of its profile, or where its last datagram came from.
struct SendDatagram {
  Datagram datagram;
};
/// Over a link to `to`, or to the address `seed` when `to` is none.
struct SendState {
  NodeId to;
  std::string seed;
  MemberState state;
};
/// Call on `node` over its link, or a new connection: answer with link_probed(sequence, ...).
struct ProbeLink {
  NodeId node;
  std::uint32_t sequence = 0;
  std::int64_t timeout_ns = 0;
};
struct MemberChanged {
  MemberView member;
  State before = State::alive;
  bool joined = false;     // was not known
  bool restarted = false;  // another incarnation than before: what belonged to the old one is gone
  Evidence evidence = Evidence::silence;
  std::vector<NodeId> accusers;  // of suspect and dead
};
/// Probes get through to a member in another way than before: asymmetric and broken paths.
struct ReachChanged {
  NodeId node;
  Reach before = Reach::unknown;
  Reach after = Reach::unknown;
};
/// This node may have been declared dead: nothing may be committed from now on.
struct StandDown {};
/// It may act again, as `incarnation`; when it was declared dead, everything of the old one is void.
struct Resumed {
  std::uint64_t incarnation = 0;
  bool declared_dead = false;
};
using Effect = std::variant<SendDatagram, SendState, ProbeLink, MemberChanged, ReachChanged, StandDown, Resumed>;
using Effects = std::vector<Effect>;

enum class LinkProbe : std::uint8_t { answered, refused, silent };
enum class LinkEvent : std::uint8_t { up, reset, silent };

/// Counted since the start.
struct Counters {
  std::uint64_t probes = 0, probes_failed = 0, suspicions = 0, refutations = 0, deaths = 0;
  std::uint64_t refused_incarnation = 0;  // messages of or for an old incarnation
  std::uint64_t misdirected = 0;          // datagrams for another node
  std::uint64_t accusations_ignored = 0;  // budget spent, or the accuser may not accuse
  std::uint64_t late_timers = 0;
  std::uint64_t members_refused = 0;  // the table is full
};

class Membership {
 public:
  /// `incarnation` has to be above that of every earlier run of this node. `seeds` are addresses.
  static Result<Membership> make(NodeId self, Profile profile, const Settings& settings, std::uint64_t incarnation,
                                 std::vector<std::string> seeds, std::uint64_t seed);

  void start(std::int64_t now_ns, Effects& out);
  void receive(const Datagram& datagram, std::int64_t now_ns, Effects& out);
  void receive_state(const MemberState& state, std::int64_t now_ns, Effects& out);
  void link_probed(std::uint32_t sequence, LinkProbe result, std::int64_t now_ns, Effects& out);
  void link_event(NodeId node, LinkEvent event, std::int64_t now_ns, Effects& out);
  void tick(std::int64_t now_ns, Effects& out);
  void set_service(Service service, std::int64_t now_ns, Effects& out);
  /// Tells all that this node goes. It accuses nobody any more; tick it until left().
  void leave(std::int64_t now_ns, Effects& out);

  std::int64_t next_wake_ns() const { return next_wake_ns_; }
  /// Also false when the caller itself was stopped so long that nobody knows yet what happened meanwhile.
  bool may_commit(std::int64_t now_ns) const {
    return !standing_down_ && now_ns < next_wake_ns_ + settings_.suspicion_min_ns / 2;
  }
  /// After leave(): the news is out.
  bool left() const { return leaving_ && rumours_.empty() && leave_rounds_ == 0; }

  NodeId self() const { return table_.at(MemberTable::kSelf).id; }
  std::uint64_t incarnation() const { return table_.at(MemberTable::kSelf).version.incarnation; }
  std::size_t living_members() const { return table_.living().size(); }
  std::size_t known_members() const { return table_.size(); }
  /// Nothing when the node is not known.
  std::optional<MemberView> member(NodeId id) const;
  std::vector<MemberView> members() const;
  std::uint64_t digest() const { return table_.digest(); }
  std::uint32_t local_health() const { return health_.score(); }
  std::size_t rumours_waiting() const { return rumours_.size(); }
  const Counters& counters() const { return counters_; }
  const Settings& settings() const { return settings_; }

 private:
  static constexpr std::uint32_t kSelf = MemberTable::kSelf;

  struct Probe {
    std::uint32_t slot = 0;
    NodeId id;  // slots are reused
    std::uint32_t sequence = 0;
    std::int64_t deadline_ns = 0;
    bool regular = false;  // the one of the interval
    bool direct_phase = true;
    bool refused = false;
    std::uint8_t asked = 0;
    std::uint8_t nacks = 0;
  };
  struct Relay {
    std::uint32_t sequence = 0;
    NodeId origin;
    std::uint32_t origin_sequence = 0;
    NodeId target;
    std::int64_t deadline_ns = 0;
  };

  Membership(const Settings& settings, std::vector<std::string> seeds, std::uint64_t seed);

  // membership.cpp: time, this node itself
  void observe(std::int64_t now_ns, Effects& out);
  void finish(std::int64_t now_ns);
  void stand_down(Effects& out);
  void ask_standing(std::int64_t now_ns, Effects& out);
  void check_standing(Effects& out);
  void become(std::uint64_t incarnation, std::int64_t now_ns, Effects& out);
  void refute(Version heard, std::int64_t now_ns);
  void forget(std::int64_t now_ns);

  // membership_probe.cpp: probes and their answers
  void probe_next(std::int64_t now_ns, Effects& out);
  void probe(std::uint32_t slot, bool regular, std::int64_t now_ns, Effects& out);
  void probe_indirectly(Probe& probe, std::int64_t now_ns, Effects& out);
  void probe_answered(std::size_t index, Reach reach, NodeId relay, std::int64_t now_ns, Effects& out);
  void probe_failed(const Probe& probe, std::int64_t now_ns, Effects& out);
  void run_probes(std::int64_t now_ns, Effects& out);
  void answer_ping(const Datagram& ping, std::int64_t now_ns, Effects& out);
  void relay_ping(const Datagram& request, std::int64_t now_ns, Effects& out);
  void answered(const Datagram& ack, std::int64_t now_ns, Effects& out);
  std::int64_t patience_with(const Member& member, std::int64_t now_ns) const;
  void set_reach(std::uint32_t slot, Reach reach, Effects& out);

  // membership_rumours.cpp: statements about members
  Rumour rumour_of(std::uint32_t slot, bool with_profile) const;
  Datagram datagram(DatagramKind kind, NodeId to, std::uint64_t to_incarnation, std::uint32_t sequence) const;
  void send(Datagram datagram, Effects& out);
  void gossip(std::int64_t now_ns, Effects& out);
  void merge(const Rumour& rumour, bool spread, std::int64_t now_ns, Effects& out);
  void merge_self(const Rumour& rumour, std::int64_t now_ns, Effects& out);
  void merge_alive(const Rumour& rumour, bool spread, std::int64_t now_ns, Effects& out);
  void merge_accusation(std::uint32_t slot, const Rumour& rumour, std::int64_t now_ns, Effects& out);
  void merge_left(std::uint32_t slot, const Rumour& rumour, std::int64_t now_ns, Effects& out);
  void accuse(std::uint32_t slot, NodeId accuser, Evidence evidence, std::int64_t now_ns, Effects& out);
  void declare_dead(std::uint32_t slot, std::int64_t now_ns, Effects& out);
  void changed(std::uint32_t slot, State before, bool joined, bool restarted, Effects& out) const;
  void watch(std::uint32_t slot);
  void unwatch(std::uint32_t slot);
  std::size_t needed_accusers() const;

  // membership_sync.cpp: full states over links
  void compare_with(NodeId to, const std::string& seed, std::uint32_t sequence, Effects& out);
  void send_all(StateKind kind, NodeId to, std::uint32_t sequence, Effects& out) const;
  void sync(std::int64_t now_ns, Effects& out);
  void reconnect(std::int64_t now_ns, Effects& out);

  Settings settings_;
  std::vector<std::string> seeds_;
  std::vector<std::uint32_t> seed_calls_;  // the last ones, by sequence
  bool greeted_ = false;                   // by a seed
  Random random_;
  MemberTable table_;
  RumourQueue rumours_;
  AccusationBudget budget_;
  LocalHealth health_;
  Counters counters_;

  std::vector<Probe> probes_;
  std::vector<Relay> relays_;
  std::vector<std::uint32_t> order_;  // of regular probes in this round
  std::size_t order_next_ = 0;
  std::vector<std::uint32_t> drawn_;                            // scratch
  std::unordered_map<NodeId, NodeId> helpers_;                  // who got through to an indirectly reached member
  std::unordered_map<std::uint32_t, std::int64_t> watched_;     // suspects' deadlines, by slot
  std::set<std::pair<std::int64_t, std::uint32_t>> deadlines_;  // the same, in order of time
  std::uint32_t sequence_ = 0;

  std::int64_t next_wake_ns_ = 0;
  std::int64_t next_probe_ns_ = 0;
  std::int64_t next_gossip_ns_ = 0;
  std::int64_t next_sync_ns_ = 0;
  std::int64_t next_reconnect_ns_ = 0;
  std::int64_t next_forget_ns_ = 0;
  bool started_ = false;
  bool leaving_ = false;
  std::uint32_t leave_rounds_ = 0;  // in which the news of it still goes out: datagrams get lost

  bool standing_down_ = false;
  bool died_ = false;  // declared dead since it stood down
  std::uint32_t standing_sequence_ = 0;
  std::size_t standing_answers_ = 0;
  std::int64_t next_standing_ns_ = 0;
};

}  // namespace noodle::membership
