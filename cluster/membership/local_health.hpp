// Local health: how much this node trusts its own timers and its own network. Lifeguard, "Local health multiplier".
//
// 0 is healthy. Failed probes whose helpers were silent too, late timers and suspicions that it had to refute raise it;
// answered probes lower it. Timeouts are multiplied by it plus one.
// Threads: none of its own.
#pragma once

#include <algorithm>
#include <cstdint>

namespace noodle::membership {

class LocalHealth {
 public:
  explicit LocalHealth(std::uint32_t max) : max_(max) {}

  void worse(std::uint32_t by = 1) { score_ = std::min(max_, score_ + by); }
  void better() { score_ -= score_ > 0; }
  std::uint32_t score() const { return score_; }
  std::int64_t scale(std::int64_t timeout_ns) const { return timeout_ns * (score_ + 1); }

 private:
  std::uint32_t max_;
  std::uint32_t score_ = 0;
};

}  // namespace noodle::membership
