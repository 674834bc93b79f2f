// Supervision: what a supervisor does when a child ends. Pure: events in, effects out, no clock, no process, no actor.
// Supervisors of NoodleCore (runtime/process/supervisor.cpp) and of a node's components (actors/core/supervisor.cpp)
// are thin shells around it.
//
// OTP's model (J. Armstrong, "Making reliable distributed systems in the presence of software errors", 2003, ch. 5):
// strategies, restart kinds, and a limit of restarts in a sliding window. Effects are taken one at a time with next(),
// in the order in which they must happen: stops in reverse order of the children, each waiting for its end, then starts
// in order.
// Time: nanoseconds of any monotonic clock, given with every event.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

namespace noodle::process {

enum class Strategy : std::uint8_t { one_for_one, one_for_all, rest_for_one };
enum class Restart : std::uint8_t {
  permanent,  // always
  transient,  // only after an error
  temporary   // never
};

class Supervision {
 public:
  struct Options {
    Strategy strategy = Strategy::one_for_one;
    std::int64_t intensity = 5;               // restarts allowed ...
    std::int64_t period_ns = 10'000'000'000;  // ... in this time
    std::int64_t backoff_ns = 0;              // wait before a restart, doubled by each one in the period
    std::int64_t backoff_limit_ns = 0;
    double jitter = 0;  // share of a wait that is up to chance, so that not all come back at once
    // In place of giving up: the child that failed too often rests so long, and the window is forgotten. After
    // `quarantines` such rests the supervisor gives up all the same.
    std::int64_t quarantine_ns = 0;
    std::uint32_t quarantines = 3;
  };
  enum class Action : std::uint8_t {
    none,     // nothing to do until the next event (or next_due_ns)
    start,    // create the child
    stop,     // stop the child; report its end with ended()
    release,  // the child has ended for good
    rest,     // the child is in quarantine
    ready,    // all children have been created for the first time
    finish    // all children have ended; the supervisor ends (see gave_up, failed)
  };
  struct Effect {
    Action action = Action::none;
    std::uint32_t child = 0;
    bool operator==(const Effect&) const = default;
  };

  Supervision(Options options, std::uint32_t children);

  /// How the child restarts; known when it was created.
  void set_restart(std::uint32_t child, Restart restart) { children_[child].restart = restart; }
  /// With it, the supervisor shuts down when the child has ended for good by itself (OTP: any_significant).
  void set_significant(std::uint32_t child) { children_[child].significant = true; }
  /// A further child, to be created. Gives its number.
  std::uint32_t add();
  /// Stops a child for good.
  void remove(std::uint32_t child);
  /// Stops a child, to be created again at once; one that waits for that waits no longer. It does not count as a
  /// failure. A temporary child stays away.
  void renew(std::uint32_t child, std::int64_t now_ns);
  /// The child has ended; `abnormal`: by an error, a kill or a stop from elsewhere than this supervisor.
  /// `chance`: of [0, 1), for the jitter.
  void ended(std::uint32_t child, bool abnormal, std::int64_t now_ns, double chance = 0);
  /// The child could not be created.
  void start_failed(std::uint32_t child, std::int64_t now_ns, double chance = 0);
  /// The supervisor has to end.
  void shut_down();

  Effect next(std::int64_t now_ns);
  /// When a delayed start is due; INT64_MAX without one.
  std::int64_t next_due_ns() const;

  /// It ends because children failed too often (1820).
  bool gave_up() const { return gave_up_; }
  /// It ends because a child could not be created at first.
  bool failed() const { return failed_; }

  bool is_gone(std::uint32_t child) const { return children_[child].state == State::gone; }
  bool rests(std::uint32_t child) const { return children_[child].unrested; }  // until the effect is taken

 private:
  enum class State : std::uint8_t {
    absent,  // not created yet, or ended and to be created again
    running,
    doomed,  // to be stopped
    stopping,
    gone  // ended for good
  };
  struct Child {
    State state = State::absent;
    Restart restart = Restart::permanent;
    bool significant = false;
    bool unreleased = false;  // gone, effect not taken yet
    bool unrested = false;    // in quarantine, effect not taken yet
    bool removed = false;
    std::int64_t start_ns = INT64_MIN;  // not before
  };

  bool note_restart(std::int64_t now_ns);
  void restart(std::uint32_t child, std::int64_t now_ns, double chance);
  bool quarantine(std::uint32_t child, std::int64_t now_ns);
  void take_others_down(std::uint32_t child);
  void end_for_good(Child& child);

  Options options_;
  std::vector<Child> children_;
  std::deque<std::int64_t> restarts_;  // moments of restarts in the period
  std::uint32_t quarantined_ = 0;      // times
  bool announced_ = false;             // `ready` was taken
  bool shutting_down_ = false;
  bool finished_ = false;
  bool gave_up_ = false;
  bool failed_ = false;
};

}  // namespace noodle::process
