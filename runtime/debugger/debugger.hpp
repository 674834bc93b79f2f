// Stops and resumes the processes of a program, and looks at stopped ones.
//
// A process stops by itself, on the worker that runs it, and only this one stops: the rest of the program goes on. To
// look at it is a job that its owner does in the next turn, so the process is never seen by two threads.
// Threads: attach and detach by the thread that runs the program (its processes may have begun); what overrides
// vm::Debugger by workers; the rest by one other thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/debugger/code_map.hpp"
#include "runtime/debugger/expression.hpp"
#include "runtime/debugger/frames.hpp"
#include "runtime/process/system.hpp"
#include "runtime/vm/debugger.hpp"

namespace noodle::debugger {

using process::Pid;

enum class StopReason : std::uint8_t { entry, breakpoint, function_breakpoint, step, pause, exception };

struct Thrown {
  std::uint16_t code = 0;
  std::string message, trace;
  bool caught = false;
};

struct Stop {
  Pid pid = 0;
  StopReason reason{};
  std::string text;              // what is to be said about it
  std::vector<int> breakpoints;  // that were hit
  std::optional<Thrown> thrown;  // of an exception
};

/// What a breakpoint does beside stopping.
struct Terms {
  std::optional<Expression> condition;
  std::string hit_condition;  // `5`, `>= 5`, `% 5`
  std::string log;            // text with {expressions}: is said in place of stopping
};
/// Checks a hit condition. Empty: well formed.
std::string hit_condition_problem(std::string_view text);

enum class StepKind : std::uint8_t { over, in, out };

class Debugger final : public vm::Debugger {
 public:
  struct Events {
    std::function<void(const Stop&)> stopped;        // its frames can be looked at now; from any worker
    std::function<void(const std::string&)> logged;  // by a log point
  };
  Debugger(const CodeMap& code, Events events) : code_(code), events_(std::move(events)) {}

  void attach(process::System& system);
  void detach();

  // ---- breakpoints, by groups that are replaced as a whole: a source file, the functions, the entry
  int add_breakpoint(const std::string& group, StopReason reason, std::vector<Site> sites, Terms terms);
  void clear_breakpoints(const std::string& group);
  std::size_t breakpoint_count();
  void stop_at_errors(bool all, bool uncaught);
  /// When one process stops, so do all.
  void set_stops_all(bool all) { stops_all_ = all; }

  // ---- processes; false: it is not stopped, or has ended
  bool is_stopped(Pid pid);
  bool pause(Pid pid);
  bool resume(Pid pid);
  bool step(Pid pid, StepKind kind);
  void resume_all();
  /// Runs `look` on the stopped process, with its frames bound.
  bool inspect(Pid pid, const std::function<void(vm::Process&)>& look);
  std::optional<Thrown> thrown(Pid pid);
  std::vector<process::ProcessFacts> processes(std::size_t limit);
  /// Nothing stops any more; what is stopped goes on when it is told to end.
  void let_go();

  // ---- vm::Debugger
  std::optional<std::uint16_t> at_breakpoint(vm::Process& process, const std::uint64_t* word) override;
  bool stops_at_error(vm::Process& process) override;
  void is_suspended(vm::Process& process) override;

 private:
  struct Breakpoint {
    int id = 0;
    std::string group;
    StopReason reason{};
    std::vector<Site> sites;
    Terms terms;
    std::uint64_t hits = 0;
  };
  struct Step {
    StepKind kind{};
    std::size_t depth = 0;
    const vm::Function* function = nullptr;
    std::uint32_t line = 0;
    bool in_library = false;  // it may end there
    std::vector<Site> sites;
    std::vector<const std::uint64_t*> messages;  // first words of handlers: the next message
  };
  struct Job {
    const std::function<void(vm::Process&)>* look = nullptr;
    bool taken = false, done = false;
  };
  struct Thread {
    std::optional<Stop> stop;
    std::optional<Step> step;
    const std::uint64_t* passes = nullptr;  // the breakpoint it stands before, when it goes on
    bool passes_error = false;
    bool pausing = false;
    bool parked = false;     // found suspended: it can be looked at
    bool announced = false;  // `stopped` was said
    std::vector<Job*> jobs;
  };
  struct Patch {
    Site site;
    std::uint16_t handler = 0;
    std::vector<Breakpoint*> breakpoints;
  };

  void apply();
  bool hits(Breakpoint& breakpoint, vm::Process& process, Stop& stop);
  bool finishes(const Step& step, const vm::Process& process, const Patch& patch) const;
  void stop(vm::Process& process, Thread& thread, Stop stop);
  bool is_library(const vm::Function& function) const;
  Step make_step(vm::Process& process, StepKind kind, bool in_library) const;
  void go_on(Pid pid, Thread& thread);
  void suspend_others(vm::Process& process);
  std::string log_text(const std::string& text, const Frame& frame) const;

  const CodeMap& code_;
  const Events events_;
  std::mutex attachment_;  // held while the system is used
  process::System* system_ = nullptr;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::map<int, Breakpoint> breakpoints_;
  std::unordered_map<const std::uint64_t*, Patch> patches_;
  std::unordered_map<Pid, Thread> threads_;
  bool at_all_errors_ = false, at_uncaught_errors_ = false, stops_all_ = false, let_go_ = false;
  int last_id_ = 0;
};

}  // namespace noodle::debugger
