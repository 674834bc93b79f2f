// Lease claim: one holder's side of a lease. A pure core.
//
// It asks for the lease, and renews it at a third of its duration. What it has counts from when it was asked for, and
// ends kMarginShare of the duration early, so it has ended here before the keeping node gives it to anybody else, as
// long as no clock runs that much faster than the other. A holder that stood still finds it ended by its own clock.
// Threads: none of its own. Time: monotonic ns of the holder's node.
#pragma once

#include <cstdint>
#include <optional>

namespace noodle::lease {

class LeaseClaim {
 public:
  static constexpr std::int64_t kMarginShare = 10;            // a tenth
  static constexpr std::int64_t kRetryNs = 500'000'000;       // while another has it, or nobody answers
  static constexpr std::int64_t kPatienceNs = 1'000'000'000;  // for one answer

  struct Ask {
    std::uint64_t attempt = 0;
    std::uint64_t token = 0;  // 0: it has none
  };

  /// What to ask now, if anything.
  std::optional<Ask> tick(std::int64_t now_ns);
  /// When tick() is to be called, at the latest.
  std::int64_t next_ns() const;
  /// The answer to an attempt.
  void granted(std::uint64_t attempt, std::uint64_t token, std::int64_t duration_ns, std::int64_t now_ns);
  /// `lost`: what it had is another's by now.
  void refused(std::uint64_t attempt, bool lost, std::int64_t now_ns);

  /// The token with which the holder may act at this moment.
  std::optional<std::uint64_t> token(std::int64_t now_ns) const;
  /// The last one it had, for a release.
  std::uint64_t last_token() const { return token_; }

 private:
  std::uint64_t attempt_ = 0;
  bool waiting_ = false;       // for the answer to it
  std::int64_t asked_ns_ = 0;  // when it began
  std::int64_t next_ask_ns_ = INT64_MIN;
  std::uint64_t token_ = 0;
  std::int64_t until_ns_ = 0;
};

}  // namespace noodle::lease
