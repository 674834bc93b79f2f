#include "runtime/base/suggest.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace noodle;

TEST_CASE("edit distance counts inserts, deletes, replacements and swaps, without case") {
  const struct {
    const char* a;
    const char* b;
    std::size_t distance;
  } cases[] = {
      {"", "", 0},       {"abc", "abc", 0},       {"abc", "ABC", 0},
      {"abc", "ab", 1},  {"abc", "abcd", 1},      {"abc", "axc", 1},
      {"abc", "acb", 1}, {"abcd", "badc", 2},     {"kitten", "sitting", 3},
      {"", "abc", 3},    {"length", "lenght", 1}, {"abc", "xyz", 3},
  };
  for (const auto& c : cases) {
    CAPTURE(c.a);
    CAPTURE(c.b);
    CHECK(edit_distance(c.a, c.b, 10) == c.distance);
    CHECK(edit_distance(c.b, c.a, 10) == c.distance);
    for (std::size_t limit = 0; limit < 4; ++limit) {
      CHECK(edit_distance(c.a, c.b, limit) == std::min(c.distance, limit + 1));
    }
  }
}

TEST_CASE("the nearest name is suggested when it is near enough") {
  const std::vector<std::string_view> names{"length", "push", "pop", "insert", "removeAt", "registerNode", "x"};
  const struct {
    const char* word;
    const char* nearest;
  } cases[] = {
      {"lenght", "length"},
      {"Length", "length"},
      {"psh", "push"},
      {"removat", "removeAt"},
      {"register_node", "registerNode"},
      {"popp", "pop"},
      {"banana", ""},
      {"y", ""},
      {"", ""},
      {"insrt", "insert"},
      {"length", ""},
  };
  for (const auto& c : cases) {
    CAPTURE(c.word);
    CHECK(nearest_name(c.word, names) == c.nearest);
  }
}

TEST_CASE("of equally near names the first is suggested, and texts may be strings") {
  CHECK(nearest_name("cat", std::vector<std::string>{"", "bat", "hat", "car"}) == "bat");
  CHECK(nearest_name("cat", std::vector<std::string>{}).empty());
}

TEST_CASE("very long words get no suggestion") {
  const std::string longest(64, 'a');
  const std::string too_long(65, 'a');
  CHECK(nearest_name(longest, std::vector<std::string>{longest + "b", std::string(63, 'a')}).size() == 63);
  CHECK(nearest_name(too_long, std::vector<std::string>{longest}).empty());
  CHECK(edit_distance(too_long, too_long + "b", 3) == 4);
}
