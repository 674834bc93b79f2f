// Sees everything that happens in a replay, one step after another: which process takes which message from whom, and
// what it does then.
//
// Threads: one. At a time one Stepper watches; the actor instructions of the program pass through it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "runtime/run/steps.hpp"
#include "runtime/run/turn_watcher.hpp"
#include "runtime/vm/actor_ops.hpp"

namespace noodle::replay {

using process::Step;

class Stepper final : public process::TurnWatcher {
 public:
  explicit Stepper(std::function<void(const Step&)> on_step);
  ~Stepper() override;
  Stepper(const Stepper&) = delete;
  Stepper& operator=(const Stepper&) = delete;

  void at_boundary(process::ProcessControl& control, const process::Message* next) override;
  void begun(process::ProcessControl& control) override;
  void resumed(process::ProcessControl& control, process::Wait waited) override;
  void ended(process::ProcessControl& control, bool failed) override;

  /// What the last process that went on works at, for who looks at it in the middle.
  const Step& current() const { return current_; }

 private:
  struct Watched;  // the actor instructions, told to the stepper

  void deliver(Step step);
  void tell(process::ProcessControl& control, Step::Kind kind, process::Pid other, std::string what,
            std::string arguments);

  const std::function<void(const Step&)> on_step_;
  const vm::ActorOps ops_;  // the real ones
  process::Taken taken_;    // at the boundary
  Step current_;
};
}  // namespace noodle::replay
