// Requests that stop processes and let them go on, and what is said when one stops.
#include <nlohmann/json.hpp>

#include "runtime/base/json_dump.hpp"
#include "runtime/debugger/session.hpp"

namespace noodle::debugger {
namespace {

using nlohmann::json;

const char* text_of(StopReason reason) {
  switch (reason) {
    case StopReason::entry:
      return "entry";
    case StopReason::breakpoint:
      return "breakpoint";
    case StopReason::function_breakpoint:
      return "function breakpoint";
    case StopReason::step:
      return "step";
    case StopReason::exception:
      return "exception";
    default:
      return "pause";
  }
}

void require(bool done) {
  if (!done) refuse("the process is not stopped");
}

/// The others go on with it when they stopped with it.
void resume_others(Session& session) {
  session.references.forget_all();
  session.debugger.resume_all();
}

std::string go_on(Session& session, const Arguments& arguments) {
  const Pid pid = session.thread(arguments);
  const bool all = session.launch.stops_all && !arguments.flag("singleThread", false);
  session.references.forget(pid);
  if (all) {
    require(session.debugger.is_stopped(pid));
    resume_others(session);
  } else {
    require(session.debugger.resume(pid));
  }
  return json{{"allThreadsContinued", all}}.dump();
}

std::string step(Session& session, const Arguments& arguments, StepKind kind) {
  const Pid pid = session.thread(arguments);
  session.references.forget(pid);
  require(session.debugger.step(pid, kind));
  if (session.launch.stops_all && !arguments.flag("singleThread", false)) resume_others(session);
  return {};
}

}  // namespace

Pid Session::thread(const Arguments& arguments) const {
  const std::int64_t number = arguments.number("threadId");
  const Pid pid = threads.pid(number);
  if (!pid) refuse("there is no thread " + std::to_string(number));
  return pid;
}

std::optional<std::string> answer_control(Session& session, const std::string& command, const Arguments& arguments) {
  if (command == "continue") return go_on(session, arguments);
  if (command == "next") return step(session, arguments, StepKind::over);
  if (command == "stepIn") return step(session, arguments, StepKind::in);
  if (command == "stepOut") return step(session, arguments, StepKind::out);
  if (command == "pause") {
    if (!session.debugger.pause(session.thread(arguments))) refuse("the process has ended");
    return std::string();
  }
  return std::nullopt;
}

std::string stopped_body(Session& session, const Stop& stop) {
  json body{{"reason", text_of(stop.reason)},
            {"threadId", session.threads.number_of(stop.pid)},
            {"allThreadsStopped", session.launch.stops_all},
            {"preserveFocusHint", false}};
  if (!stop.text.empty()) body["text"] = body["description"] = stop.text;
  if (!stop.breakpoints.empty()) body["hitBreakpointIds"] = stop.breakpoints;
  return dump_json(body);
}

}  // namespace noodle::debugger
