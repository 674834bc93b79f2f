// Inputs and answers on a terminal or in a pipe, whoever answers: a session in this program or one on a node.
//
// This folder holds what talks to people about a cluster: conversation, connection, remote, and the commands
// `noodle shell`, `exec`, `nodes`, `metrics` and `top`.
// Threads: one; ConversationOutput from any.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "runtime/run/output.hpp"
#include "runtime/session/console.hpp"
#include "tools/noodle/line_editor.hpp"

namespace noodle::tools {

struct Conversation {
  std::function<session::Answer(const std::string& input)> answer;
  std::function<std::string()> prompt;  // "3", "alpha 3"
};

/// Where print goes: above the prompt, to standard output, or into JSON lines.
class ConversationOutput final : public process::Output {
 public:
  /// `editor`: null in a pipe.
  ConversationOutput(LineEditor* editor, bool json) : editor_(editor), json_(json) {}

  void write(std::string_view text) override;
  void flush() override;
  /// What is not printed by a program: to standard error in a pipe.
  void aside(const std::string& text);

 private:
  LineEditor* editor_;
  const bool json_;
  std::mutex mutex_;
};

void print_answer(const session::Answer& answer, LineEditor* editor);
/// Line by line from standard input. Exit code 1 when an input fails.
int converse_in_pipe(const Conversation& conversation);
int converse_on_terminal(const Conversation& conversation, LineEditor& editor, bool color);
/// $XDG_STATE_HOME/noodle/NAME, or below ~/.local/state; empty without a home.
std::string history_path(const std::string& name);

}  // namespace noodle::tools
