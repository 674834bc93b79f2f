// `noodle repl`: a session on a terminal, or line by line from a pipe.
#include <unistd.h>

#include <cstdlib>

#include "actors/work/vm_driver.hpp"
#include "runtime/session/console.hpp"
#include "tools/noodle/commands.hpp"
#include "tools/noodle/console.hpp"
#include "tools/noodle/line_editor.hpp"
#include "tools/noodle/settings.hpp"
#include "tools/noodle/shell/conversation.hpp"

namespace noodle::tools {

namespace {

constexpr std::size_t kShownBytes = 1000;  // of a value, on a terminal

}  // namespace

int repl_command(const ReplCommand& command, const CommonOptions& common) {
  FlagValues flags;
  if (command.workers != 0) flags.emplace_back("vm.workers", std::to_string(command.workers));
  if (command.memory_bytes != 0) flags.emplace_back("vm.process_memory", std::to_string(command.memory_bytes));
  auto settings = load_settings(common, std::move(flags));
  if (!settings) {
    print_error(settings.error(), common.json);
    return kExitUsage;
  }
  const bool terminal = isatty(STDIN_FILENO) != 0 && stdout_is_terminal() && !common.json;
  session::Console* console = nullptr;
  std::unique_ptr<LineEditor> editor;
  if (terminal) {
    editor = std::make_unique<LineEditor>(
        history_path("repl_history"),
        [&console](const std::string& text, std::size_t& start) { return console->complete(text, start); });
  }
  ConversationOutput output(editor.get(), common.json);
  session::SessionOptions options;
  options.grants = settings->grants;
  options.grants.insert(options.grants.end(), command.allow.begin(), command.allow.end());
  options.system = settings->system;
  options.limits = settings->limits;
  options.folder = ".";
  if (terminal) options.shown_bytes = kShownBytes;
  options.output = &output;
  options.driver = actors::caf_driver();
  options.interrupted = take_interrupt;
  const session::ConsoleOptions shown{terminal && std::getenv("NO_COLOR") == nullptr, common.json, !terminal};
  options.on_process_end = [&console, &output](const process::Exit& exit) { output.aside(console->process_end(exit)); };
  options.on_trace = [&console, &output](const process::Step& step, std::uint64_t left_out) {
    output.aside(console->traced(step, left_out));
  };
  auto session = session::Session::open(std::move(options));
  if (!session) {
    print_error(session.error(), common.json);
    return kExitUsage;
  }
  if (command.fuel != 0) (*session)->set_fuel_budget(command.fuel);
  session::Console made(**session, shown);
  console = &made;
  if (terminal) editor->print_above(session::Console::greeting());
  bool ok = true;
  for (const std::string& file : command.files) {
    const session::Answer answer = made.answer(":load " + file);
    print_answer(answer, editor.get());
    ok = ok && answer.ok;
  }
  const Conversation conversation{[&made](const std::string& input) { return made.answer(input); },
                                  [&session] { return std::to_string((*session)->next_number()); }};
  const int code = terminal ? converse_on_terminal(conversation, *editor, shown.color) : converse_in_pipe(conversation);
  session->reset();
  return ok ? code : kExitUncaught;
}

}  // namespace noodle::tools
