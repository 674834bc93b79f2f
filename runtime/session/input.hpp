// One input of a session, taken apart: declarations, which are kept, and statements, which run.
//
// Limits and errors are those of the parser.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/lang/diagnostic.hpp"
#include "runtime/session/scope.hpp"

namespace noodle::session {

struct Piece {
  enum class Kind : std::uint8_t {
    declaration,  // name (empty: requires, test, module), word
    let,          // name, is_const
    lambda,       // a `let` whose value is a lambda: name, rest
    expression,   // a value that may be shown
    assignment,   // of a variable: name
    statement
  };
  Kind kind = Kind::statement;
  lang::Span span;
  std::string name;
  std::string word;  // "record"
  bool is_const = false;
  lang::Span rest;  // what follows the name
};

struct Input {
  SourcePtr source;
  lang::Diagnostics diagnostics;  // of the parser; with errors there are no pieces
  std::vector<Piece> pieces;
};

Input parse_input(std::string path, std::string text);
/// True if more lines can make sense of it: an open bracket, text or comment, or an operator at the end.
bool needs_more(std::string_view text);
/// True if `next` can only go on with the input before it: `else`, `catch`, `.method()`.
bool goes_on(std::string_view next);
/// All identifiers in a text.
std::set<std::string, std::less<>> names_in(std::string_view text);

}  // namespace noodle::session
