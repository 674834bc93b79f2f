#include "runtime/session/unit.hpp"

#include <algorithm>
#include <charconv>

#include "runtime/base/lines.hpp"

namespace noodle::session {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// Byte offset of a place given by line and column (in code points).
std::uint32_t offset_of(const lang::SourceFile& file, std::uint32_t line, std::uint32_t column) {
  const std::string_view text = file.line(line);
  std::size_t at = 0;
  for (std::uint32_t i = 1; i < column && at < text.size(); ++i) {
    do {
      ++at;
    } while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80);
  }
  return static_cast<std::uint32_t>(text.data() - file.text().data()) + static_cast<std::uint32_t>(at);
}

bool read_number(std::string_view& text, std::uint32_t& number) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace

void Unit::write_for(Part::Owner owner, const std::string& name, std::string_view text) {
  Part part;
  part.owner = owner;
  part.name = name;
  part.start = static_cast<std::uint32_t>(text_.size());
  text_ += text;
  part.end = static_cast<std::uint32_t>(text_.size());
  parts_.push_back(std::move(part));
}

void Unit::copy(Part::Owner owner, const std::string& name, const SourcePtr& source, lang::Span span) {
  Part part;
  part.owner = owner;
  part.name = name;
  part.source = source;
  part.source_start = span.start;
  if (text_.empty() || text_.back() != '\n') text_ += '\n';
  part.start = static_cast<std::uint32_t>(text_.size());
  text_ += source->text(span);
  part.end = static_cast<std::uint32_t>(text_.size());
  text_ += '\n';
  parts_.push_back(std::move(part));
}

const Unit::Part* Unit::part_at(std::uint32_t offset) const {
  auto next =
      std::upper_bound(parts_.begin(), parts_.end(), offset, [](auto at, const Part& part) { return at < part.start; });
  if (next == parts_.begin()) return nullptr;
  --next;
  return offset <= next->end ? &*next : nullptr;
}

bool Unit::translate(const lang::SourceFile*& file, lang::Span& span, const lang::SourceFile& unit) const {
  if (file != &unit) return true;
  const Part* part = part_at(span.start);
  if (!part || !part->source) return false;
  const std::uint32_t start = span.start - part->start + part->source_start;
  const std::uint32_t end = std::min(span.end, part->end) - part->start + part->source_start;
  file = part->source.get();
  span = {start, std::max(start, end)};
  return true;
}

lang::Diagnostic Unit::translated(const lang::Diagnostic& found, const lang::SourceFile& unit,
                                  const SourcePtr& input) const {
  lang::Diagnostic result = found;
  if (!translate(result.file, result.span, unit)) {
    result.file = input.get();
    result.span = {};
  }
  for (lang::FixIt& fix : result.fixes) {
    const lang::SourceFile* file = &unit;
    translate(file, fix.span, unit);
  }
  if (result.note_file && !translate(result.note_file, result.note_span, unit)) {
    result.note.clear();
    result.note_file = nullptr;
  }
  replace_all(result.message, "`$input`", "the input");
  replace_all(result.message, "$session", "the session");
  return result;
}

std::string Unit::translated_trace(std::string_view trace, const lang::SourceFile& unit, Place& innermost) const {
  static const std::string kMark = std::string("(") + kPath + ":";
  std::string out;
  for (const std::string_view frame : lines_of(trace)) {
    std::string line(frame);
    const std::size_t at = line.find(kMark);
    std::string_view place =
        at == std::string::npos ? std::string_view() : std::string_view(line).substr(at + kMark.size());
    std::uint32_t number = 0, column = 0;
    if (read_number(place, number) && !place.empty() && (place.remove_prefix(1), read_number(place, column))) {
      const lang::SourceFile* file = &unit;
      const std::uint32_t offset = offset_of(unit, number, column);
      lang::Span span{offset, offset};
      if (!translate(file, span, unit)) continue;  // the session's own
      const Part* part = part_at(offset);
      if (!innermost.source && part) innermost = {part->source, span};
      const lang::LineColumn shown = file->position(span.start);
      line.resize(at);
      line += "(" + file->path() + ":" + std::to_string(shown.line) + ":" + std::to_string(shown.column) + ")";
    }
    out += line;
    out += '\n';
  }
  if (!out.empty()) out.pop_back();
  return out;
}

}  // namespace noodle::session
