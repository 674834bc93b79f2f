#include "runtime/lang/diagnostic.hpp"

#include <algorithm>
#include <cstdio>

#include "runtime/lang/unicode.hpp"

namespace noodle::lang {
namespace {

// Warnings have a bound of their own: a hostile file cannot fill memory with them.
constexpr std::size_t kMaxWarnings = 200;

constexpr int kExcerptColumns = 100;
constexpr int kLead = 30;  // columns shown before the finding when a long line is cut
constexpr int kTabColumns = 4;

struct Paint {
  bool on;
  std::string operator()(const char* code, std::string_view text) const {
    if (!on) return std::string(text);
    return std::string("\x1b[") + code + "m" + std::string(text) + "\x1b[0m";
  }
};

// One source line with the columns [mark_start, mark_end) of the finding in it.
struct Excerpt {
  std::string text;
  int mark_start = 0;
  int mark_end = 0;
};

struct Cell {
  std::string text;
  int column;
  int width;
};

// What a terminal shows of `line`: tabs become blanks, control characters cannot do harm.
std::vector<Cell> cells_of(std::string_view line, std::size_t from, std::size_t to, int& mark_start, int& mark_end) {
  std::vector<Cell> cells;
  int column = 0;
  mark_start = mark_end = -1;
  for (std::size_t i = 0; i < line.size();) {
    if (i >= from && mark_start < 0) mark_start = column;
    if (i >= to && mark_end < 0) mark_end = column;
    const CodePoint point = decode_utf8(line, i);
    Cell cell{{}, column, 1};
    if (line[i] == '\t') {
      cell.width = kTabColumns - column % kTabColumns;
      cell.text.assign(static_cast<std::size_t>(cell.width), ' ');
    } else if (point.size == 0 || point.value < 0x20 || (point.value >= 0x7F && point.value < 0xA0) ||
               (point.value >= 0x202A && point.value <= 0x202E) || (point.value >= 0x2066 && point.value <= 0x2069)) {
      cell.text = "\xEF\xBF\xBD";
    } else {
      cell.text = line.substr(i, point.size);
      cell.width = display_width(point.value);
    }
    column += cell.width;
    i += std::max<std::size_t>(point.size, 1);
    cells.push_back(std::move(cell));
  }
  if (mark_start < 0) mark_start = column;
  if (mark_end < 0) mark_end = column;
  mark_end = std::max(mark_end, mark_start + 1);
  return cells;
}

Excerpt make_excerpt(std::string_view line, std::size_t from, std::size_t to) {
  Excerpt result;
  std::vector<Cell> cells = cells_of(line, from, to, result.mark_start, result.mark_end);
  const int width = cells.empty() ? 0 : cells.back().column + cells.back().width;
  int first = 0;
  if (width > kExcerptColumns) first = std::max(0, std::min(result.mark_start - kLead, width - kExcerptColumns));
  const int last = first + kExcerptColumns;
  if (first > 0) result.text = "...";
  const int origin = first > 0 ? first - 3 : 0;
  int shown = 0;
  for (const Cell& cell : cells) {
    if (cell.column < first) continue;
    if (cell.column + cell.width > last) break;
    result.text += cell.text;
    shown = cell.column + cell.width;
  }
  if (shown < width) result.text += "...";
  result.mark_start -= origin;
  result.mark_end = std::max(std::min(result.mark_end, std::max(shown, last)) - origin, result.mark_start + 1);
  return result;
}

void append_place(std::string& out, const SourceFile& file, Span span, const Paint& paint, const char* colour) {
  const LineColumn start = file.position(span.start);
  const LineColumn end = file.position(std::max(span.start, span.end));
  const std::string number = std::to_string(start.line);
  const std::string blank(number.size(), ' ');
  const std::string_view line = file.line(start.line);
  const auto line_offset = static_cast<std::size_t>(line.data() - file.text().data());
  const std::size_t from =
      std::min<std::size_t>(span.start - std::min<std::size_t>(line_offset, span.start), line.size());
  const std::size_t to =
      end.line == start.line ? std::min<std::size_t>(from + (span.end - span.start), line.size()) : line.size();
  const Excerpt excerpt = make_excerpt(line, from, to);
  out += blank + paint("34", "--> ") + file.path() + ":" + number + ":" + std::to_string(start.column) + "\n";
  out += blank + paint("34", " |") + "\n";
  out += paint("34", number + " |") + (excerpt.text.empty() ? "" : " ") + excerpt.text + "\n";
  out += blank + paint("34", " |") + std::string(static_cast<std::size_t>(excerpt.mark_start) + 1, ' ') +
         paint(colour, std::string(static_cast<std::size_t>(excerpt.mark_end - excerpt.mark_start), '^')) + "\n";
}

void append_json(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint point = decode_utf8(text, i);
    const char c = text[i];
    if (point.size == 0) {
      out += "\\ufffd";
      ++i;
      continue;
    }
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (point.value < 0x20 || point.value == 0x7F || point.value == 0x2028 || point.value == 0x2029) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(point.value));
      out += escape;
    } else {
      out += text.substr(i, point.size);
    }
    i += point.size;
  }
  out += '"';
}

void append_field(std::string& out, std::string_view key, std::string_view text) {
  out += ",\"";
  out += key;
  out += "\":";
  append_json(out, text);
}

void append_number(std::string& out, std::string_view key, std::uint32_t value) {
  out += ",\"";
  out += key;
  out += "\":" + std::to_string(value);
}

void append_position(std::string& out, const SourceFile& file, Span span) {
  const LineColumn start = file.position(span.start);
  const LineColumn end = file.position(std::max(span.start, span.end));
  append_number(out, "line", start.line);
  append_number(out, "column", start.column);
  append_number(out, "endLine", end.line);
  append_number(out, "endColumn", end.column);
}

// "a `int`" -> "an `int`".
std::string with_articles(std::string message) {
  for (std::size_t at = message.find("a `"); at != std::string::npos; at = message.find("a `", at + 3)) {
    const bool word = at == 0 || message[at - 1] == ' ';
    if (word && at + 3 < message.size() && std::string_view("aeioAEIO").find(message[at + 3]) != std::string_view::npos)
      message.insert(at + 1, "n");
  }
  return message;
}

}  // namespace

Diagnostic& Diagnostics::add(Code code, const SourceFile& file, Span span, std::string message,
                             std::string suggestion) {
  const bool repeated = std::any_of(items_.begin(), items_.end(), [&](const Diagnostic& item) {
    return item.code == code && item.file == &file && item.span.start == span.start;
  });
  if (full() || repeated) return discarded_ = {};
  ++errors_;
  Diagnostic& item = items_.emplace_back();
  item.code = code;
  item.file = &file;
  item.span = span;
  item.message = with_articles(std::move(message));
  item.suggestion = std::move(suggestion);
  return item;
}

Diagnostic& Diagnostics::warn(Code code, const SourceFile& file, Span span, std::string message,
                              std::string suggestion) {
  if (items_.size() - errors_ >= kMaxWarnings) return discarded_ = {};
  Diagnostic& item = items_.emplace_back();
  item.severity = Severity::warning;
  item.code = code;
  item.file = &file;
  item.span = span;
  item.message = with_articles(std::move(message));
  item.suggestion = std::move(suggestion);
  return item;
}

void Diagnostics::append(const Diagnostic& found) {
  const bool error = found.severity == Severity::error;
  Diagnostic& kept =
      error ? add(found.code, *found.file, found.span, {}) : warn(found.code, *found.file, found.span, {});
  kept = found;
}

std::string render(const Diagnostic& diagnostic, bool color) {
  const Paint paint{color};
  const bool error = diagnostic.severity == Severity::error;
  const char* const colour = error ? "1;31" : "1;33";
  char number[16];
  std::snprintf(number, sizeof number, "%04u", static_cast<unsigned>(diagnostic.code));
  std::string out = paint(colour, std::string(error ? "error " : "warning ") + number + ":");
  out += " " + diagnostic.message + "\n";
  if (diagnostic.file != nullptr) append_place(out, *diagnostic.file, diagnostic.span, paint, colour);
  if (!diagnostic.suggestion.empty()) out += paint("36", "help:") + " " + diagnostic.suggestion + "\n";
  if (!diagnostic.note.empty()) {
    out += paint("36", "note:") + " " + diagnostic.note + "\n";
    if (diagnostic.note_file != nullptr) {
      append_place(out, *diagnostic.note_file, diagnostic.note_span, paint, "36");
    }
  }
  return out;
}

std::string render_json(const Diagnostic& diagnostic) {
  std::string out = "{\"severity\":";
  append_json(out, diagnostic.severity == Severity::error ? "error" : "warning");
  append_number(out, "code", static_cast<std::uint32_t>(diagnostic.code));
  const ErrorInfo* info = find_error(static_cast<std::uint16_t>(diagnostic.code));
  append_field(out, "title", info != nullptr ? info->title : std::string_view{});
  append_field(out, "message", diagnostic.message);
  append_field(out, "file", diagnostic.file != nullptr ? diagnostic.file->path() : std::string_view{});
  if (diagnostic.file != nullptr) append_position(out, *diagnostic.file, diagnostic.span);
  append_field(out, "suggestion", diagnostic.suggestion);
  out += ",\"fixes\":[";
  for (std::size_t i = 0; i < diagnostic.fixes.size() && diagnostic.file != nullptr; ++i) {
    const FixIt& fix = diagnostic.fixes[i];
    out += i == 0 ? "{\"start\":" : ",{\"start\":";
    out += std::to_string(fix.span.start) + ",\"end\":" + std::to_string(fix.span.end);
    append_position(out, *diagnostic.file, fix.span);
    append_field(out, "replacement", fix.replacement);
    out += '}';
  }
  out += ']';
  if (!diagnostic.note.empty()) {
    append_field(out, "note", diagnostic.note);
    if (diagnostic.note_file != nullptr) {
      const LineColumn place = diagnostic.note_file->position(diagnostic.note_span.start);
      append_field(out, "noteFile", diagnostic.note_file->path());
      append_number(out, "noteLine", place.line);
      append_number(out, "noteColumn", place.column);
    }
  }
  return out + "}";
}

}  // namespace noodle::lang
