#include "tools/noodle/line_editor.hpp"

#include <histedit.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <iostream>

namespace noodle::tools {

struct LineEditor::State {
  EditLine* editor = nullptr;
  History* history = nullptr;
  std::string history_path;
  Completer completer;
  std::string prompt;
  bool interactive = false;
};

namespace {

char* current_prompt(EditLine* editor) {
  void* data = nullptr;
  el_get(editor, EL_CLIENTDATA, &data);
  return static_cast<LineEditor::State*>(data)->prompt.data();
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':' || c == '.';
}

std::string common_prefix(const std::vector<std::string>& words) {
  std::string prefix = words.front();
  for (const std::string& word : words) {
    std::size_t n = 0;
    while (n < prefix.size() && n < word.size() && prefix[n] == word[n]) ++n;
    prefix.resize(n);
  }
  return prefix;
}

unsigned char complete(EditLine* editor, int) {
  void* data = nullptr;
  el_get(editor, EL_CLIENTDATA, &data);
  auto* state = static_cast<LineEditor::State*>(data);
  const LineInfo* line = el_line(editor);
  const char* start = line->cursor;
  while (start > line->buffer && is_word(start[-1])) --start;
  const std::string word(start, line->cursor);
  std::vector<std::string> names = state->completer(word);
  if (names.empty()) return CC_REFRESH_BEEP;
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const std::string prefix = common_prefix(names);
  if (prefix.size() > word.size()) {
    el_insertstr(editor, prefix.substr(word.size()).c_str());
    return CC_REFRESH;
  }
  if (names.size() == 1) return CC_REFRESH_BEEP;
  std::cout << '\n';
  for (const std::string& name : names) std::cout << name << "  ";
  std::cout << '\n' << std::flush;
  return CC_REDISPLAY;
}

}  // namespace

LineEditor::LineEditor(std::string history_path, Completer completer) : state_(std::make_unique<State>()) {
  state_->history_path = std::move(history_path);
  state_->completer = std::move(completer);
  state_->interactive = isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
  if (!state_->interactive) return;
  std::setlocale(LC_CTYPE, "");
  state_->editor = el_init("noodle", stdin, stdout, stderr);
  el_set(state_->editor, EL_CLIENTDATA, state_.get());
  el_set(state_->editor, EL_PROMPT, &current_prompt);
  el_set(state_->editor, EL_EDITOR, "emacs");
  state_->history = history_init();
  HistEvent event;
  history(state_->history, &event, H_SETSIZE, 1000);
  history(state_->history, &event, H_SETUNIQUE, 1);
  if (!state_->history_path.empty()) history(state_->history, &event, H_LOAD, state_->history_path.c_str());
  el_set(state_->editor, EL_HIST, history, state_->history);
  el_set(state_->editor, EL_ADDFN, "noodle-complete", "Complete the name", &complete);
  el_set(state_->editor, EL_BIND, "^I", "noodle-complete", nullptr);
  el_set(state_->editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
}

LineEditor::~LineEditor() {
  if (state_->history != nullptr) history_end(state_->history);
  if (state_->editor != nullptr) el_end(state_->editor);
}

bool LineEditor::interactive() const {
  return state_->interactive;
}

LineEditor::Input LineEditor::read(const std::string& prompt) {
  if (!state_->interactive) {
    std::string line;
    if (!std::getline(std::cin, line)) return {Status::end, {}};
    return {Status::line, line};
  }
  state_->prompt = prompt;
  int count = 0;
  errno = 0;
  const char* text = el_gets(state_->editor, &count);
  if (text == nullptr || count <= 0) {
    if (count < 0 && errno == EINTR) {
      el_reset(state_->editor);
      std::cout << "^C\n";
      return {Status::interrupted, {}};
    }
    return {Status::end, {}};
  }
  std::string line(text, static_cast<std::size_t>(count));
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
  return {Status::line, line};
}

void LineEditor::remember(const std::string& input) {
  if (state_->history == nullptr || input.empty()) return;
  HistEvent event;
  history(state_->history, &event, H_ENTER, input.c_str());
  if (!state_->history_path.empty()) history(state_->history, &event, H_SAVE, state_->history_path.c_str());
}

}  // namespace noodle::tools
