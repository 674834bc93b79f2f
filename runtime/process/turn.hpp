// A turn: one slice of one process, from being taken out of a run queue to being put away again.
//
// Between two message boundaries a process is in an activity (a handler, its constructor, a tick ...), which runs in
// one or many slices. At a boundary it takes, in this order: an end that was asked for, what its supervisor role
// demands, ticks that are due, the oldest message. Threads: the worker that owns the process.
#pragma once

#include "runtime/process/extras.hpp"
#include "runtime/process/reason.hpp"
#include "runtime/process/system.hpp"

namespace noodle::process {

class TurnWatcher;

class Turn {
 public:
  /// What becomes of the process after the turn.
  enum class Outcome : std::uint8_t {
    ready,      // its slice is used up
    idle,       // any message wakes it
    parked,     // control messages and signals wake it
    dead,       // it has ended
    background  // its heap is to be collected, or a large message copied, by the background thread
  };

  Turn(Worker& worker, ProcessControl& control)
      : worker_(worker), control_(control), process_(control.process), left_(worker.system().options().slice_fuel) {}

  Outcome run();

 private:
  template <bool kWatched>
  Outcome run_slice(TurnWatcher* watcher);
  const Message* next_message() const;
  bool nothing_to_do() const;

  enum class Next : std::uint8_t {
    run,   // go on
    idle,  // nothing to do at this boundary
    dead   // the life is over: the turn ends with outcome_
  };

  // ---- control messages, signals (turn_control.cpp)
  // False: the turn is over, with outcome_.
  bool handle_signals();
  bool handle_control_messages();
  bool handle_control(Message* message);
  bool handle_timer();
  void show_to_debugger();
  bool demand_stop();
  bool demand_finish();

  // ---- at a message boundary (turn_boundary.cpp)
  Next next_activity();
  Next start_life();
  Next pass_messages_on(StandIn& stand_in);
  // ---- a process that evaluates (run/evaluator.cpp)
  Next start_evaluation();
  Next end_evaluation(vm::Object* error);
  void translate_pending();
  Next start_message(Message* message);
  Next start_handler(Message* message);
  Next start_down(Message* message);
  Next start_other(Message* message);
  Next start_every();
  Next begin_stopping(Ending ending);
  Next supervise();  // supervisor.cpp
  Next start_child(std::uint32_t child);
  void child_started();
  void child_failed();
  bool adopt_arguments(Message& message, unsigned first_pointer);
  void bind_context();
  void call(const vm::Function& function, Activity activity, std::uint32_t number = 0);
  void forget_activity();

  // ---- end of an activity (turn_activity.cpp)
  Next finish_activity();
  Next fail_activity();
  Next finish_start(Activity done);
  Next reply();

  // ---- to another version of the program (run/migration.cpp)
  Next begin_migration();
  bool take_state(Migration& migration, const ImportedImage& image);
  Next continue_migration();
  Next step_migration();
  Next end_migration(Error error);
  void abandon_migration();
  void translate_messages();

  Next end(const Ending& ending);

  // ---- waiting (turn_wait.cpp)
  bool can_continue();
  bool continue_with_answer();
  bool continue_with_room();
  bool continue_with_message();
  void restore_context();
  void end_wait();
  void fail_wait(Code code, std::string_view text, vm::Object* cause = nullptr);
  void arm_timer();
  bool within_fuel_rate();

  Extras* extras() const { return control_.extras.load(std::memory_order_acquire); }
  System& system() const { return worker_.system(); }
  const LoadedProgram& program() const { return *control_.program.load(std::memory_order_relaxed); }
  const ActorInfo* actor() const { return control_.actor.load(std::memory_order_relaxed); }

  Worker& worker_;
  ProcessControl& control_;
  vm::Process& process_;
  std::int64_t left_;  // fuel of this slice
  Outcome outcome_ = Outcome::dead;
};

/// True, with ProcessControl::heavy set, when bringing so many bytes to the heap would take a normal worker too long.
bool is_heavy(ProcessControl& control, std::size_t payload_bytes);
/// Takes the oldest message that has not been looked at out of the mailbox.
Message* pop_queue(ProcessControl& control);
/// Gives the room of a popped message back.
void release_room(ProcessControl& control, const Message& message);
/// The same, and frees it.
void finish_message(ProcessControl& control, Message* message);
/// There is a message that a `receive` has not looked at.
bool can_look(const ProcessControl& control);
/// Looks at the next message for a `receive`: gives its value in `value` (a new object on the heap).
enum class Look : std::uint8_t { found, nothing, heavy, failed };
Look look_at_next(ProcessControl& control, vm::Object*& value);

}  // namespace noodle::process
