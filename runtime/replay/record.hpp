// Runs a program and records the run.
//
// Threads: call from any thread; blocks. The run has one worker.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "runtime/replay/recording.hpp"
#include "runtime/run/run_program.hpp"

namespace noodle::replay {

struct Recorded {
  process::RunResult result;
  std::uint64_t bytes = 0;       // of the recording
  std::optional<Error> problem;  // the recording is of no use or ends early; the run is not concerned
};

/// Runs a function of the program as main. RunOptions::workers and driver do not count.
Recorded record(std::shared_ptr<const vm::Program> program, std::uint32_t function, std::vector<std::string> arguments,
                const process::RunOptions& options, std::ostream& out);

}  // namespace noodle::replay
