// Replays a recording: the same run again, compared with the recorded one as it goes.
//
// Threads: call from any thread; blocks. Nothing outside is asked or changed, and nothing waits: a recorded hour of
// sleep takes no time. Errors: 1560 to 1564, 7020.
#pragma once

#include <functional>
#include <istream>
#include <optional>
#include <string_view>

#include "runtime/replay/recording.hpp"
#include "runtime/replay/stepper.hpp"
#include "runtime/replay/until.hpp"
#include "runtime/run/run_program.hpp"

namespace noodle::replay {

struct ReplayOptions {
  jit::Mode jit = jit::Mode::on;
  std::uint64_t vm_memory_bytes = 0;             // at most so much; 0: 75 % of the machine
  std::function<void(std::string_view)> output;  // as in RunOptions
  std::function<void(const process::Exit&)> on_uncaught;
  std::string until;  // a line (until.hpp): the replay is interpreted, and tells when it comes there
  std::function<bool(const Reached&)> on_until;  // false ends the replay
  std::function<bool(const Step&)> on_step;      // null: not told; false ends the replay. One such replay at a time
};

struct Replayed {
  std::optional<process::RunResult> result;  // none: it did not come to its end
  std::optional<Error> problem;              // why; nothing when on_step ended it
};

Replayed replay(std::istream& in, const ReplayOptions& options);

}  // namespace noodle::replay
