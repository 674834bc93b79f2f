// Invariants: what has to hold in every run, by name, and the figures of a run.
//
// The world tells what happens and what is true; the first violation is kept with its time.
// Threads: none of its own. Time: virtual ns since the start of the run.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/membership/membership.hpp"
#include "tools/sim/scenario.hpp"

namespace noodle::sim {

/// Names and what they say, in the order of the manual.
struct InvariantInfo {
  std::string_view name;
  std::string_view says;
};
const std::vector<InvariantInfo>& invariants();
bool is_invariant(std::string_view name);

struct Violation {
  std::string invariant;
  std::string what;
  std::int64_t at_ns = 0;
};

/// Of latencies.
struct Distribution {
  std::size_t count = 0;
  double p50_ms = 0, p99_ms = 0, max_ms = 0;
};
Distribution distribution(std::vector<std::int64_t> samples_ns);

/// What one node is, in truth.
struct Truth {
  bool running = false;     // its process is up
  bool stopped = false;     // it is up and stands still
  bool recovering = false;  // it stood still and has not heard yet what is thought of it
  bool left = false;        // it left in order
  bool slow = false;        // it gets a share of a processor only: suspected rightly, dead wrongly
  std::int64_t disturbed_until_ns = 0;
  std::int64_t down_since_ns = -1;
  std::uint64_t incarnation = 0;
  std::uint32_t dead_in_views = 0;  // nodes that hold this incarnation for dead
};

struct Figures {
  std::uint64_t events = 0, datagrams = 0, states = 0, datagram_bytes = 0;
  std::uint64_t suspicions = 0;    // of undisturbed nodes at full speed, by any node
  std::uint64_t deaths = 0;        // declared, by all nodes together
  std::uint64_t false_deaths = 0;  // of nodes that ran
  std::uint64_t rejoins = 0;       // nodes that heard that they had been declared dead
  std::uint64_t commits = 0, refused_commits = 0;
  std::uint64_t fenced_acts = 0, last_token = 0;  // of who held the lease
  Distribution detection;                         // of crashed nodes, by every other node
  Distribution first_detection;                   // by the first one
};

class Invariants {
 public:
  Invariants(const Scenario& scenario, std::vector<Truth>& truth);

  /// An undisturbed node: no fault that separates or stops it is active or has just ended.
  bool undisturbed(std::uint32_t node, std::int64_t now_ns) const;

  void went_down(std::uint32_t node, std::int64_t now_ns);
  void changed(std::uint32_t observer, const membership::MemberChanged& change, std::uint32_t subject,
               std::int64_t now_ns);
  void sent(std::uint32_t node, std::size_t datagram_bytes, std::size_t rumours_waiting, std::size_t known,
            std::int64_t now_ns);
  void commit(std::uint32_t node, bool allowed, std::int64_t now_ns);
  /// A node acts with the lease that all want, while `holders` others could.
  void acts(std::uint32_t node, std::uint64_t token, std::uint32_t holders, std::int64_t now_ns);
  void resumed(std::uint32_t node, const membership::Resumed& resumed);
  /// A node still believes after detect_within that `subject` lives.
  void undetected(std::uint32_t observer, std::uint32_t subject, std::int64_t now_ns);
  void end_view(std::uint32_t observer, std::uint32_t subject, bool seen_living, std::int64_t now_ns);
  void end(std::int64_t now_ns);

  const std::vector<Violation>& violations() const { return violations_; }
  Figures& figures() { return figures_; }

 private:
  bool on(std::string_view name) const;
  void violate(std::string_view name, std::string what, std::int64_t now_ns);

  const Scenario& scenario_;
  std::vector<Truth>& truth_;
  std::vector<Violation> violations_;  // the first ones
  Figures figures_;
  std::vector<std::int64_t> detections_, first_detections_;
  std::vector<bool> seen_down_;              // by node: somebody noticed
  std::vector<std::uint64_t> incarnations_;  // seen by observer of subject; small clusters only
  std::vector<std::uint64_t> bytes_by_third_{0, 0, 0};
  std::int64_t ended_ns_ = 0;
};

}  // namespace noodle::sim
