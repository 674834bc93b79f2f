// `noodle dap`: the debug adapter on stdin and stdout. One thread reads, so that a cancellation is seen while a request
// waits; the main thread answers; the program runs on workers of its own.
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <iostream>
#include <memory>
#include <thread>

#include "actors/work/vm_driver.hpp"
#include "runtime/base/log.hpp"
#include "runtime/debugger/server.hpp"
#include "runtime/language_server/inbox.hpp"
#include "runtime/stdlib/register.hpp"
#include "tools/noodle/commands.hpp"
#include "tools/noodle/settings.hpp"
#include "tools/noodle/stdio_messages.hpp"

namespace noodle::tools {

namespace {

using language_server::FrameReader;
using language_server::Inbox;
using language_server::Message;

void fill(Inbox& inbox) {
  read_messages([&inbox](FrameReader::Next& next) {
    Message message = next.failure ? Message() : debugger::read_request(next.message);
    if (next.failure) {
      message.id = "0";
      message.failure = *next.failure;
    }
    if (message.method == "cancel") inbox.push(debugger::cancellation(message));
    inbox.push(std::move(message));
    return true;
  });
  inbox.close();
}

Result<process::RunOptions> run_options(const debugger::Launch& launch) {
  if (!launch.folder.empty()) {
    std::error_code problem;
    std::filesystem::current_path(launch.folder, problem);
    if (problem) return Error{Code::file_not_found, "`" + launch.folder + "` is no folder to run in", {}};
  }
  CommonOptions common;
  common.config = launch.config;
  auto settings = load_settings(common, {});
  if (!settings) return settings.error();
  process::RunOptions options = options_of(*settings, launch.allow);
  options.driver = actors::caf_driver();
  return options;
}

}  // namespace

int dap_command() {
  if (::isatty(STDIN_FILENO))
    std::cerr << "noodle dap speaks the Debug Adapter Protocol with an editor, which starts it; see "
                 "docs/guide/debugging.md\n";
  std::signal(SIGPIPE, SIG_IGN);  // an editor that is gone is seen at the end of stdin
  stdlib::register_stdlib_natives();
  const auto shared_inbox = std::make_shared<Inbox>();
  Inbox& inbox = *shared_inbox;
  bool left = false;
  {
    debugger::Server server({write_message, run_options});
    // It ends with the process: read() cannot be called off.
    std::thread([shared_inbox] { fill(*shared_inbox); }).detach();
    while (const auto taken = inbox.take()) {
      server.handle(taken->message, [&inbox] { return inbox.is_cancelled(); });
      if (server.has_exited()) break;
    }
    left = server.has_exited();
  }
  process_log().stop();
  return left ? 0 : 1;
}

}  // namespace noodle::tools
