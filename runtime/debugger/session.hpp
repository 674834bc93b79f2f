// A program that was launched: what requests need of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/debugger/arguments.hpp"
#include "runtime/debugger/debugger.hpp"
#include "runtime/debugger/load.hpp"
#include "runtime/debugger/references.hpp"

namespace noodle::debugger {

/// Arguments of `launch`.
struct Launch {
  std::string program;
  std::vector<std::string> arguments, allow;
  std::string config, folder;
  bool stops_on_entry = false, stops_all = false, only_runs = false;
};
Launch launch_of(const Arguments& arguments);

struct Session {
  Session(Loaded loaded, Launch asked, Debugger::Events events)
      : program(loaded.program),
        launch(std::move(asked)),
        code(std::move(loaded.program), std::move(loaded.written)),
        debugger(code, std::move(events)) {}

  /// The process that `threadId` names. Refusal: there is none.
  Pid thread(const Arguments& arguments) const;

  std::shared_ptr<const vm::Program> program;
  Launch launch;
  CodeMap code;
  Debugger debugger;
  References references;
  ThreadNumbers threads;
};

/// Answers a request; the result is the body of the response. Nothing when it is none of theirs.
std::optional<std::string> answer_breakpoints(Session& session, const std::string& command, const Arguments& arguments);
std::optional<std::string> answer_inspection(Session& session, const std::string& command, const Arguments& arguments);
std::optional<std::string> answer_control(Session& session, const std::string& command, const Arguments& arguments);

/// Body of the event `stopped`.
std::string stopped_body(Session& session, const Stop& stop);

}  // namespace noodle::debugger
