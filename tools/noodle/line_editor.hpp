// Line input on a terminal: editing, history and completion with libedit; output that comes meanwhile goes above the
// line.
//
// Threads: one reads; print_above may be called by any. Owns the terminal while reading.
// Limits: the last 2000 inputs are kept in the history file.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace noodle::tools {

class LineEditor {
 public:
  /// Names that may replace the text from `start` to its end.
  using Completer = std::function<std::vector<std::string>(const std::string& text, std::size_t& start)>;

  /// `history_path` "" keeps no history file. While it lives, SIGINT ends reads and sets interrupted().
  LineEditor(std::string history_path, Completer completer);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  enum class Status : std::uint8_t { line, interrupted, end };
  struct Input {
    Status status = Status::end;
    std::string text;  // without line end
  };
  /// Reads one line. `before`: earlier lines of the same input, for the completer. Ctrl-C gives `interrupted`, Ctrl-D
  /// on an empty line `end`.
  Input read(const std::string& prompt, const std::string& before);
  /// Adds a whole input (which may have several lines) to the history.
  void remember(const std::string& input);
  /// Writes text to standard output; above the line while one is being edited.
  void print_above(std::string_view text);

  struct State;  // of libedit; public for its C callbacks

 private:
  std::unique_ptr<State> state_;
};

/// Ctrl-C was pressed since this was asked last. From any thread.
bool take_interrupt();

}  // namespace noodle::tools
