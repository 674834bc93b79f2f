// Scenario: what a simulation does, read from a TOML file: the cluster, its network, faults over time, and what must
// hold.
//
// tools/sim runs whole clusters of pure cores in virtual time. The same scenario and seed give the same run, to the
// last event. Read: scenario, network, world, invariants. Threads: values. Limits: kMax... below. Errors: 6140 that
// names file and key; 7001, 7002 from reading a file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"

namespace noodle::sim {

inline constexpr std::uint32_t kMaxNodes = 10'000;
inline constexpr std::size_t kMaxFaults = 1'000;
inline constexpr std::int64_t kMaxDurationNs = 24LL * 3600 * 1'000'000'000;

enum class FaultKind : std::uint8_t {
  partition,   // `groups` cannot reach each other; nodes in no group form one more
  isolate,     // `nodes` reach only `except`
  cut,         // no datagram and no link between `from` and `to`
  one_way,     // nothing gets from `from` to `to`; the other direction works
  pause,       // the processes of `nodes` stand still
  crash,       // they end; the machine answers with refusals
  power_off,   // the machines are gone, silently
  restart,     // they end, and start again at once with a higher incarnation
  join,        // nodes that were not started, or had ended, start
  leave,       // they leave in order and end
  slow,        // they run only a share `duty` of each `period`
  clog,        // messages from and to `nodes` are held back until the end
  swizzle,     // `pick` nodes are clogged one after another and released in another order
  clock_step,  // their wall clocks move `by`
  loss,        // datagrams of `nodes` (all when empty) get lost at `rate`
  latency,     // messages of `nodes` (all when empty) take `by` longer
  drain        // they take no work any more
};

struct Fault {
  FaultKind kind{};
  std::int64_t at_ns = 0;
  std::int64_t for_ns = 0;    // 0: for good
  std::int64_t every_ns = 0;  // repeated
  std::uint32_t times = 1;
  std::vector<std::uint32_t> nodes, from, to, except;
  std::vector<std::vector<std::uint32_t>> groups;
  std::uint32_t pick = 0;  // instead of `nodes`: so many, drawn anew each time
  double rate = 0;
  double duty = 1;
  std::int64_t period_ns = 1'000'000'000;
  std::int64_t by_ns = 0;
  /// Deaths that it brings about are true ones. By default for what separates or stops nodes.
  bool disturbs = false;
};

struct NetworkSettings {
  std::int64_t latency_ns = 500'000;
  std::int64_t jitter_ns = 500'000;
  double loss = 0;
  double duplicate = 0;
  double reorder = 0;  // share of datagrams held back by up to ten latencies
};

struct Scenario {
  std::string name;
  std::uint32_t nodes = 3;    // there are so many
  std::uint32_t started = 0;  // of which so many run from the start; 0: all
  std::uint64_t seed = 1;
  std::string profile = "lan";
  std::int64_t duration_ns = 60'000'000'000;
  bool wire = false;         // every message is encoded and decoded
  bool formed = false;       // nodes know each other from the start, instead of joining by the first one
  std::uint32_t labels = 0;  // labels of each node
  bool leases = false;       // node 0 keeps a lease that all others want
  NetworkSettings network;
  std::vector<Fault> faults;
  std::vector<std::string> invariants;
  std::int64_t detect_within_ns = 0;  // detected_in_time
  std::int64_t settle_ns = 10'000'000'000;
  double max_suspicions_per_minute = 0;  // suspicions_bounded: of undisturbed nodes, per node
};

std::string_view to_string(FaultKind kind);
/// "1.5s", "200ms", "5m", "1h"; nothing when it is none.
std::optional<std::int64_t> parse_duration_ns(std::string_view text);

/// `file` is for messages.
Result<Scenario> parse_scenario(std::string_view text, const std::string& file);
Result<Scenario> read_scenario(const std::string& path);

}  // namespace noodle::sim
