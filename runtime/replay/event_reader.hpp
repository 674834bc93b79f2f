// Reads a recording block by block. Nothing in it is trusted: sizes are bounded, checksums compared, numbers checked.
//
// Threads: one. Memory: one block. Errors: 1560 to 1563.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/replay/recording.hpp"

namespace noodle::replay {

/// One event; which of the fields mean something its kind says.
struct Event {
  EventKind kind{};
  std::uint64_t turns = 0;   // of the drive since the event before
  std::uint64_t number = 0;  // in the recording, from 1
  std::int64_t now_ns = 0;
  std::uint32_t import = 0;   // of the program
  std::uint32_t process = 0;  // its place in the table
  std::string_view bytes;     // until the next read
  Order order;
  Ending ending;
};

class EventReader {
 public:
  explicit EventReader(std::istream& in) : in_(in) {}

  /// Before all events. Errors 1560, 1561, 1562, 1563.
  Result<Beginning> begin();
  /// The next event, the same until drop(); null: there is none, see problem().
  const Event* peek();
  void drop() { current_ = false; }
  /// Why there is no further event: damaged (1562), or cut off (1563); nothing after the end of the run.
  const std::optional<Error>& problem() const { return problem_; }

 private:
  bool read_block();
  bool read_event();
  bool read_fields();
  bool take_totals();
  bool damaged(std::string_view what);
  bool cut_off();

  std::istream& in_;
  std::string block_;
  std::string_view rest_;
  Event event_;
  bool current_ = false;
  bool ended_ = false;
  std::uint32_t blocks_ = 0;
  std::int64_t monotonic_ns_ = 0, wall_ns_ = 0;
  std::optional<Error> problem_;
};

}  // namespace noodle::replay
