// What stands between the keyboard and a session: inputs and `:` commands as text in, answers as text out.
//
// Knows no terminal: tools/noodle/repl.cpp reads lines and prints answers; tests do the same.
// Threads: one.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/session/session.hpp"

namespace noodle::session {

struct ConsoleOptions {
  bool color = false;
  bool json = false;      // one JSON object for each input
  bool quiet = false;     // no word about what was declared
  bool files = true;      // :load is there; false: the files are not those of who types
  std::size_t width = 0;  // columns of the terminal; 0: it is none
};

struct Answer {
  std::string text = {};     // for standard output
  std::string problem = {};  // for standard error
  bool ok = true;
  bool quit = false;
  std::string json = {};  // members of the answer's object, in place of the text: `"rows":[...]`
};

/// A command beside those of the session.
struct ConsoleCommand {
  std::string name;
  std::string arguments;
  std::string help;
  std::string needs;  // action that has to be allowed; empty: none
  std::string more;   // what `:help NAME` tells besides
  /// Nothing: the argument is not for this command, but for the session's own of that name.
  std::function<std::optional<Answer>(const std::string& argument)> run;
  /// What may replace the last word of the argument; may be empty.
  std::function<std::vector<std::string>(const std::string& word)> complete;
};

/// "error 8031: ..." with the advice of the table.
Answer refusal(const Error& error, const ConsoleOptions& options);

class Console {
 public:
  Console(Session& session, ConsoleOptions options, std::vector<ConsoleCommand> more = {})
      : session_(session), options_(options), more_(std::move(more)) {}

  /// An input or a command, complete. `path`: of the file that the input is.
  Answer answer(const std::string& input, const std::string& path = {});
  /// True while more lines are needed. Commands are one line.
  static bool needs_more(const std::string& input);
  /// What may replace the text from `start` to the end.
  std::vector<std::string> complete(const std::string& text, std::size_t& start);
  /// "noodle ... `:help` ..."
  static std::string greeting();
  /// A process that ended with an error, as one line (or JSON object).
  std::string process_end(const process::Exit& exit) const;
  /// A step of a traced process; `left_out` before it were too many to tell.
  std::string traced(const process::Step& step, std::uint64_t left_out) const;

 private:
  struct Command;
  static const std::vector<Command>& commands();

  Answer input(const std::string& text, const std::string& path = {});
  Answer command(std::string_view name, const std::string& argument);
  Answer finished(const std::string& name, Answer answer) const;
  const ConsoleCommand* more_command(std::string_view name, bool exact) const;
  bool is_there(const Command& command) const;
  std::optional<Answer> help_of(const std::string& name) const;
  Answer failure(const std::string& message, const std::string& help = {}) const;
  std::string dim(const std::string& text) const;
  std::string bold(const std::string& text) const;
  void render(const Reply& reply, Answer& answer) const;
  void render_error(const Reply& reply, Answer& answer) const;
  std::string render_json(const Reply& reply) const;
  Answer diagnostics(const std::vector<lang::Diagnostic>& found) const;

  Answer help(const std::string& argument);
  Answer type(const std::string& argument);
  Answer dis(const std::string& argument);
  Answer ps(const std::string& argument);
  Answer heap(const std::string& argument);
  Answer heap_of(const std::string& argument);
  Answer fuel(const std::string& argument);
  Answer list(const std::string& argument);
  Answer drop(const std::string& argument);
  Answer load(const std::string& argument);
  Answer no_process(const std::string& command, const std::string& argument) const;
  Answer gone_process(process::Pid pid) const;
  Answer kill(const std::string& argument);
  Answer trace(const std::string& argument);
  Answer swap(const std::string& argument);
  Answer reset(const std::string& argument);
  Answer quit(const std::string& argument);

  Session& session_;
  ConsoleOptions options_;
  std::vector<ConsoleCommand> more_;
};

/// "3", or "3.2" for the second process in place 3: how the text of an ActorRef names it behind `#`.
std::string pid_text(process::Pid pid);

}  // namespace noodle::session
