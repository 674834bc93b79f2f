// The program of one input as source text: what is kept, what was entered, and what ties them to the session's values.
//
//     import std.text as $std_text            types of variables
//     record Point(x: int, y: int)            kept declarations
//     func $input() {
//       let xs = $session_get(0) as (List<int>)
//       {
//         xs.push(4)                          what was entered
//         $session_set(0, xs)
//       }
//     }
//
// Pieces are copied to lines of their own; every finding of the compiler and every trace is translated back to the
// place where the user entered it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/lang/diagnostic.hpp"
#include "runtime/session/scope.hpp"

namespace noodle::session {

class Unit {
 public:
  static constexpr const char* kPath = "$session";
  static constexpr const char* kEntry = "$input";

  /// Whose text a part of the unit is.
  struct Part {
    enum class Owner : std::uint8_t { declaration, variable, value_type, input };
    Owner owner = Owner::input;
    std::string name;  // of the declaration, variable or type
    std::uint32_t start = 0, end = 0;
    SourcePtr source;  // null: written by the session
    std::uint32_t source_start = 0;
  };

  void write(std::string_view text) { text_ += text; }
  /// Text of the session's own that is there for one thing.
  void write_for(Part::Owner owner, const std::string& name, std::string_view text);
  void copy(Part::Owner owner, const std::string& name, const SourcePtr& source, lang::Span span);

  const std::string& text() const { return text_; }
  /// The part a place of the unit belongs to; null between parts.
  const Part* part_at(std::uint32_t offset) const;
  /// The finding where the user can see it. `unit`: the file it was compiled from; `input`: for what has no place.
  lang::Diagnostic translated(const lang::Diagnostic& found, const lang::SourceFile& unit,
                              const SourcePtr& input) const;
  /// A stack trace with the places of the inputs; `innermost`: the first of these, if there is one.
  struct Place {
    SourcePtr source;
    lang::Span span;
  };
  std::string translated_trace(std::string_view trace, const lang::SourceFile& unit, Place& innermost) const;

 private:
  bool translate(const lang::SourceFile*& file, lang::Span& span, const lang::SourceFile& unit) const;

  std::string text_;
  std::vector<Part> parts_;  // by start
};

}  // namespace noodle::session
