// Pacer: how much of the bulk lane may be on its way while others use the link too.
//
// As much as keeps the link busy, and little more: what is on its way fills the buffers of sockets, and whatever comes
// after it waits behind it. The window grows while pieces come back (as credit) about as fast as the fastest of late,
// and shrinks when they take longer: S. Shalunov et al., "Low Extra Delay Background Transport", RFC 6817.
// Threads: values. Time: of any monotonic clock.
#pragma once

#include <cstdint>
#include <deque>

namespace noodle::transport {

class Pacer {
 public:
  static constexpr std::uint64_t kLeast = 64 * 1024, kMost = 8 * 1024 * 1024;

  bool may_send(std::uint64_t bytes) const { return on_way_ == 0 || on_way_ + bytes <= window_; }
  void sent(std::uint64_t bytes, std::int64_t now_ns);
  /// The receiver has read so much of it. `paced`: may_send() was heeded meanwhile.
  void credited(std::uint64_t bytes, bool paced, std::int64_t now_ns);
  std::uint64_t window() const { return window_; }

 private:
  struct Piece {
    std::uint64_t end = 0;  // in all that was sent
    std::int64_t at_ns = 0;
  };
  void note_base(std::int64_t delay_ns, std::int64_t now_ns);

  std::deque<Piece> pieces_;  // at most the window of the lane
  std::uint64_t window_ = 2 * kLeast, on_way_ = 0, sent_ = 0, credited_ = 0;
  bool starting_ = true;
  std::int64_t base_ns_ = INT64_MAX, earlier_base_ns_ = INT64_MAX, base_since_ns_ = 0;
};

}  // namespace noodle::transport
