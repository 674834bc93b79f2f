// The programs that run on a node's process system, by the number their requester gave them.
//
// Threads: any. Errors: 15xx load and link, 1162 no main, 5001 number in use, 8002 unknown capability.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "messages/msg.hpp"
#include "messages/work.capnp.h"
#include "runtime/process/system.hpp"

namespace noodle::actors {

class ProgramRuns {
 public:
  /// `output`: where the programs print; outlives this.
  ProgramRuns(process::System& system, process::Output& output) : system_(system), output_(output) {}

  using OnExit = std::function<void(const Msg<wire::ProgramExited>&)>;
  /// A run that start() will begin on another thread: what is asked of it until then is done as soon as it has begun.
  /// False: the number is in use.
  bool announce(std::uint64_t run);
  /// Verifies, links and starts a program; `on_exit` is called once, from any thread, if this succeeds.
  Result<void> start(const Msg<wire::RunProgram>& request, OnExit on_exit);
  /// Ends a run: main is killed, the others are stopped. Nothing happens if there is no such run.
  void kill(std::uint64_t run, const std::string& reason);
  /// The same because it took longer than `limit_ms`: its exit code is 124.
  void time_out(std::uint64_t run, std::int64_t limit_ms);

 private:
  struct Entry {
    std::shared_ptr<process::Run> run;  // null until it has begun
    std::optional<std::string> killed;  // the reason
    std::int64_t passed_limit_ms = 0;
  };
  Result<void> begin(const Msg<wire::RunProgram>& request, OnExit on_exit);
  void end(std::uint64_t run, const std::string& reason, std::int64_t passed_limit_ms);
  Msg<wire::ProgramExited> finish(const Msg<wire::RunProgram>& request, const process::RunEnd& end,
                                  const vm::Program& program, std::int64_t begun_ns);

  process::System& system_;
  process::Output& output_;
  std::mutex mutex_;
  std::map<std::uint64_t, Entry> runs_;
};

/// Answer to a request that could not be started.
Msg<wire::ProgramExited> refused_program(std::uint64_t run, const Error& error);
/// Answer to a request whose program was killed together with its node.
Msg<wire::ProgramExited> abandoned_program(std::uint64_t run);

}  // namespace noodle::actors
