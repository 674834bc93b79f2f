#include "actors/core/roster.hpp"

#include <algorithm>

namespace noodle::actors {

namespace {

bool is_below(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return false;
  return prefix.empty() || path.size() == prefix.size() || path[prefix.size()] == '/';
}

}  // namespace

void Roster::add(const SeatPtr& seat) {
  const std::lock_guard lock(mutex_);
  seats_[seat->path()] = seat;
}

void Roster::Counts::add(const Health& health) {
  restarts += health.restarts;
  handled += health.handled;
  dead_letters += health.dead_letters;
}

void Roster::remove(const std::string& path) {
  std::map<std::string, SeatPtr>::node_type removed;  // its end may call others, so it comes behind the lock
  const std::lock_guard lock(mutex_);
  removed = seats_.extract(path);
  if (removed) removed_.add(removed.mapped()->health());
}

void Roster::bury(DeathCertificate certificate) {
  const std::lock_guard lock(mutex_);
  ++deaths_;
  certificates_.push_back(std::move(certificate));
  if (certificates_.size() > kMostCertificates) certificates_.pop_front();
}

SeatPtr Roster::find(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  const auto found = seats_.find(path);
  return found == seats_.end() ? nullptr : found->second;
}

std::vector<Health> Roster::health(std::string_view prefix) const {
  std::vector<SeatPtr> seats;
  {
    const std::lock_guard lock(mutex_);
    for (auto at = seats_.lower_bound(std::string(prefix)); at != seats_.end() && at->first.starts_with(prefix); ++at) {
      if (is_below(at->first, prefix)) seats.push_back(at->second);
    }
  }
  std::vector<Health> all;
  all.reserve(seats.size());
  for (const SeatPtr& seat : seats) all.push_back(seat->health());
  return all;
}

std::vector<DeathCertificate> Roster::certificates(std::string_view prefix) const {
  const std::lock_guard lock(mutex_);
  std::vector<DeathCertificate> found;
  for (auto at = certificates_.rbegin(); at != certificates_.rend(); ++at) {
    if (is_below(at->path, prefix)) found.push_back(*at);
  }
  return found;
}

std::uint64_t Roster::deaths() const {
  const std::lock_guard lock(mutex_);
  return deaths_;
}

void Roster::collect(Samples& out) const {
  Counts counts;
  std::uint64_t deaths = 0;
  {
    const std::lock_guard lock(mutex_);
    counts = removed_;
    deaths = deaths_;
  }
  std::map<SeatState, std::uint64_t> states;
  std::uint64_t waiting = 0, longest = 0;
  for (const Health& one : health()) {
    counts.add(one);
    ++states[one.state];
    waiting += one.waiting + one.held;
    longest = std::max(longest, one.waiting + one.held);
  }
  const auto count = [&out](const char* name, const char* help, std::uint64_t value) {
    out.counter(name, help).add(static_cast<double>(value));
  };
  auto supervised = out.gauge("noodle_actors_supervised", "Actors in the supervision tree, by state.");
  for (int state = 0; state < static_cast<int>(SeatState::gone); ++state) {
    supervised.add(static_cast<double>(states[SeatState(state)]), {{"state", name_of(SeatState(state))}});
  }
  count("noodle_actors_deaths_total", "Incarnations of supervised actors that have ended.", deaths);
  count("noodle_actors_restarts_total", "Incarnations that followed one that had ended.", counts.restarts);
  count("noodle_actors_messages_handled_total", "Messages that supervised actors have handled.", counts.handled);
  count("noodle_actors_dead_letters_total", "Messages for supervised actors that found nobody.", counts.dead_letters);
  out.gauge("noodle_actors_mailbox_messages", "Messages that wait for supervised actors, all together.")
      .add(static_cast<double>(waiting));
  out.gauge("noodle_actors_longest_mailbox_messages", "Messages that wait for the actor that most wait for.")
      .add(static_cast<double>(longest));
}

}  // namespace noodle::actors
