#include "cluster/membership/suspicion.hpp"

#include <algorithm>
#include <cmath>

namespace noodle::membership {

bool Suspicion::accuse(NodeId accuser, Evidence evidence) {
  const bool refused = evidence == Evidence::refused;
  const auto refused_end = accusers_.begin() + static_cast<std::ptrdiff_t>(refusals_);
  const auto found = std::find(accusers_.begin(), accusers_.end(), accuser);
  if (found != accusers_.end()) {
    if (!refused || found < refused_end) return false;
    std::iter_swap(refused_end, found);
    ++refusals_;
    return true;
  }
  if (accusers_.size() == kMaxAccusers) return false;
  accusers_.push_back(accuser);
  if (refused) std::swap(accusers_[refusals_++], accusers_.back());
  return true;
}

std::int64_t Suspicion::deadline_ns(const Settings& settings) const {
  const auto max_ns =
      static_cast<std::int64_t>(static_cast<double>(settings.suspicion_min_ns) * settings.suspicion_max_factor);
  const auto confirmations = static_cast<std::uint32_t>(accusers_.empty() ? 0 : accusers_.size() - 1);
  const std::uint32_t expected = expected_confirmations(settings.confirmations, members_);
  std::int64_t timeout = suspicion_timeout_ns(settings.suspicion_min_ns, max_ns, confirmations, expected);
  if (refusals_ >= needed_) {
    // News has to reach the suspect and its answer has to come back: the number of rounds grows with the logarithm.
    const double rounds = std::max(1.0, std::log10(static_cast<double>(members_)));
    timeout = std::min(timeout, static_cast<std::int64_t>(static_cast<double>(settings.refused_grace_ns) * rounds));
  }
  return started_ns_ + timeout;
}

}  // namespace noodle::membership
