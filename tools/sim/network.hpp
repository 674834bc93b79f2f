// Network: which message gets through, how often and how late, under the faults that are active.
//
// Threads: none of its own. Random: the one given, so a run can be repeated.
#pragma once

#include <cstdint>
#include <vector>

#include "cluster/random.hpp"
#include "tools/sim/scenario.hpp"

namespace noodle::sim {

class Network {
 public:
  Network(const NetworkSettings& settings, std::uint32_t nodes) : settings_(settings), nodes_(nodes) {}

  /// False when no message can get from `from` to `to` now.
  bool open(std::uint32_t from, std::uint32_t to) const;
  /// Whether a datagram is lost on the way.
  bool loses(std::uint32_t from, std::uint32_t to, Random& random) const;
  bool duplicates(Random& random) const { return random.chance(settings_.duplicate); }
  /// Of a datagram; a link's messages come in order and pay for lost packets with time.
  std::int64_t delay_ns(std::uint32_t from, std::uint32_t to, Random& random) const;
  std::int64_t link_delay_ns(std::uint32_t from, std::uint32_t to, Random& random) const;

  /// Starts and ends faults that concern paths; `nodes` are those of the fault.
  void begin(std::uint32_t id, const Fault& fault, const std::vector<std::uint32_t>& nodes);
  void end(std::uint32_t id);

 private:
  struct Rule {
    std::uint32_t id = 0;
    FaultKind kind{};
    double rate = 0;
    std::int64_t by_ns = 0;
    std::vector<std::uint32_t> group;  // by node: its side of a partition
    std::vector<bool> from, to;        // by node
  };

  NetworkSettings settings_;
  std::uint32_t nodes_;
  std::vector<Rule> rules_;
};

}  // namespace noodle::sim
