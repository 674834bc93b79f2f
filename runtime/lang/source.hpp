// A source file and positions in it.
//
// Owns: the text and the line index. Every string_view in an Ast points into the text of its SourceFile or the Ast's
// arena.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace noodle::lang {

/// Byte range [start, end) in one SourceFile.
struct Span {
  std::uint32_t start = 0;
  std::uint32_t end = 0;
};

/// 1-based line and column; columns count code points.
struct LineColumn {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

class SourceFile {
 public:
  SourceFile(std::string path, std::string text);
  const std::string& path() const { return path_; }
  std::string_view text() const { return text_; }
  std::string_view text(Span span) const { return text().substr(span.start, span.end - span.start); }
  LineColumn position(std::uint32_t offset) const;
  /// Text of a 1-based line without its line end; empty when out of range.
  std::string_view line(std::uint32_t number) const;
  std::uint32_t line_count() const { return static_cast<std::uint32_t>(line_starts_.size()); }

 private:
  std::string path_;
  std::string text_;
  std::vector<std::uint32_t> line_starts_;
};

}  // namespace noodle::lang
