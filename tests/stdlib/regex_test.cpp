// Regular expressions: matches, syntax errors, linear time.
#include "runtime/stdlib/regex/regex.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace noodle::stdlib;

std::string match(const std::string& pattern, const std::string& text, RegexRun::Mode mode = RegexRun::Mode::search,
                  std::uint64_t work = 1'000'000) {
  const auto regex = Regex::compile(pattern);
  if (!regex) return regex.error().message;
  RegexRun run(*regex, 0, mode);
  while (!run.step(text, work)) {
  }
  std::string slots;
  for (const auto slot : run.slots()) slots += (slots.empty() ? "" : " ") + std::to_string(slot);
  return slots;
}

}  // namespace

TEST_CASE("a pattern finds the leftmost match, most wanted alternative first") {
  struct Case {
    const char *pattern, *text, *slots;
  };
  const Case cases[] = {
      {"abc", "xabcx", "1 4"},
      {"a|ab", "ab", "0 1"},
      {"(a|ab)(c|bcd)", "abcd", "0 4 0 1 1 4"},
      {"a*", "aaa", "0 3"},
      {"a*?", "aaa", "0 0"},
      {"a+?b", "aaab", "0 4"},
      {"(a)|(b)", "b", "0 1 -1 -1 0 1"},
      {"x{2,3}", "xxxx", "0 3"},
      {"x{2}", "x", ""},
      {"^b", "ab", ""},
      {"(?m)^b$", "a\nb\nc", "2 3"},
      {"a$", "aba", "2 3"},
      {"\\bcat\\b", "a cat.", "2 5"},
      {"\\Bat", "cat at", "1 3"},
      {"[^a-c]+", "abcxyzab", "3 6"},
      {"[]a]+", "x]a", "1 3"},
      {"[a-]+", "b-a", "1 3"},
      {"\\d+\\s\\w+", "n 42 up", "2 7"},
      {".", "\n", ""},
      {"(?s).", "\n", "0 1"},
      {"(?i)straße", "STRASSE Straße", "8 15"},
      {"é", "caf\u00e9", "3 5"},
      {"\\x41\\u{e9}", "A\u00e9", "0 3"},
      {"\\p{Lu}\\p{Ll}*", "\u00c4pfel", "0 6"},
      {"(?:ab)*", "ababx", "0 4"},
      {"", "abc", "0 0"},
      {"(?<year>\\d{4})-(\\d\\d)", "on 2024-05", "3 10 3 7 8 10"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.pattern);
    CHECK(match(c.pattern, c.text) == c.slots);
    CHECK(match(c.pattern, c.text, RegexRun::Mode::search, 1) == c.slots);
  }
  CHECK(match("a|ab", "ab", RegexRun::Mode::whole) == "0 2");
  CHECK(match("b", "ab", RegexRun::Mode::whole) == "");
}

TEST_CASE("malformed and oversized patterns are refused with their position") {
  const char* bad[] = {"(",      ")",  "(?x)",   "[a",    "a**",  "*a",   "\\",    "\\1",    "a{1001}",
                       "x{3,2}", "x{", "\\p{Q}", "[z-a]", "(?<n", "\\x4", "(?=a)", "(?<=a)", "\\u{110000}"};
  for (const char* pattern : bad) {
    CAPTURE(pattern);
    const auto regex = Regex::compile(pattern);
    if (std::string(pattern) == "x{") {
      CHECK(regex.ok());  // a brace that begins no repetition stands for itself
      continue;
    }
    REQUIRE_FALSE(regex.ok());
    CHECK(regex.error().number() == 1613);
    CHECK(regex.error().message.find("position") != std::string::npos);
  }
  CHECK_FALSE(Regex::compile("(((a{100}){100}){100})").ok());
  CHECK_FALSE(Regex::compile(std::string(300, '(')).ok());
}

TEST_CASE("hostile patterns take work in proportion to the text") {
  for (const char* pattern : {"(a+)+$", "(a|aa)+$", "(a*)*b", "(.*)(.*)(.*)x"}) {
    const auto work = [pattern](std::size_t size) {
      const auto regex = Regex::compile(pattern);
      RegexRun run(*regex, 0, RegexRun::Mode::search);
      const std::string text(size, 'a');
      while (!run.step(text + "!", 1000)) {
      }
      return run.work_done();
    };
    CAPTURE(pattern);
    CHECK(work(20000) < 2 * work(10000) + 1000);
  }
}
