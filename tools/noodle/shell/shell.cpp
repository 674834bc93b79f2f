// `noodle shell`, `noodle exec` and `noodle nodes`.
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "tools/noodle/console.hpp"
#include "tools/noodle/shell/commands.hpp"
#include "tools/noodle/shell/connection.hpp"
#include "tools/noodle/shell/remote.hpp"

namespace noodle::tools {

namespace {

std::uint16_t terminal_width() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

actors::SessionClient::Options session_options(const session::ConsoleOptions& shown, ConversationOutput& output) {
  actors::SessionClient::Options options;
  options.width = static_cast<std::uint16_t>(shown.width);
  options.color = shown.color;
  options.json = shown.json;
  options.on_output = [&output](std::string_view text, std::string_view aside) {
    if (!text.empty()) output.write(text);
    if (!aside.empty()) output.aside(std::string(aside));
    output.flush();
  };
  return options;
}

int fail(const Error& error, const CommonOptions& common) {
  print_error(error, common.json);
  return kExitUncaught;
}

/// Inputs one after another, until one fails.
int run_inputs(const std::vector<std::string>& inputs, const ShellCommand& command, const CommonOptions& common) {
  auto connection = Connection::open(command.context, command.node);
  if (!connection) return fail(connection.error(), common);
  session::ConsoleOptions shown;
  shown.json = common.json;
  ConversationOutput output(nullptr, common.json);
  RemoteConversation remote([&] { return (*connection)->session(session_options(shown, output)); }, output, shown);
  if (const auto opened = remote.open(); !opened) return fail(opened.error(), common);
  if (inputs.empty()) return converse_in_pipe(remote.conversation());
  for (const std::string& input : inputs) {
    const session::Answer answer = remote.answer(input);
    print_answer(answer, nullptr);
    if (!answer.ok) return kExitUncaught;
    if (answer.quit) break;
  }
  return kExitOk;
}

}  // namespace

int shell_command(const ShellCommand& command, const CommonOptions& common) {
  const bool terminal = isatty(STDIN_FILENO) != 0 && stdout_is_terminal() && !common.json;
  if (!terminal) return run_inputs({}, command, common);
  auto connection = Connection::open(command.context, command.node);
  if (!connection) return fail(connection.error(), common);
  RemoteConversation* conversation = nullptr;
  LineEditor editor(history_path("shell_history"), [&conversation](const std::string& text, std::size_t& start) {
    return conversation->complete(text, start);
  });
  ConversationOutput output(&editor, false);
  session::ConsoleOptions shown;
  shown.color = std::getenv("NO_COLOR") == nullptr;
  shown.width = terminal_width();
  RemoteConversation remote([&] { return (*connection)->session(session_options(shown, output)); }, output, shown);
  conversation = &remote;
  if (const auto opened = remote.open(); !opened) return fail(opened.error(), common);
  editor.print_above(remote.client().opened()->getGreeting().cStr());
  return converse_on_terminal(remote.conversation(), editor, shown.color);
}

int exec_command(const ShellCommand& command, const CommonOptions& common) {
  return run_inputs(command.inputs, command, common);
}

int nodes_command(const std::string& what, const ShellCommand& command, const CommonOptions& common) {
  return run_inputs({what.empty() ? ":nodes" : ":" + what + " " + command.name}, command, common);
}

}  // namespace noodle::tools
