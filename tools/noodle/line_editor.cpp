#include "tools/noodle/line_editor.hpp"

#include <fcntl.h>
#include <histedit.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cwchar>
#include <filesystem>
#include <mutex>

namespace noodle::tools {

struct LineEditor::State {
  EditLine* editor = nullptr;
  ::History* history = nullptr;
  std::string history_path;
  Completer completer;
  std::string prompt;
  std::string before;
  bool stopped = false;  // by a signal
  int wake[2] = {-1, -1};

  std::mutex mutex;
  bool reading = false;
  std::string waiting;  // to be printed above the line
};

namespace {

constexpr int kHistorySize = 2000;
constexpr std::size_t kShownNames = 60;

std::atomic<bool> interrupted{false};
std::atomic<bool> resized{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void on_interrupt(int) {
  interrupted.store(true);
}

void on_resize(int) {
  resized.store(true);
}

void set_handler(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;  // without SA_RESTART: reads end
  sigaction(signal, &action, nullptr);
}

LineEditor::State& state_of(EditLine* editor) {
  void* data = nullptr;
  el_get(editor, EL_CLIENTDATA, &data);
  return *static_cast<LineEditor::State*>(data);
}

char* current_prompt(EditLine* editor) {
  return state_of(editor).prompt.data();
}

std::size_t terminal_columns() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

/// Columns a UTF-8 text takes, without the escapes between two \1.
std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  bool escape = false;
  std::mbstate_t shift{};
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\1') {
      escape = !escape;
      ++at;
      continue;
    }
    wchar_t c = 0;
    const std::size_t size = std::mbrtowc(&c, text.data() + at, text.size() - at, &shift);
    if (size == 0 || size > text.size()) {
      ++at;
      continue;
    }
    at += size;
    if (!escape) width += static_cast<std::size_t>(std::max(0, wcwidth(c)));
  }
  return width;
}

void write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno != EINTR && errno != EAGAIN) return;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// Clears the rows the line takes, prints what waits, and draws the line again below it.
void print_waiting(EditLine* editor, LineEditor::State& state) {
  std::string text;
  {
    const std::lock_guard lock(state.mutex);
    text.swap(state.waiting);
  }
  if (text.empty()) return;
  const LineInfo* line = el_line(editor);
  const std::size_t left =
      width_of(state.prompt) + width_of({line->buffer, static_cast<std::size_t>(line->cursor - line->buffer)});
  const std::size_t rows = left / terminal_columns();
  std::string out = rows > 0 ? "\033[" + std::to_string(rows) + "A" : "";
  out += "\r\033[J" + text;
  if (text.back() != '\n') out += "\n";
  write_all(out);
  el_set(editor, EL_REFRESH);
}

/// The next character for libedit; -1 when a signal ends the read.
int next_character(EditLine* editor, wchar_t* result) {
  LineEditor::State& state = state_of(editor);
  char bytes[8];
  std::size_t count = 0;
  for (;;) {
    if (interrupted.load()) {
      state.stopped = true;
      return -1;
    }
    if (resized.exchange(false)) el_resize(editor);
    pollfd sources[2] = {{STDIN_FILENO, POLLIN, 0}, {state.wake[0], POLLIN, 0}};
    if (poll(sources, 2, -1) < 0) {
      if (errno == EINTR) continue;
      return -1;
    }
    if (sources[1].revents != 0) {
      char drained[64];
      while (::read(state.wake[0], drained, sizeof drained) > 0) {
      }
      print_waiting(editor, state);
    }
    if (sources[0].revents == 0) continue;
    const ssize_t got = ::read(STDIN_FILENO, bytes + count, 1);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return 0;
    ++count;
    std::mbstate_t shift{};
    const std::size_t size = std::mbrtowc(result, bytes, count, &shift);
    if (size == static_cast<std::size_t>(-2) && count < sizeof bytes) continue;  // more bytes of it
    if (size == static_cast<std::size_t>(-1) || size == static_cast<std::size_t>(-2)) *result = 0xFFFD;
    return 1;
  }
}

std::string common_prefix(const std::vector<std::string>& words) {
  std::string prefix = words.front();
  for (const std::string& word : words) {
    std::size_t same = 0;
    while (same < prefix.size() && same < word.size() && prefix[same] == word[same]) ++same;
    prefix.resize(same);
  }
  return prefix;
}

/// The names in columns, as many as fit side by side.
std::string in_columns(const std::vector<std::string>& names) {
  std::size_t width = 0;
  for (const std::string& name : names) width = std::max(width, width_of(name) + 2);
  const std::size_t columns = std::max<std::size_t>(1, terminal_columns() / width);
  const std::size_t shown = std::min(names.size(), kShownNames);
  const std::size_t rows = (shown + columns - 1) / columns;
  std::string text;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t at = row; at < shown; at += rows) {
      text += names[at];
      if (at + rows < shown) text.append(width - width_of(names[at]), ' ');
    }
    text += '\n';
  }
  if (shown < names.size()) text += "... and " + std::to_string(names.size() - shown) + " more\n";
  return text;
}

unsigned char complete(EditLine* editor, int) {
  LineEditor::State& state = state_of(editor);
  const LineInfo* line = el_line(editor);
  const std::string text = state.before + std::string(line->buffer, line->cursor);
  std::size_t start = text.size();
  const std::vector<std::string> names = state.completer(text, start);
  if (names.empty()) return CC_REFRESH_BEEP;
  const std::string prefix = common_prefix(names);
  const std::size_t typed = text.size() - std::min(start, text.size());
  if (prefix.size() > typed) {
    el_insertstr(editor, prefix.substr(typed).c_str());
    return CC_REFRESH;
  }
  if (names.size() == 1) return CC_REFRESH_BEEP;
  write_all("\n" + in_columns(names));
  return CC_REDISPLAY;
}

}  // namespace

bool take_interrupt() {
  return interrupted.exchange(false);
}

LineEditor::LineEditor(std::string history_path, Completer completer) : state_(std::make_unique<State>()) {
  state_->history_path = std::move(history_path);
  state_->completer = std::move(completer);
  // Texts are UTF-8 whatever the environment says, or editing would count bytes.
  if (!std::setlocale(LC_CTYPE, "C.UTF-8")) std::setlocale(LC_CTYPE, "");
  if (pipe2(state_->wake, O_CLOEXEC | O_NONBLOCK) != 0) state_->wake[0] = state_->wake[1] = -1;
  set_handler(SIGINT, on_interrupt);
  set_handler(SIGWINCH, on_resize);
  state_->editor = el_init("noodle", stdin, stdout, stderr);
  el_set(state_->editor, EL_CLIENTDATA, state_.get());
  el_set(state_->editor, EL_PROMPT_ESC, &current_prompt, '\1');
  el_set(state_->editor, EL_EDITOR, "emacs");
  el_set(state_->editor, EL_GETCFN, &next_character);
  state_->history = history_init();
  HistEvent event;
  history(state_->history, &event, H_SETSIZE, kHistorySize);
  history(state_->history, &event, H_SETUNIQUE, 1);
  if (!state_->history_path.empty()) history(state_->history, &event, H_LOAD, state_->history_path.c_str());
  el_set(state_->editor, EL_HIST, history, state_->history);
  el_set(state_->editor, EL_ADDFN, "noodle-complete", "Complete the name", &complete);
  el_set(state_->editor, EL_BIND, "^I", "noodle-complete", nullptr);
  el_set(state_->editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  el_set(state_->editor, EL_BIND, "^W", "ed-delete-prev-word", nullptr);
  el_source(state_->editor, nullptr);
}

LineEditor::~LineEditor() {
  set_handler(SIGINT, SIG_DFL);
  set_handler(SIGWINCH, SIG_DFL);
  history_end(state_->history);
  el_end(state_->editor);
  for (const int end : state_->wake) {
    if (end >= 0) close(end);
  }
}

LineEditor::Input LineEditor::read(const std::string& prompt, const std::string& before) {
  state_->prompt = prompt;
  state_->before = before;
  state_->stopped = false;
  {
    const std::lock_guard lock(state_->mutex);
    state_->reading = true;
  }
  // el_gets shows the prompt first; a Ctrl-D typed before it leaves line mode would be lost.
  el_set(state_->editor, EL_PREP_TERM, 1);
  int count = 0;
  const char* text = el_gets(state_->editor, &count);
  std::string late;
  {
    const std::lock_guard lock(state_->mutex);
    state_->reading = false;
    late.swap(state_->waiting);
  }
  Input input;
  if (state_->stopped) {
    interrupted.store(false);
    el_reset(state_->editor);
    write_all("^C\n");
    input.status = Status::interrupted;
  } else if (text != nullptr && count > 0) {
    input.status = Status::line;
    input.text.assign(text, static_cast<std::size_t>(count));
    while (!input.text.empty() && (input.text.back() == '\n' || input.text.back() == '\r')) input.text.pop_back();
  }
  write_all(late);
  return input;
}

void LineEditor::remember(const std::string& input) {
  HistEvent event;
  history(state_->history, &event, H_ENTER, input.c_str());
  if (state_->history_path.empty()) return;
  std::error_code problem;
  std::filesystem::create_directories(std::filesystem::path(state_->history_path).parent_path(), problem);
  history(state_->history, &event, H_SAVE, state_->history_path.c_str());
}

void LineEditor::print_above(std::string_view text) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->reading) return write_all(text);
  state_->waiting += text;
  const char one = 1;
  if (::write(state_->wake[1], &one, 1) < 0) return;  // full: it will be woken anyway
}

}  // namespace noodle::tools
