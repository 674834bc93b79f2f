// Node watch: what `noodle up` does with one node process. Pure: events in, actions out; Supervision decides about
// restarts and their back-off.
//
// Threads: one. Time: nanoseconds of any monotonic clock, given with every event.
#pragma once

#include <cstdint>
#include <optional>

#include "runtime/process/supervision.hpp"

namespace noodle::up {

inline constexpr std::int64_t kReadyLimitNs = 60'000'000'000;  // from the start to the ready line
inline constexpr std::int64_t kStopLimitNs = 20'000'000'000;   // from SIGTERM to SIGKILL: above node.stop_limit

/// Restarts of a node that fails: soon, then slower, and every half minute when it fails again and again.
process::Supervision::Options restart_policy();

class NodeWatch {
 public:
  enum class State : std::uint8_t {
    waiting,  // to be started, now or when it is due
    starting,
    ready,
    stopping,
    stopped,  // for good
    left      // it was told to leave the cluster; until restart()
  };
  enum class Action : std::uint8_t { none, start, terminate, kill };

  explicit NodeWatch(const process::Supervision::Options& policy = restart_policy());

  void became_ready(std::int64_t now_ns);
  /// The process has ended. `chance`: of [0, 1), for the jitter of the back-off.
  void ended(std::int64_t now_ns, double chance);
  /// The process has ended because the node was told to leave the cluster, by somebody else than this watch.
  void left(std::int64_t now_ns);
  void restart(std::int64_t now_ns);
  void stop(std::int64_t now_ns);

  /// What is to be done now; ask until none. start: the process is taken to exist from then on.
  Action next(std::int64_t now_ns);
  /// When next() has to be asked again; INT64_MAX: at the next event.
  std::int64_t due_ns() const;

  State state() const { return state_; }
  /// stop() was called.
  bool is_ending() const { return wish_ == Wish::end; }
  std::int64_t since_ns() const { return since_ns_; }

 private:
  enum class Wish : std::uint8_t { run, again, end };
  void enter(State state, std::int64_t now_ns);
  bool is_alive() const { return state_ == State::starting || state_ == State::ready || state_ == State::stopping; }
  void revive();

  process::Supervision::Options policy_;
  std::optional<process::Supervision> supervision_;
  State state_ = State::waiting;
  Wish wish_ = Wish::run;
  bool told_ = false;    // SIGTERM was sent
  bool killed_ = false;  // SIGKILL was sent
  std::int64_t since_ns_ = 0;
};

const char* name_of(NodeWatch::State state);

}  // namespace noodle::up
