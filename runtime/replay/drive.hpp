// The run that is recorded or replayed: one worker, driven by the calling thread, turn by turn.
//
// A turn is one step of the worker and what the background has to do after it. So everything has one order, which fuel,
// messages and what comes from outside determine: nothing else counts, not even which code is machine code.
// Threads: one.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "runtime/process/system.hpp"
#include "runtime/replay/recording.hpp"
#include "runtime/run/run_program.hpp"

namespace noodle::replay {

/// What a drive asks before each turn, and tells when there is nothing to run.
class Pace {
 public:
  virtual ~Pace() = default;
  /// False: the drive stops here.
  virtual bool next_turn() = 0;
  /// Nothing happens before `due_ns` of the clock (TimerWheel::kNever) but from outside.
  virtual void pause(std::int64_t due_ns) = 0;
};

class Drive {
 public:
  /// `clock` and `outside` are asked by the run, from this call on. `watcher` may be null.
  Drive(const process::RunOptions& options, std::size_t message_bytes, const Clock& clock, process::Outside& outside,
        process::TurnWatcher* watcher = nullptr);
  ~Drive();

  /// Errors 1162, 8002 and those of System::start.
  Result<void> start(std::shared_ptr<const vm::Program> program, std::uint32_t function,
                     std::vector<std::string> arguments);
  /// Drives the run to its end (true) or to where the pace stops it.
  bool run(Pace& pace);

  /// Tells the run to end: main is killed.
  void obey(const Order& order);
  /// From now on nothing that the program prints is passed on.
  void mute();
  Totals totals() const;
  /// Preconditions: run() was true.
  process::RunResult result() const;
  Ending ending() const;

  process::System& system() { return *system_; }
  std::int64_t now_ns() const { return system_->worker(0).now_ns(); }

 private:
  class DigestingOutput;

  const process::RunOptions& options_;
  std::unique_ptr<DigestingOutput> output_;
  std::unique_ptr<process::System> system_;
  std::shared_ptr<const vm::Program> program_;
  std::uint32_t function_ = 0;
  std::shared_ptr<process::Run> run_;
  std::optional<process::RunEnd> end_;
  std::int64_t passed_limit_ms_ = 0;
};

}  // namespace noodle::replay
