#include "runtime/swap/rollout.hpp"

namespace noodle::swap {

Step Rollout::enter(Phase phase, std::int64_t now_ns, Step step) {
  phase_ = phase;
  since_ns_ = now_ns;
  return step;
}

bool Rollout::goes_wrong(const Observation& seen) {
  if (options_.strict && seen.stayed != 0) {
    reason_ = std::to_string(seen.stayed) + " actors could not move, and --strict wants all";
  } else if (static_cast<double>(seen.failures) > options_.failure_share * static_cast<double>(seen.moved)) {
    reason_ = std::to_string(seen.failures) + " processes of the new version ended with an error, of " +
              std::to_string(seen.moved) + " that had moved";
  }
  return !reason_.empty();
}

Step Rollout::next(std::int64_t now_ns, const Observation& seen) {
  if (phase_ != Phase::done && goes_wrong(seen)) return enter(Phase::done, now_ns, Step::take_back);
  const bool late = now_ns - since_ns_ >= options_.patience_ns;
  const bool watched = now_ns - since_ns_ >= options_.watch_ns;
  switch (phase_) {
    case Phase::canary:
      if (seen.moved + seen.stayed >= seen.told || late) return enter(Phase::canary_watched, now_ns, Step::wait);
      return Step::wait;
    case Phase::canary_watched:
      return watched ? enter(Phase::all, now_ns, Step::move_all) : Step::wait;
    case Phase::all:
      if (seen.behind > seen.stayed && !late) return Step::wait;
      return enter(Phase::all_watched, now_ns,
                   seen.behind != 0 && late && options_.drain ? Step::kill_rest : Step::wait);
    case Phase::all_watched:
      return watched ? enter(Phase::done, now_ns, Step::done) : Step::wait;
    case Phase::done:
      break;
  }
  return Step::done;
}

}  // namespace noodle::swap
