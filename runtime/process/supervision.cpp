#include "runtime/process/supervision.hpp"

#include <algorithm>

namespace noodle::process {

Supervision::Supervision(Options options, std::uint32_t children) : options_(options), children_(children) {}

void Supervision::renew(std::uint32_t index, std::int64_t now_ns) {
  Child& child = children_[index];
  if (child.state == State::absent) child.start_ns = now_ns;
  if (child.state != State::running) return;
  child.state = State::doomed;
  take_others_down(index);
}

/// Books a restart in the window; false when there were too many.
bool Supervision::note_restart(std::int64_t now_ns) {
  while (!restarts_.empty() && now_ns - restarts_.front() > options_.period_ns) restarts_.pop_front();
  restarts_.push_back(now_ns);
  return static_cast<std::int64_t>(restarts_.size()) <= options_.intensity;
}

void Supervision::end_for_good(Child& child) {
  child.state = State::gone;
  child.unreleased = true;
}

std::uint32_t Supervision::add() {
  children_.emplace_back();
  if (shutting_down_) end_for_good(children_.back());
  return static_cast<std::uint32_t>(children_.size() - 1);
}

void Supervision::remove(std::uint32_t index) {
  Child& child = children_[index];
  child.removed = true;
  if (child.state == State::running) child.state = State::doomed;
  if (child.state == State::absent) end_for_good(child);
}

/// The children that depend on this one stop, to be created again after it.
void Supervision::take_others_down(std::uint32_t child) {
  if (options_.strategy == Strategy::one_for_one) return;
  const std::uint32_t first = options_.strategy == Strategy::one_for_all ? 0 : child + 1;
  for (std::uint32_t i = first; i < children_.size(); ++i) {
    if (children_[i].state == State::running) children_[i].state = State::doomed;
  }
}

/// False: there is no quarantine, or there were too many.
bool Supervision::quarantine(std::uint32_t index, std::int64_t now_ns) {
  if (options_.quarantine_ns <= 0 || quarantined_ >= options_.quarantines) return false;
  ++quarantined_;
  restarts_.clear();
  Child& child = children_[index];
  child.state = State::absent;
  child.start_ns = now_ns + options_.quarantine_ns;
  child.unrested = true;
  take_others_down(index);
  return true;
}

void Supervision::restart(std::uint32_t child, std::int64_t now_ns, double chance) {
  if (!note_restart(now_ns)) {
    if (quarantine(child, now_ns)) return;
    gave_up_ = true;
    end_for_good(children_[child]);
    shut_down();
    return;
  }
  std::int64_t delay = options_.backoff_ns;
  for (std::size_t i = 1; i < restarts_.size() && delay < options_.backoff_limit_ns; ++i) delay *= 2;
  if (delay > 0) delay = std::min(delay, std::max(options_.backoff_ns, options_.backoff_limit_ns));
  delay -= static_cast<std::int64_t>(static_cast<double>(delay) * options_.jitter * chance);
  children_[child].state = State::absent;
  children_[child].start_ns = now_ns + delay;
  take_others_down(child);
}

void Supervision::ended(std::uint32_t index, bool abnormal, std::int64_t now_ns, double chance) {
  Child& child = children_[index];
  switch (child.state) {
    case State::running:
      if (shutting_down_) {
        end_for_good(child);
      } else if (child.restart == Restart::temporary || (child.restart == Restart::transient && !abnormal)) {
        end_for_good(child);
        if (child.significant) shut_down();
      } else {
        restart(index, now_ns, chance);
      }
      return;
    case State::doomed:
    case State::stopping:
      if (shutting_down_ || child.removed || child.restart == Restart::temporary) {
        end_for_good(child);
      } else {
        child.state = State::absent;
        child.start_ns = now_ns;
      }
      return;
    case State::absent:
    case State::gone:
      return;
  }
}

void Supervision::start_failed(std::uint32_t child, std::int64_t now_ns, double chance) {
  if (children_[child].state != State::running) return;
  if (announced_ && !shutting_down_) {
    restart(child, now_ns, chance);
    return;
  }
  failed_ = !announced_;
  end_for_good(children_[child]);
  shut_down();
}

void Supervision::shut_down() {
  shutting_down_ = true;
  for (Child& child : children_) {
    if (child.state == State::running) child.state = State::doomed;
    if (child.state == State::absent) end_for_good(child);
  }
}

Supervision::Effect Supervision::next(std::int64_t now_ns) {
  const auto count = static_cast<std::uint32_t>(children_.size());
  for (std::uint32_t i = count; i-- > 0;) {
    if (!children_[i].unreleased) continue;
    children_[i].unreleased = false;
    return {Action::release, i};
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!children_[i].unrested) continue;
    children_[i].unrested = false;
    return {Action::rest, i};
  }
  const auto is = [this](State state) {
    return std::any_of(children_.begin(), children_.end(),
                       [state](const Child& child) { return child.state == state; });
  };
  if (is(State::stopping)) return {};
  for (std::uint32_t i = count; i-- > 0;) {
    if (children_[i].state != State::doomed) continue;
    children_[i].state = State::stopping;
    return {Action::stop, i};
  }
  if (shutting_down_) {
    if (finished_) return {};
    finished_ = true;
    return {Action::finish, 0};
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    if (children_[i].state != State::absent) continue;
    if (children_[i].start_ns > now_ns) {
      if (options_.strategy == Strategy::one_for_one) continue;
      return {};
    }
    children_[i].state = State::running;
    return {Action::start, i};
  }
  if (announced_ || is(State::absent)) return {};
  announced_ = true;
  return {Action::ready, 0};
}

std::int64_t Supervision::next_due_ns() const {
  std::int64_t due = INT64_MAX;
  for (const Child& child : children_) {
    if (child.state == State::absent) due = std::min(due, child.start_ns);
  }
  return due;
}

}  // namespace noodle::process
