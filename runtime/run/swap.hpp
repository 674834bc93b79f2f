// A hot swap from its beginning to its end: publishes a version, moves the processes, watches them, takes it back.
//
// Threads: blocks the calling thread, which is no worker. One swap of a run at a time (the caller sees to it).
// Errors: 1550 (the plan breaks something and `force` is off), 1516.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/process/system.hpp"
#include "runtime/swap/rollout.hpp"

namespace noodle::process {

struct SwapOptions {
  swap::RolloutOptions rollout;
  bool force = false;   // in spite of breaking changes
  bool newborn = true;  // also what processes of other programs spawn from now on
};

struct SwapReport {
  std::vector<swap::Change> changes;
  std::uint64_t number = 0;  // of the version
  std::uint64_t moved = 0, stayed = 0, behind = 0, failures = 0, killed = 0;
  std::vector<std::pair<Pid, Error>> stays;  // the first that could not move
  std::string taken_back;                    // why; empty: the version holds
  std::int64_t elapsed_ns = 0;               // until the last one had moved
};

Result<SwapReport> swap_program(System& system, Run& run, std::shared_ptr<const vm::Program> program,
                                const SwapOptions& options);
/// The same for a program that the run keeps already.
Result<SwapReport> swap_program(System& system, Run& run, std::shared_ptr<const LoadedProgram> program,
                                const SwapOptions& options);

}  // namespace noodle::process
