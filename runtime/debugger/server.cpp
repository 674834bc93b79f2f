#include "runtime/debugger/server.hpp"
#include "runtime/base/json_dump.hpp"

#include <nlohmann/json.hpp>

namespace noodle::debugger {
namespace {

using nlohmann::json;

constexpr std::size_t kOutputBytes = 64 << 10;  // in one event

}  // namespace

Launch launch_of(const Arguments& arguments) {
  Launch launch;
  launch.program = arguments.text("program");
  launch.arguments = arguments.texts("args");
  launch.allow = arguments.texts("allow");
  launch.config = arguments.text("config", "");
  launch.folder = arguments.text("cwd", "");
  launch.stops_on_entry = arguments.flag("stopOnEntry", false);
  launch.stops_all = arguments.flag("stopAll", false);
  launch.only_runs = arguments.flag("noDebug", false);
  return launch;
}

Server::~Server() {
  end_program();
}

void Server::event(const std::string& name, const std::string& body) {
  const std::lock_guard lock(sending_);
  options_.send(debugger::event(++seq_, name, body));
}

void Server::output(const char* category, std::string_view text) {
  while (!text.empty()) {
    const std::string_view part = text.substr(0, kOutputBytes);
    text.remove_prefix(part.size());
    event("output", dump_json({{"category", category}, {"output", std::string(part)}}));
  }
}

void Server::handle(const Message& message, const Cancelled& cancelled) {
  if (message.kind == Message::Kind::notification || message.kind == Message::Kind::response) return;
  const auto fail = [&](const std::string& text) {
    const std::lock_guard lock(sending_);
    options_.send(failure(++seq_, message, text));
  };
  if (message.kind == Message::Kind::invalid) return fail(message.failure.message);
  if (cancelled()) return fail("cancelled");
  try {
    const std::string body = answer(message);
    const std::lock_guard lock(sending_);
    options_.send(response(++seq_, message, body));
  } catch (const Refusal& refusal) {
    return fail(refusal.text);
  }
  if (message.method == "launch") event("initialized", "");
}

std::string Server::answer(const Message& request) {
  const std::string& command = request.method;
  const Arguments arguments(request.params);
  if (command == "initialize") {
    if (state_ != State::created) refuse("`initialize` is sent once, as the first request");
    state_ = State::initialized;
    return initialize();
  }
  if (command == "cancel") return {};
  if (command == "disconnect") return disconnect();
  if (state_ == State::created) refuse("send `initialize` first");
  if (command == "launch") {
    if (state_ != State::initialized) refuse("a program was launched already");
    return launch(arguments);
  }
  if (command == "attach") refuse("programs are launched; `noodle dap` attaches to none");
  if (state_ == State::initialized) refuse("send `launch` first");
  if (command == "configurationDone") return configured();
  if (command == "terminate") {
    interrupted_ = true;
    session_->debugger.let_go();
    return {};
  }
  if (auto body = answer_breakpoints(*session_, command, arguments)) return *body;
  if (auto body = answer_inspection(*session_, command, arguments)) return *body;
  if (auto body = answer_control(*session_, command, arguments)) return *body;
  refuse("there is no request `" + command.substr(0, 100) + "`");
}

std::string Server::initialize() {
  const json filters = json::array({{{"filter", "all"}, {"label", "All errors"}, {"default", false}},
                                    {{"filter", "uncaught"}, {"label", "Uncaught errors"}, {"default", true}}});
  json capabilities{{"exceptionBreakpointFilters", filters}};
  for (const char* name :
       {"supportsConfigurationDoneRequest", "supportsFunctionBreakpoints", "supportsConditionalBreakpoints",
        "supportsHitConditionalBreakpoints", "supportsLogPoints", "supportsEvaluateForHovers", "supportsSetVariable",
        "supportsExceptionInfoRequest", "supportsTerminateRequest", "supportsDelayedStackTraceLoading",
        "supportsCancelRequest", "supportsBreakpointLocationsRequest", "supportsSingleThreadExecutionRequests"}) {
    capabilities[name] = true;
  }
  return capabilities.dump();
}

std::string Server::launch(const Arguments& arguments) {
  Launch launch = launch_of(arguments);
  auto options = options_.run_options(launch);
  if (!options) refuse(options.error().message);
  auto loaded = load(launch.program);
  if (!loaded) refuse(loaded.error().message);
  if (!loaded->findings.empty()) output("stderr", loaded->findings);
  if (!loaded->program) refuse("`" + launch.program + "` does not compile; the findings are in the output");
  if (loaded->program->module.main == bytecode::kNone) refuse("`" + launch.program + "` has no main");
  Debugger::Events events;
  events.stopped = [this](const Stop& stop) { event("stopped", stopped_body(*session_, stop)); };
  events.logged = [this](const std::string& text) { output("console", text + "\n"); };
  session_ = std::make_unique<Session>(std::move(*loaded), std::move(launch), std::move(events));
  run_options_ = std::move(*options);
  state_ = State::launched;
  return {};
}

std::string Server::configured() {
  if (state_ != State::launched) refuse("the program runs already");
  state_ = State::running;
  Debugger& debugger = session_->debugger;
  if (session_->launch.only_runs) {
    debugger.let_go();
  } else {
    session_->program->debugger = &debugger;
    debugger.set_stops_all(session_->launch.stops_all);
    if (session_->launch.stops_on_entry) {
      debugger.add_breakpoint("entry", StopReason::entry, session_->code.entry_of(session_->program->module.main), {});
    }
  }
  process::RunOptions options = std::move(run_options_);
  options.jit = jit::Mode::off;
  options.output = [this](std::string_view text) { output("stdout", text); };
  options.on_uncaught = [this](const process::Exit& exit) {
    output("stderr", "process " + std::to_string(exit.pid >> 32) + " ended with error " + std::to_string(exit.code) +
                         ": " + exit.message + "\n");
  };
  options.interrupted = [this] { return interrupted_.load(); };
  options.attach = [this](process::System& system, const std::shared_ptr<process::Run>&) {
    session_->debugger.attach(system);
    has_begun();
    const auto detach = [](Debugger* attached) { attached->detach(); };
    return Result<std::shared_ptr<void>>(std::shared_ptr<Debugger>(&session_->debugger, detach));
  };
  program_ = std::thread([this, options = std::move(options)] {
    const process::RunResult result = process::run_program(session_->program, session_->launch.arguments, options);
    has_begun();
    report_end(result);
  });
  begun_.wait(false);  // from now on there are processes to ask about
  return {};
}

void Server::has_begun() {
  begun_ = true;
  begun_.notify_all();
}

void Server::report_end(const process::RunResult& result) {
  if (result.error_code != 0) {
    std::string text = "error " + std::to_string(result.error_code) + ": " + result.error_message + "\n";
    if (!result.error_trace.empty()) text += result.error_trace + "\n";
    output("stderr", text);
  } else if (!result.error_message.empty()) {
    output("stderr", "warning: " + result.error_message + "\n");
  }
  event("exited", json{{"exitCode", result.exit_code}}.dump());
  event("terminated", "");
}

void Server::end_program() {
  interrupted_ = true;
  if (session_) session_->debugger.let_go();
  if (program_.joinable()) program_.join();
}

std::string Server::disconnect() {
  end_program();
  state_ = State::exited;
  return {};
}

}  // namespace noodle::debugger
