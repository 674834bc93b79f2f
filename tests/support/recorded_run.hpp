// Records runs of programs in tests and replays them, with everything that can be seen of a run.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <sstream>
#include <string>

#include "runtime/replay/record.hpp"
#include "runtime/replay/replay.hpp"
#include "tests/support/run_source.hpp"

namespace noodle::test {

/// What a run shows: its output, how processes ended, its own end.
inline std::string shown(const std::string& seen, const process::RunResult& result) {
  const process::SystemStats& sums = result.statistics;
  return seen + "exit code " + std::to_string(result.exit_code) + ", error " + std::to_string(result.error_code) +
         ": " + result.error_message + "\n" + result.error_trace + "\nfuel " + std::to_string(sums.fuel) +
         ", messages " + std::to_string(sums.messages) + ", slices " + std::to_string(sums.slices) + ", spawned " +
         std::to_string(sums.spawned) + ", failed " + std::to_string(sums.failed) + ", dead letters " +
         std::to_string(sums.dead_letters) + "\n";
}

inline std::string text_of(const process::Exit& exit) {
  return "process " + std::to_string(exit.pid) + ": " + std::to_string(exit.code) + " " + exit.message + "\n" +
         exit.trace + "\n";
}

struct RecordedRun {
  std::string shown;
  std::string recording;
};

/// A run with further options set by `adjust`.
template <class Adjust>
RecordedRun record_run(const std::shared_ptr<const vm::Program>& program, const RunMode& mode, Adjust adjust) {
  std::string seen;
  process::RunOptions options;
  options.jit = mode.jit;
  options.slice_fuel = static_cast<std::int64_t>(mode.slice_fuel);
  options.grants = mode.grants;
  options.output = [&seen](std::string_view text) { seen += text; };
  options.on_uncaught = [&seen](const process::Exit& exit) { seen += text_of(exit); };
  options.time_limit_ms = 120'000;
  adjust(options);
  std::ostringstream out;
  vm::set_gc_stress(mode.collect_always);
  const replay::Recorded recorded = replay::record(program, program->module.main, mode.args, options, out);
  vm::set_gc_stress(false);
  CHECK_FALSE(recorded.problem.has_value());
  return {shown(seen, recorded.result), out.str()};
}

inline RecordedRun record_run(const std::shared_ptr<const vm::Program>& program, const RunMode& mode = {}) {
  return record_run(program, mode, [](process::RunOptions&) {});
}

struct ReplayedRun {
  std::string shown;  // the output alone when it did not come to its end
  Code problem{};
  std::string message;
};

inline ReplayedRun replay_run(const std::string& recording, jit::Mode jit = jit::Mode::on) {
  std::string seen;
  replay::ReplayOptions options;
  options.jit = jit;
  options.output = [&seen](std::string_view text) { seen += text; };
  options.on_uncaught = [&seen](const process::Exit& exit) { seen += text_of(exit); };
  std::istringstream in(recording);
  const replay::Replayed replayed = replay::replay(in, options);
  ReplayedRun run{replayed.result ? shown(seen, *replayed.result) : seen, {}, {}};
  if (replayed.problem) {
    run.problem = replayed.problem->code;
    run.message = replayed.problem->message;
  }
  return run;
}

/// Records a run and finds it again in the interpreter and in machine code.
inline RecordedRun check_replays(const std::shared_ptr<const vm::Program>& program, const RunMode& mode) {
  RecordedRun recorded = record_run(program, mode);
  for (const jit::Mode jit : {jit::Mode::off, jit::Mode::eager}) {
    CAPTURE(static_cast<int>(jit));
    vm::set_gc_stress(mode.collect_always);
    const ReplayedRun replayed = replay_run(recorded.recording, jit);
    vm::set_gc_stress(false);
    CHECK(replayed.message == "");
    CHECK(replayed.shown == recorded.shown);
  }
  return recorded;
}

}  // namespace noodle::test
