// What happens in a replay, one step after another: which process takes which message from whom, and what it does then.
//
// Threads: one. At a time one Stepper watches; the actor instructions of the program pass through it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "runtime/message/message.hpp"
#include "runtime/process/system.hpp"
#include "runtime/run/turn_watcher.hpp"
#include "runtime/vm/actor_ops.hpp"

namespace noodle::replay {

struct Step {
  enum class Kind : std::uint8_t {
    // a process goes on
    start,     // its first activity
    message,   // handler, sent or asked
    value,     // `on other`
    down,      // `on down`
    tick,      // `every`
    started,   // `on started`
    stopping,  // `on stopping`
    other,     // the other calls of the system
    resume,    // after it waited
    // what it does
    send,
    ask,
    spawn,
    end  // of the activity
  };
  Kind kind{};
  std::uint64_t number = 0;  // of those with which a process goes on, from 1
  std::string process;       // "Worker <3>"
  std::string other;         // from or to whom; empty: nobody
  std::string what;          // handler or function; what it waited for; how it ended
  std::string arguments;     // "(1, [2, 3])", cut when long
  std::uint64_t fuel = 0;    // that the process has spent
};

/// True for the kinds with which a process goes on.
constexpr bool is_delivery(Step::Kind kind) {
  return kind < Step::Kind::send;
}
std::string_view name_of(Step::Kind kind);
/// "Worker <3>", of a process or of one that has ended.
std::string process_text(process::System& system, process::Pid pid);

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
  const vm::ActorOps ops_;   // the real ones
  process::Pid sender_ = 0;  // of the message at the boundary
  process::MessageKind message_{};
  Step current_;
};
}  // namespace noodle::replay
