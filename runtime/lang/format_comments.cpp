// Where comments go when a program is formatted.
#include <algorithm>

#include "runtime/lang/format_printer.hpp"

namespace noodle::lang {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

std::string_view without_end_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> result;
  while (true) {
    const std::size_t end = text.find('\n');
    result.push_back(without_end_blanks(text.substr(0, end)));
    if (end == std::string_view::npos) return result;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

bool Printer::comment_before(std::uint32_t position) const {
  return next_comment_ < ast_.comments.size() && ast_.comments[next_comment_].span.start < position;
}

bool Printer::is_line_comment(const Comment& comment) const {
  return source_[comment.span.start + 1] != '*';
}

bool Printer::line_break_between(std::uint32_t from, std::uint32_t to) const {
  return from < to && source_.substr(from, to - from).find('\n') != std::string_view::npos;
}

// An empty line stands right before `position`.
bool Printer::blank_before(std::uint32_t position) const {
  int ends = 0;
  for (std::uint32_t i = position; i > 0; --i) {
    const char c = source_[i - 1];
    if (c == '\n') {
      if (++ends == 2) return true;
    } else if (!is_blank(c)) {
      break;
    }
  }
  return false;
}

// A comment over several lines moves as a whole; lines that begin with `*` are lined up.
void Printer::put_comment(const Comment& comment) {
  const std::vector<std::string_view> parts =
      split_lines(source_.substr(comment.span.start, comment.span.end - comment.span.start));
  const bool stars = std::all_of(parts.begin() + 1, parts.end(), [](std::string_view line) {
    const std::string_view text = trimmed(line);
    return !text.empty() && text.front() == '*';
  });
  if (parts.size() == 1 || stars) {
    out_.text(parts[0]);
    for (std::size_t i = 1; i < parts.size(); ++i) {
      out_.hard();
      out_.owned(" " + std::string(trimmed(parts[i])));
    }
  } else {
    std::string text;
    for (const std::string_view line : parts) {
      if (!text.empty()) text += '\n';
      text += line;
    }
    out_.owned(std::move(text));
  }
  if (parts.size() > 1 || is_line_comment(comment)) out_.break_groups();
}

// A new line before the item at `next` or the comments above it, with the empty line that stands there.
void Printer::separate(std::uint32_t next) {
  const std::uint32_t top = comment_before(next) ? ast_.comments[next_comment_].span.start : next;
  if (blank_before(top)) {
    out_.blank();
  } else {
    out_.hard();
  }
}

// Comments inside an expression, before the word at `position`.
void Printer::inline_comments(std::uint32_t position) {
  while (comment_before(position)) {
    const Comment& comment = ast_.comments[next_comment_++];
    put_comment(comment);
    if (is_line_comment(comment)) {
      out_.hard();
    } else {
      out_.text(" ");
    }
  }
}

// Comments before an item, at the place where it will be printed.
void Printer::leading_comments(std::uint32_t position) {
  while (comment_before(position)) {
    const Comment& comment = ast_.comments[next_comment_++];
    put_comment(comment);
    const std::uint32_t next = comment_before(position) ? ast_.comments[next_comment_].span.start : position;
    if (next >= source_.size() || source_[next] == '}') continue;  // a brace brings its own line end
    if (line_break_between(comment.span.end, next)) {
      out_.break_groups();
      separate(position);
    } else {
      out_.text(" ");
    }
  }
}

// Comments behind an item on its line; `position` is where the next one begins.
void Printer::trailing_comments(std::uint32_t position) {
  while (comment_before(position)) {
    const Comment& comment = ast_.comments[next_comment_];
    if (comment.own_line || !line_break_between(comment.span.end - 1, position)) return;
    ++next_comment_;
    out_.text(" ");
    put_comment(comment);
    if (is_line_comment(comment)) return;
  }
}

// Comments between the last item and the closing bracket at `end`.
void Printer::closing_comments(std::uint32_t end) {
  bool line_ended = false;
  while (comment_before(end)) {
    const Comment& comment = ast_.comments[next_comment_];
    if (comment.own_line || line_ended) {
      out_.break_groups();
      separate(end);
    } else {
      out_.text(" ");
    }
    ++next_comment_;
    put_comment(comment);
    line_ended = is_line_comment(comment);
  }
}

// Brackets around nothing, or around comments alone; `end` is the place of the closing one.
void Printer::empty_brackets(std::string_view brackets, std::uint32_t end) {
  out_.text(brackets.substr(0, 1));
  while (comment_before(end)) {
    const Comment& comment = ast_.comments[next_comment_++];
    put_comment(comment);
    if (is_line_comment(comment)) {
      out_.hard();
    } else if (comment_before(end)) {
      out_.text(" ");
    }
  }
  out_.text(brackets.substr(1));
}

// Offset of the first `)` from `from` on that is not in a comment.
std::uint32_t Printer::closing_paren(std::uint32_t from) const {
  auto comment = std::lower_bound(ast_.comments.begin(), ast_.comments.end(), from,
                                  [](const Comment& item, std::uint32_t offset) { return item.span.end <= offset; });
  for (std::uint32_t i = from; i < source_.size(); ++i) {
    if (comment != ast_.comments.end() && i >= comment->span.start) {
      i = (comment++)->span.end - 1;
    } else if (source_[i] == ')') {
      return i;
    }
  }
  return from;
}

}  // namespace noodle::lang
