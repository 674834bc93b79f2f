// How a swap goes: a share of the processes first, watched for crashes, then the rest; back again when it goes wrong.
//
// A state machine without time or threads of its own: next() is told what is the case and answers what to do.
// Times: monotonic nanoseconds.
#pragma once

#include <cstdint>
#include <string>

namespace noodle::swap {

struct RolloutOptions {
  double canary = 1;            // share of the actors that move first, 0-1; 1: all at once
  std::int64_t watch_ns = 0;    // how long a share is watched when it has moved, and all of them at the end
  double failure_share = 0.05;  // taken back when more of the moved processes end with an error
  bool strict = false;          // taken back when one actor cannot move
  std::int64_t patience_ns = 5'000'000'000;  // actors that come to no message boundary are waited for so long
  bool drain = false;                        // and then killed
};

/// What is the case, about the version published last.
struct Observation {
  std::uint64_t told = 0;      // actors told to move, in this phase
  std::uint64_t moved = 0;     // are on it
  std::uint64_t stayed = 0;    // could not move
  std::uint64_t behind = 0;    // actors not on it, `stayed` among them
  std::uint64_t failures = 0;  // processes on it that ended with an error
};

enum class Step : std::uint8_t {
  wait,
  move_all,   // the share has held: tell the rest, and newborn processes
  take_back,  // publish the version before
  kill_rest,  // end the actors that are still behind
  done
};

class Rollout {
 public:
  Rollout(RolloutOptions options, std::int64_t now_ns)
      : options_(options), phase_(options.canary < 1 ? Phase::canary : Phase::all), since_ns_(now_ns) {}

  Step next(std::int64_t now_ns, const Observation& seen);
  /// Why it was taken back; empty: it was not.
  const std::string& reason() const { return reason_; }

 private:
  enum class Phase : std::uint8_t { canary, canary_watched, all, all_watched, done };
  Step enter(Phase phase, std::int64_t now_ns, Step step);
  bool goes_wrong(const Observation& seen);

  RolloutOptions options_;
  Phase phase_;
  std::int64_t since_ns_;  // when the phase began
  std::string reason_;
};

}  // namespace noodle::swap
