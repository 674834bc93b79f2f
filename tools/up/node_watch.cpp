#include "tools/up/node_watch.hpp"

#include <limits>

namespace noodle::up {

using process::Supervision;

Supervision::Options restart_policy() {
  Supervision::Options options;
  options.intensity = 8;
  options.period_ns = 60'000'000'000;
  options.backoff_ns = 100'000'000;
  options.backoff_limit_ns = 5'000'000'000;
  options.jitter = 0.2;
  options.quarantine_ns = 30'000'000'000;
  options.quarantines = std::numeric_limits<std::uint32_t>::max();
  return options;
}

NodeWatch::NodeWatch(const Supervision::Options& policy) : policy_(policy) {
  revive();
}

/// Forgets what failed before.
void NodeWatch::revive() {
  supervision_.emplace(policy_, 1);
  wish_ = Wish::run;
}

void NodeWatch::enter(State state, std::int64_t now_ns) {
  state_ = state;
  since_ns_ = now_ns;
}

void NodeWatch::became_ready(std::int64_t now_ns) {
  if (state_ == State::starting) enter(State::ready, now_ns);
}

void NodeWatch::ended(std::int64_t now_ns, double chance) {
  if (!is_alive()) return;
  told_ = killed_ = false;
  switch (wish_) {
    case Wish::run:
      supervision_->ended(0, true, now_ns, chance);
      break;
    case Wish::again:
      revive();
      break;
    case Wish::end:
      enter(State::stopped, now_ns);
      return;
  }
  enter(State::waiting, now_ns);
}

void NodeWatch::left(std::int64_t now_ns) {
  if (wish_ != Wish::run) return ended(now_ns, 0);
  if (!is_alive()) return;
  told_ = killed_ = false;
  enter(State::left, now_ns);
}

void NodeWatch::restart(std::int64_t now_ns) {
  if (wish_ == Wish::end) return;
  if (!is_alive()) {
    revive();
    if (state_ == State::left) enter(State::waiting, now_ns);
    return;
  }
  wish_ = Wish::again;
  if (state_ != State::stopping) enter(State::stopping, now_ns);
}

void NodeWatch::stop(std::int64_t now_ns) {
  if (wish_ == Wish::end) return;
  wish_ = Wish::end;
  if (!is_alive()) {
    enter(State::stopped, now_ns);
  } else if (state_ != State::stopping) {
    enter(State::stopping, now_ns);
  }
}

NodeWatch::Action NodeWatch::next(std::int64_t now_ns) {
  switch (state_) {
    case State::waiting:
      for (;;) {
        const Supervision::Effect effect = supervision_->next(now_ns);
        if (effect.action == Supervision::Action::none) return Action::none;
        if (effect.action != Supervision::Action::start) continue;
        enter(State::starting, now_ns);
        return Action::start;
      }
    case State::starting:
      if (killed_ || now_ns < since_ns_ + kReadyLimitNs) return Action::none;
      killed_ = true;
      return Action::kill;
    case State::stopping:
      if (!told_) {
        told_ = true;
        return Action::terminate;
      }
      if (killed_ || now_ns < since_ns_ + kStopLimitNs) return Action::none;
      killed_ = true;
      return Action::kill;
    case State::ready:
    case State::stopped:
    case State::left:
      break;
  }
  return Action::none;
}

std::int64_t NodeWatch::due_ns() const {
  if (state_ == State::waiting) return supervision_->next_due_ns();
  if (state_ == State::starting && !killed_) return since_ns_ + kReadyLimitNs;
  if (state_ == State::stopping && !killed_) return told_ ? since_ns_ + kStopLimitNs : since_ns_;
  return std::numeric_limits<std::int64_t>::max();
}

const char* name_of(NodeWatch::State state) {
  static constexpr const char* kNames[] = {"waiting", "starting", "ready", "stopping", "stopped", "left"};
  return kNames[static_cast<std::size_t>(state)];
}

}  // namespace noodle::up
