#include "cluster/transport/pacer.hpp"

#include <algorithm>

namespace noodle::transport {
namespace {

constexpr std::int64_t kLeastTargetNs = 150'000;         // to wait in queues
constexpr std::int64_t kBaseHistoryNs = 60'000'000'000;  // then a slower path may be the fastest there is

}  // namespace

void Pacer::sent(std::uint64_t bytes, std::int64_t now_ns) {
  on_way_ += bytes;
  sent_ += bytes;
  pieces_.push_back({sent_, now_ns});
}

void Pacer::note_base(std::int64_t delay_ns, std::int64_t now_ns) {
  if (now_ns - base_since_ns_ > kBaseHistoryNs) {
    earlier_base_ns_ = base_ns_;
    base_ns_ = INT64_MAX;
    base_since_ns_ = now_ns;
  }
  base_ns_ = std::min(base_ns_, delay_ns);
}

void Pacer::credited(std::uint64_t bytes, bool paced, std::int64_t now_ns) {
  const bool was_full = 2 * on_way_ >= window_;
  on_way_ -= std::min(bytes, on_way_);
  credited_ += bytes;
  std::int64_t delay_ns = -1;
  for (; !pieces_.empty() && pieces_.front().end <= credited_; pieces_.pop_front()) {
    delay_ns = now_ns - pieces_.front().at_ns;
    note_base(delay_ns, now_ns);
  }
  if (delay_ns < 0 || !paced) return;
  const std::int64_t base_ns = std::min(base_ns_, earlier_base_ns_);
  const auto target_ns = static_cast<double>(std::max(kLeastTargetNs, base_ns / 2));
  const double off = std::clamp(1 - static_cast<double>(delay_ns - base_ns) / target_ns, -1.0, 1.0);
  if (off > 0 && !was_full) return;
  starting_ = starting_ && off > 0;
  // At first it doubles with each round trip, later it moves by less than a piece.
  const double gain = starting_ ? 1 : static_cast<double>(kLeast) / 2 / static_cast<double>(window_);
  const double window = static_cast<double>(window_) + off * gain * static_cast<double>(bytes);
  window_ = static_cast<std::uint64_t>(std::clamp(window, static_cast<double>(kLeast), static_cast<double>(kMost)));
}

}  // namespace noodle::transport
