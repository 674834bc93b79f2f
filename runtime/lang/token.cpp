#include "runtime/lang/token.hpp"

#include <array>

namespace noodle::lang {
namespace {

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

constexpr auto kSpellings = make_spellings();

constexpr std::size_t kLongestWord = 10;
constexpr std::size_t kWordSlots = 256;

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

constexpr auto kWords = make_words();

}  // namespace

std::string_view spelling(Tok kind) {
  return kSpellings[static_cast<std::size_t>(kind)];
}

Tok word_kind(std::string_view text) {
  if (text.size() < 2 || text.size() > kLongestWord) return Tok::ident;
  for (std::size_t slot = word_slot(text); kWords[slot] != Tok::eof; slot = (slot + 1) % kWordSlots) {
    if (kSpellings[static_cast<std::size_t>(kWords[slot])] == text) return kWords[slot];
  }
  return Tok::ident;
}

}  // namespace noodle::lang
