// Line input of the REPL: editing, history and completion with libedit on a terminal, plain lines otherwise.
//
// Threads: one; owns the terminal while reading.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace noodle::tools {

class LineEditor {
 public:
  /// Names that may follow what is typed so far; called when Tab is pressed with the word left of the cursor.
  using Completer = std::function<std::vector<std::string>(const std::string& word)>;

  /// `history_path` "" keeps no history file.
  LineEditor(std::string history_path, Completer completer);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  enum class Status : std::uint8_t { line, interrupted, end };
  struct Input {
    Status status = Status::end;
    std::string text;  // without line end
  };
  /// Reads one line. Ctrl-C gives `interrupted`, Ctrl-D on an empty line `end`.
  Input read(const std::string& prompt);
  /// Adds a whole input (which may have several lines) to the history.
  void remember(const std::string& input);
  bool interactive() const;

  struct State;  // of libedit; public for its C callbacks

 private:
  std::unique_ptr<State> state_;
};

}  // namespace noodle::tools
