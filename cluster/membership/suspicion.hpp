// Suspicion: one member under accusation: who accuses it, on what evidence, and until when it may refute.
//
// Lifeguard, "Dynamic suspicion timeouts": each independent confirmation shortens it. Two refused connections from
// different places shorten it further: the machine answers for the process that is gone.
// Threads: none of its own. Limits: kMaxAccusers are kept. Time: monotonic nanoseconds of the caller.
#pragma once

#include <cstdint>
#include <vector>

#include "cluster/membership/member.hpp"
#include "cluster/membership/settings.hpp"

namespace noodle::membership {

class Suspicion {
 public:
  /// `members`: living ones including the suspect and this node. `needed`: accusers that corroborate (see
  /// membership.hpp).
  Suspicion(std::int64_t now_ns, std::size_t members, std::size_t needed)
      : started_ns_(now_ns), members_(members), needed_(needed) {}

  /// False when it says nothing new.
  bool accuse(NodeId accuser, Evidence evidence);
  /// The time in which the owner of this object could not run does not count against the suspect.
  void postpone(std::int64_t by_ns) { started_ns_ += by_ns; }

  std::int64_t deadline_ns(const Settings& settings) const;
  /// Those with a refused connection first.
  const std::vector<NodeId>& accusers() const { return accusers_; }
  std::uint8_t refusals() const { return static_cast<std::uint8_t>(refusals_); }
  Evidence evidence() const { return refusals_ >= needed_ ? Evidence::refused : Evidence::silence; }
  bool corroborated() const { return accusers_.size() >= needed_; }
  std::int64_t started_ns() const { return started_ns_; }

 private:
  std::int64_t started_ns_;
  std::size_t members_;
  std::size_t needed_;
  std::vector<NodeId> accusers_;
  std::size_t refusals_ = 0;
};

}  // namespace noodle::membership
