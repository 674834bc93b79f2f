// Tokens of NoodleCore: kind, place and what the parser must know about the blank space before them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/lang/ast.hpp"
#include "runtime/lang/source.hpp"

namespace noodle::lang {

/// Kinds in four runs: literals, reserved words, contextual words, punctuation.
enum class Tok : std::uint8_t {
  eof,
  error,  // already reported by the lexer
  int_lit,
  float_lit,
  duration_lit,
  size_lit,
  string_lit,
  template_begin,  // `
  template_text,   // raw text between the parts, possibly empty
  template_open,   // ${
  template_close,  // } that ends ${
  template_end,    // `
#define NOODLE_RESERVED(name, text) name,
#define NOODLE_CONTEXTUAL(name, text)
#define NOODLE_PUNCT(name, text)
#include "runtime/lang/tokens.def"
#undef NOODLE_RESERVED
#undef NOODLE_CONTEXTUAL
  ident,
#define NOODLE_RESERVED(name, text)
#define NOODLE_CONTEXTUAL(name, text) name,
#include "runtime/lang/tokens.def"
#undef NOODLE_CONTEXTUAL
#undef NOODLE_PUNCT
#define NOODLE_CONTEXTUAL(name, text)
#define NOODLE_PUNCT(name, text) name,
#include "runtime/lang/tokens.def"
#undef NOODLE_RESERVED
#undef NOODLE_CONTEXTUAL
#undef NOODLE_PUNCT
  count
};

constexpr bool is_literal(Tok kind) {
  return kind >= Tok::int_lit && kind <= Tok::template_begin;
}
constexpr bool is_reserved(Tok kind) {
  return kind >= Tok::kw_import && kind < Tok::ident;
}
/// Identifier or contextual keyword: may be a name anywhere.
constexpr bool is_name(Tok kind) {
  return kind >= Tok::ident && kind < Tok::l_paren;
}
constexpr bool is_word(Tok kind) {
  return kind >= Tok::kw_import && kind < Tok::l_paren;
}

namespace detail {

constexpr std::array<std::string_view, static_cast<std::size_t>(Tok::count)> make_spellings() {
  std::array<std::string_view, static_cast<std::size_t>(Tok::count)> result{};
#define NOODLE_RESERVED(name, text) result[static_cast<std::size_t>(Tok::name)] = text;
#define NOODLE_CONTEXTUAL(name, text) result[static_cast<std::size_t>(Tok::name)] = text;
#define NOODLE_PUNCT(name, text) result[static_cast<std::size_t>(Tok::name)] = text;
#include "runtime/lang/tokens.def"
#undef NOODLE_RESERVED
#undef NOODLE_CONTEXTUAL
#undef NOODLE_PUNCT
  return result;
}

inline constexpr auto kSpellings = make_spellings();

inline constexpr std::size_t kLongestWord = 10;
inline constexpr std::size_t kWordSlots = 256;

constexpr std::size_t word_slot(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  return (at(0) * 7U + at(1) * 31U + at(text.size() - 1) * 13U + text.size() * 5U) % kWordSlots;
}

// Open addressing: a free slot ends the search.
constexpr std::array<Tok, kWordSlots> make_words() {
  std::array<Tok, kWordSlots> result{};
  for (std::size_t kind = static_cast<std::size_t>(Tok::kw_import); kind < static_cast<std::size_t>(Tok::l_paren);
       ++kind) {
    if (static_cast<Tok>(kind) == Tok::ident) continue;
    std::size_t slot = word_slot(kSpellings[kind]);
    while (result[slot] != Tok::eof) slot = (slot + 1) % kWordSlots;
    result[slot] = static_cast<Tok>(kind);
  }
  return result;
}

inline constexpr auto kWords = make_words();

}  // namespace detail

/// Spelling of a word or punctuation kind, empty for the others.
inline std::string_view spelling(Tok kind) {
  return detail::kSpellings[static_cast<std::size_t>(kind)];
}

/// Kind of a word: reserved, contextual, or Tok::ident.
inline Tok word_kind(std::string_view text) {
  if (text.size() < 2 || text.size() > detail::kLongestWord) return Tok::ident;
  for (std::size_t slot = detail::word_slot(text); detail::kWords[slot] != Tok::eof;
       slot = (slot + 1) % detail::kWordSlots) {
    if (detail::kSpellings[static_cast<std::size_t>(detail::kWords[slot])] == text) return detail::kWords[slot];
  }
  return Tok::ident;
}

struct Token {
  enum Flag : std::uint8_t {
    kNewline = 1,    // a line end that counts (not inside ( ) or [ ]) stands before it
    kLineStart = 2,  // any line end stands before it
    kAdjacent = 4,   // nothing stands between it and the token before
    kDoc = 8,        // `///` lines stand before it
    kEscape = 16     // string or template text with a backslash
  };
  std::uint32_t start = 0;
  std::uint32_t end = 0;
  std::uint32_t match = 0;  // brackets: index of the partner, 0 if there is none
  Tok kind = Tok::eof;
  std::uint8_t flags = 0;

  Span span() const { return {start, end}; }
  bool newline() const { return (flags & kNewline) != 0; }
  bool line_start() const { return (flags & kLineStart) != 0; }
  bool adjacent() const { return (flags & kAdjacent) != 0; }
};

struct DocComment {
  std::uint32_t token = 0;  // index of the token it stands before
  Span span;
};

/// All tokens of a file, ended by kPadding eof tokens, so that looking ahead needs no bounds.
struct TokenList {
  static constexpr std::size_t kPadding = 4;
  std::vector<Token> tokens;
  std::vector<Comment> comments;
  std::vector<DocComment> docs;
  std::uint32_t unclosed_braces = 0;  // `{` without `}`
  bool unclosed_template = false;     // ` or ${ open at the end
  bool unclosed_comment = false;
  bool unclosed_bracket = false;  // any of ( [ { open at the end
};

}  // namespace noodle::lang
