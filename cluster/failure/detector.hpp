// Failure detector: what is wrong with a node, told from what membership, links and its own reports say. A pure core.
//
// Kinds and their evidence, in the order in which they are tried:
//   leaving      it said so
//   crashed      declared dead, and its machine refused connections: the process is gone
//   partitioned  this node lost at least `partition_share` of all others within `window`: the fault is the network's,
//   or ours hung         declared dead or suspect in silence, and its connections still open: the kernel answers, the
//   process not unreachable  only some reach it: probes come through others, or links are down while membership says
//   alive overloaded   it is alive and reports a queue age or load over the limits slow         it is alive and answers
//   late: it had to refute suspicions, or its round trips are far over the usual lost         declared dead in silence,
//   connections gone as well: machine or cable; nobody can tell from here
// Threads: none of its own. Time: monotonic ns of the caller. Limits: one record per member, dropped with it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "cluster/membership/membership.hpp"

namespace noodle::failure {

enum class Kind : std::uint8_t {
  none,
  leaving,
  crashed,
  partitioned,
  hung,
  unreachable_from_some,
  overloaded,
  slow,
  lost
};
std::string_view to_string(Kind kind);

/// What a node says of its own load, with each heartbeat of a link.
struct HealthReport {
  double load = 0;                     // share of its processors in use, may be above 1
  std::int64_t oldest_message_ns = 0;  // age of the oldest message that waits
};

enum class LinkState : std::uint8_t { none, up, silent, reset };

struct Limits {
  double partition_share = 0.5;
  std::int64_t window_ns = 5'000'000'000;
  double load = 2;
  std::int64_t oldest_message_ns = 1'000'000'000;
  double slow_factor = 8;               // round trip over the usual one of this node
  std::int64_t slow_floor_us = 20'000;  // no round trip below this is slow
  std::uint32_t slow_refutations = 2;   // within slow_window
  std::int64_t slow_window_ns = 60'000'000'000;
};

struct Verdict {
  Kind kind = Kind::none;
  std::string evidence;  // one sentence for people and death certificates
};

class Detector {
 public:
  explicit Detector(const Limits& limits) : limits_(limits) {}

  void changed(const membership::MemberChanged& change, std::int64_t now_ns);
  void reach_changed(NodeId node, membership::Reach reach);
  void link_changed(NodeId node, LinkState state, std::int64_t now_ns);
  void measured(NodeId node, std::int64_t rtt_us);
  void reported(NodeId node, const HealthReport& report);
  void forget(NodeId node) { records_.erase(node); }

  Verdict judge(NodeId node, std::int64_t now_ns) const;
  std::size_t size() const { return records_.size(); }

 private:
  struct Record {
    membership::State state = membership::State::alive;
    membership::Service service = membership::Service::ready;
    membership::Reach reach = membership::Reach::unknown;
    membership::Evidence evidence = membership::Evidence::silence;
    LinkState link = LinkState::none;
    HealthReport report;
    double rtt_us = 0;    // smoothed quickly
    double usual_us = 0;  // smoothed slowly
    std::int64_t lost_ns = -1;
    std::uint32_t refutations = 0;
    std::int64_t refuted_ns = 0;
  };
  bool partitioned(std::int64_t now_ns) const;

  Limits limits_;
  std::unordered_map<NodeId, Record> records_;
};

}  // namespace noodle::failure
