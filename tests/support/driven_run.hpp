// Runs a program on the calling thread, in virtual time, and takes a digest of its heaps: what two engines must agree
// on to the last byte.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>

#include "runtime/replay/drive.hpp"
#include "runtime/run/outside.hpp"
#include "runtime/run/turn_watcher.hpp"
#include "tests/support/heap_digest.hpp"
#include "tests/support/run_source.hpp"

namespace noodle::test {

/// Digest of the heaps of processes, each at the end of each of its activities.
class HeapWatcher final : public process::TurnWatcher {
 public:
  void at_boundary(process::ProcessControl&, const process::Message*) override {}
  void begun(process::ProcessControl&) override {}
  void resumed(process::ProcessControl&, process::Wait) override {}
  void ended(process::ProcessControl& control, bool) override { digest_.add(control.process); }
  std::uint64_t sum() const { return digest_.sum(); }

 private:
  HeapDigest digest_;
};

class NobodyOutside final : public process::Outside {
 public:
  bool replays() const override { return false; }
  void keep(const vm::NativeContext&, std::string_view) override {}
  std::string recall(const vm::NativeContext&) override { return {}; }
};

/// Time passes only when every process waits.
class VirtualPace final : public replay::Pace {
 public:
  explicit VirtualPace(ManualClock& clock) : clock_(clock) {}
  bool next_turn() override { return true; }
  void pause(std::int64_t due_ns) override {
    REQUIRE(due_ns != process::TimerWheel::kNever);  // else nothing would ever happen again
    clock_.advance_ns(std::max<std::int64_t>(due_ns - clock_.monotonic_ns(), 0));
  }

 private:
  ManualClock& clock_;
};

inline RunOutcome drive_program(const std::shared_ptr<const vm::Program>& program, const RunMode& mode) {
  RunOutcome outcome;
  process::RunOptions options;
  options.jit = mode.jit;
  options.slice_fuel = static_cast<std::int64_t>(mode.slice_fuel);
  options.grants = mode.grants;
  options.output = [&outcome](std::string_view text) { outcome.output += text; };
  ManualClock clock(1'000'000'000, 1'700'000'000'000'000'000);
  VirtualPace pace(clock);
  NobodyOutside outside;
  HeapWatcher digest;
  vm::set_gc_stress(mode.collect_always);
  {
    replay::Drive drive(options, 64 << 20, clock, outside, &digest);
    const Result<void> started = drive.start(program, program->module.main, mode.args);
    REQUIRE(started.ok());
    REQUIRE(drive.run(pace));
    const process::RunResult result = drive.result();
    outcome.error_code = result.error_code;
    outcome.exit_code = result.exit_code;
    outcome.fuel = result.statistics.fuel;
    outcome.messages = result.statistics.messages;
    outcome.error_message = result.error_message;
    outcome.error_trace = result.error_trace;
  }
  vm::set_gc_stress(false);
  outcome.heaps = digest.sum();
  return outcome;
}

}  // namespace noodle::test
