// `noodle repl`: a session on a terminal, or line by line from a pipe.
#include <poll.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "actors/work/vm_driver.hpp"
#include "runtime/base/json_text.hpp"
#include "runtime/session/console.hpp"
#include "tools/noodle/commands.hpp"
#include "tools/noodle/console.hpp"
#include "tools/noodle/line_editor.hpp"
#include "tools/noodle/settings.hpp"

namespace noodle::tools {

namespace {

constexpr std::size_t kShownBytes = 1000;  // of a value, on a terminal
constexpr std::size_t kReadBytes = std::size_t{64} << 10;

/// $XDG_STATE_HOME/noodle/repl_history, or below ~/.local/state; empty without a home.
std::string history_path() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') return std::string(state) + "/noodle/repl_history";
  const char* home = std::getenv("HOME");
  return home != nullptr && *home == '/' ? std::string(home) + "/.local/state/noodle/repl_history" : std::string();
}

/// Where print goes: above the prompt, to standard output, or into JSON lines.
class ReplOutput final : public process::Output {
 public:
  ReplOutput(LineEditor* editor, bool json) : editor_(editor), json_(json) {}

  void write(std::string_view text) override {
    if (editor_ != nullptr) return editor_->print_above(text);
    const std::lock_guard lock(mutex_);
    if (json_) {
      std::string line = "{\"output\":";
      append_json_string(line, text);
      std::cout << line << "}\n";
    } else {
      std::cout << text;
    }
  }
  void flush() override {
    const std::lock_guard lock(mutex_);
    std::cout << std::flush;
  }

 private:
  LineEditor* editor_;
  const bool json_;
  std::mutex mutex_;
};

/// Lines of standard input without waiting for more than asked.
class PipeLines {
 public:
  /// False at the end.
  bool next(std::string& line) {
    while (rest_.find('\n', seen_) == std::string::npos) {
      seen_ = rest_.size();
      if (!more(-1)) {
        if (rest_.empty()) return false;
        line.swap(rest_);
        rest_.clear();
        seen_ = 0;
        return true;
      }
    }
    const std::size_t end = rest_.find('\n', seen_);
    line = rest_.substr(0, end);
    rest_.erase(0, end + 1);
    seen_ = 0;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return true;
  }
  /// The next line, if it is there already; else what has come of it.
  std::string_view waiting() {
    while (rest_.find('\n') == std::string::npos && more(0)) {
    }
    return std::string_view(rest_).substr(0, rest_.find('\n'));
  }

 private:
  bool more(int timeout_ms) {
    pollfd source{STDIN_FILENO, POLLIN, 0};
    if (poll(&source, 1, timeout_ms) <= 0) return false;
    char buffer[kReadBytes];
    const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (got <= 0) return false;
    rest_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }

  std::string rest_;
  std::size_t seen_ = 0;
};

void print(const session::Answer& answer, LineEditor* editor) {
  if (editor != nullptr) {
    editor->print_above(answer.text + answer.problem);
    return;
  }
  std::cout << answer.text << std::flush;
  std::cerr << answer.problem << std::flush;
}

int run_pipe(session::Console& console) {
  PipeLines lines;
  std::string input, line;
  bool ok = true;
  bool more = lines.next(line);
  while (more) {
    input = line;
    while ((session::Console::needs_more(input) || session::goes_on(lines.waiting())) && (more = lines.next(line))) {
      input += '\n' + line;
    }
    const session::Answer answer = console.answer(input);
    print(answer, nullptr);
    ok = ok && answer.ok;
    if (answer.quit) break;
    more = more && lines.next(line);
  }
  return ok ? kExitOk : kExitUncaught;
}

int run_terminal(session::Console& console, session::Session& session, LineEditor& editor, bool color) {
  std::string input;
  for (;;) {
    const std::string number = std::to_string(session.next_number());
    const std::string prompt = input.empty() ? number + "> " : std::string(number.size(), '.') + "| ";
    const std::string shown = color ? "\1\033[1;34m\1" + prompt + "\1\033[0m\1" : prompt;
    const LineEditor::Input line = editor.read(shown, input.empty() ? "" : input + "\n");
    if (line.status == LineEditor::Status::end && input.empty()) {
      editor.print_above("\n");
      return kExitOk;
    }
    if (line.status != LineEditor::Status::line) {
      if (line.status == LineEditor::Status::end) editor.print_above("\n");
      input.clear();
      continue;
    }
    input += input.empty() ? line.text : "\n" + line.text;
    if (input.find_first_not_of(" \t\n") == std::string::npos) {
      input.clear();
      continue;
    }
    if (session::Console::needs_more(input)) continue;
    editor.remember(input);
    take_interrupt();
    const session::Answer answer = console.answer(input);
    print(answer, &editor);
    if (answer.quit) return kExitOk;
    input.clear();
  }
}

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
    editor = std::make_unique<LineEditor>(history_path(), [&console](const std::string& text, std::size_t& start) {
      return console->complete(text, start);
    });
  }
  ReplOutput output(editor.get(), common.json);
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
  const auto print_aside = [&](const std::string& text) {
    if (editor) {
      editor->print_above(text);
    } else {
      (common.json ? std::cout : std::cerr) << text << std::flush;
    }
  };
  options.on_process_end = [&](const process::Exit& exit) { print_aside(console->process_end(exit)); };
  options.on_trace = [&](const process::Step& step, std::uint64_t left_out) {
    print_aside(console->traced(step, left_out));
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
    print(answer, editor.get());
    ok = ok && answer.ok;
  }
  const int code = terminal ? run_terminal(made, **session, *editor, shown.color) : run_pipe(made);
  session->reset();
  return ok ? code : kExitUncaught;
}

}  // namespace noodle::tools
