#include "tools/noodle/shell/conversation.hpp"

#include <poll.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "messages/exit_code.hpp"
#include "runtime/base/json_text.hpp"

namespace noodle::tools {

namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10;

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

}  // namespace

std::string history_path(const std::string& name) {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') return std::string(state) + "/noodle/" + name;
  const char* home = std::getenv("HOME");
  return home != nullptr && *home == '/' ? std::string(home) + "/.local/state/noodle/" + name : std::string();
}

void ConversationOutput::write(std::string_view text) {
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

void ConversationOutput::flush() {
  const std::lock_guard lock(mutex_);
  std::cout << std::flush;
}

void ConversationOutput::aside(const std::string& text) {
  if (editor_ != nullptr) return editor_->print_above(text);
  const std::lock_guard lock(mutex_);
  (json_ ? std::cout : std::cerr) << text << std::flush;
}

void print_answer(const session::Answer& answer, LineEditor* editor) {
  if (editor != nullptr) {
    editor->print_above(answer.text + answer.problem);
    return;
  }
  std::cout << answer.text << std::flush;
  std::cerr << answer.problem << std::flush;
}

int converse_in_pipe(const Conversation& conversation) {
  PipeLines lines;
  std::string input, line;
  bool ok = true;
  bool more = lines.next(line);
  while (more) {
    input = line;
    while ((session::Console::needs_more(input) || session::goes_on(lines.waiting())) && (more = lines.next(line))) {
      input += '\n' + line;
    }
    const session::Answer answer = conversation.answer(input);
    print_answer(answer, nullptr);
    ok = ok && answer.ok;
    if (answer.quit) break;
    more = more && lines.next(line);
  }
  return ok ? kExitOk : kExitUncaught;
}

int converse_on_terminal(const Conversation& conversation, LineEditor& editor, bool color) {
  std::string input;
  for (;;) {
    const std::string number = conversation.prompt();
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
    const session::Answer answer = conversation.answer(input);
    print_answer(answer, &editor);
    if (answer.quit) return kExitOk;
    input.clear();
  }
}

}  // namespace noodle::tools
