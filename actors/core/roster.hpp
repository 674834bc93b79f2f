// The roster of a node: all its seats, and the death certificates of the incarnations that ended last.
//
// Threads: any. Limits: kMostCertificates are kept. Time: health() of 10 000 seats takes a few milliseconds.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "actors/core/seat.hpp"
#include "runtime/base/metrics/metrics.hpp"

namespace noodle::actors {

class Roster {
 public:
  static constexpr std::size_t kMostCertificates = 1000;

  void add(const SeatPtr& seat);
  void remove(const std::string& path);
  void bury(DeathCertificate certificate);

  SeatPtr find(const std::string& path) const;
  /// Of the seats whose path is `prefix` or lies below it ("": all), in order of their paths.
  std::vector<Health> health(std::string_view prefix = {}) const;
  /// Newest first, of the same seats.
  std::vector<DeathCertificate> certificates(std::string_view prefix = {}) const;
  std::uint64_t deaths() const;
  /// noodle_actors_*. Time: as health().
  void collect(Samples& out) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, SeatPtr> seats_;
  std::deque<DeathCertificate> certificates_;  // newest last
  std::uint64_t deaths_ = 0;
  struct Counts {
    std::uint64_t restarts = 0, handled = 0, dead_letters = 0;
    void add(const Health& health);
  } removed_;  // of seats that are no more
};

}  // namespace noodle::actors
