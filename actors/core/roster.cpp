#include "actors/core/roster.hpp"

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

void Roster::remove(const std::string& path) {
  std::map<std::string, SeatPtr>::node_type removed;  // its end may call others, so it comes behind the lock
  const std::lock_guard lock(mutex_);
  removed = seats_.extract(path);
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

}  // namespace noodle::actors
