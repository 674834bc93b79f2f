// Writes a recording: events into blocks, blocks to a stream.
//
// A block goes out when it is large, when it is a second old, and when the run waits, so that little is lost with the
// machine. Errors of the stream end the writing, not the run (failed()).
// Threads: one.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "runtime/replay/recording.hpp"

namespace noodle::replay {

class EventWriter {
 public:
  explicit EventWriter(std::ostream& out) : out_(out) {}

  /// The first block; events that were met before it come after it.
  void begin(std::string_view beginning);
  /// The drive begins another turn.
  void next_turn() { ++turns_; }

  void monotonic(std::int64_t now_ns);
  void wall(std::int64_t now_ns);
  void answer(std::uint32_t import, std::uint32_t process, std::string_view bytes);
  void order(const Order& order);
  void check(const Totals& totals);
  void end(const Ending& ending);

  /// Hands everything to the stream.
  void flush();
  bool failed() const { return failed_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  void event(EventKind kind);
  void write_block(std::string_view payload);

  std::ostream& out_;
  std::string events_;
  std::uint64_t turns_ = 0;  // since the last event
  std::int64_t monotonic_ns_ = 0, wall_ns_ = 0, flushed_ns_ = 0;
  std::uint32_t blocks_ = 0;
  std::uint64_t bytes_ = 0;
  bool failed_ = false;
};

}  // namespace noodle::replay
