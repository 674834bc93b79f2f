// Settings of the membership protocol, the three profiles, and the formulas that depend on the size of the cluster.
//
// Threads: values; all functions are pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "messages/error.hpp"

namespace noodle::membership {

struct Settings {
  /// One member is probed per interval. Shorter: crashes are found sooner, more datagrams.
  std::int64_t probe_interval_ns = 200'000'000;
  /// A direct probe unanswered for so long is repeated through others; they get the same time again.
  std::int64_t probe_timeout_ns = 100'000'000;
  /// How many members are asked to probe in our place.
  std::uint32_t indirect_probes = 3;
  /// The least time a suspect has to refute. Longer: slow nodes survive longer stalls, hangs are found later.
  std::int64_t suspicion_min_ns = 1'500'000'000;
  /// Without confirmations by others a suspicion lasts so many times the least time.
  double suspicion_max_factor = 3;
  /// Independent confirmations that bring a suspicion down to its least time.
  std::uint32_t confirmations = 3;
  /// A refused connection is accepted after so long when nobody confirms it; at once when another node does.
  std::int64_t refused_grace_ns = 300'000'000;
  /// While there is news, it goes to `gossip_fanout` random members per interval.
  std::int64_t gossip_interval_ns = 40'000'000;
  std::uint32_t gossip_fanout = 3;
  /// A piece of news is sent retransmit_factor * ceil(log10(members + 1)) times by each node.
  std::uint32_t retransmit_factor = 3;
  /// Digests are compared with one random member per interval; only different ones cost a full state.
  std::int64_t sync_interval_ns = 10'000'000'000;
  /// A dead member is called on again, so that a healed partition merges by itself.
  std::int64_t reconnect_interval_ns = 2'000'000'000;
  /// Who refutes is given longer to answer: up to max_patience times more; it is taken back by one per interval.
  std::uint32_t max_patience = 8;
  std::int64_t patience_interval_ns = 30'000'000'000;
  /// Dead members are forgotten after this, left ones after `left_retention_ns`.
  std::int64_t dead_retention_ns = 3'600'000'000'000;
  std::int64_t left_retention_ns = 60'000'000'000;
  /// A timer later than this tells of a starved or paused process.
  std::int64_t late_timer_ns = 50'000'000;
  /// Own health runs from 0 to this; timeouts grow by one time themselves per point.
  std::uint32_t max_local_health = 8;
  /// Accusations of one member that count before some were proven right or time has passed.
  std::uint32_t accusation_budget = 6;
  std::int64_t accusation_refill_ns = 10'000'000'000;
  /// Most members known, dead ones and left ones included.
  std::size_t max_members = 20'000;
};

/// lan: one site. wan: several sites, 200 ms round trips. local: all on one machine.
Settings lan_settings();
Settings wan_settings();
Settings local_settings();
/// By name; error 6106.
Result<Settings> settings_of_profile(std::string_view name);

/// Relations that have to hold between settings; error 6106 names the pair.
Result<void> check_settings(const Settings& settings);

/// How often each node sends a piece of news. `members` counts the node itself.
std::uint32_t retransmit_limit(std::uint32_t factor, std::size_t members);

/// Confirmations that can be expected: nobody but other living members can confirm.
std::uint32_t expected_confirmations(std::uint32_t wanted, std::size_t members);

/// Lifeguard's dynamic timeout: max - (max - min) * log(confirmations + 1) / log(expected + 1), not below min.
std::int64_t suspicion_timeout_ns(std::int64_t min_ns, std::int64_t max_ns, std::uint32_t confirmations,
                                  std::uint32_t expected);

}  // namespace noodle::membership
