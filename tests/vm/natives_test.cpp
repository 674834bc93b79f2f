#include <limits>

#include "tests/vm/native_calls.hpp"

using namespace noodle;
using namespace noodle::test;

namespace {

constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();
const double kNan = std::numeric_limits<double>::quiet_NaN();

struct Row {
  const char* native;
  Gives gives;
  std::vector<Argument> arguments;
  const char* value;
  int code = 0;
};

void check(const std::vector<Row>& rows) {
  for (std::size_t k = 0; k < rows.size(); ++k) {
    CAPTURE(rows[k].native);
    CAPTURE(k);
    const Outcome out = call_native(rows[k].native, rows[k].gives, rows[k].arguments);
    CHECK(out.code == rows[k].code);
    CHECK((out.code ? out.message : out.value) == rows[k].value);
  }
}

std::string s(const char* text) {
  return text;
}
std::int64_t i(std::int64_t value) {
  return value;
}

const std::string kMixed = "aß水😀z";  // 1, 2, 3, 4 and 1 bytes
const std::string kLong(300, 'x');

}  // namespace

TEST_CASE("string natives count and cut by code points") {
  check({
      {"string.length", Gives::integer, {kMixed}, "5"},
      {"string.length", Gives::integer, {s("")}, "0"},
      {"string.byteLength", Gives::integer, {kMixed}, "11"},
      {"string.byteAt", Gives::integer, {kMixed, i(1)}, "195"},
      {"string.byteAt", Gives::integer, {kMixed, i(11)}, "index 11 is out of range: length is 11", 1602},
      {"string.codeAt", Gives::integer, {kMixed, i(3)}, "128512"},
      {"string.codeAt", Gives::integer, {kMixed, i(5)}, "index 5 is out of range: length is 5", 1602},
      {"string.at", Gives::text, {kMixed, i(2)}, "水"},
      {"string.at", Gives::text, {kMixed, i(4)}, "z"},
      {"string.at", Gives::text, {kMixed, i(-1)}, "index -1 is out of range: length is 5", 1602},
      {"string.char_at", Gives::text, {kMixed, i(3)}, "水"},
      {"string.char_at", Gives::text, {kMixed, i(4)}, "index 4 is out of range: length is 11", 1602},
      {"string.slice", Gives::text, {kMixed, i(1), i(4)}, "ß水😀"},
      {"string.slice", Gives::text, {kMixed, i(-9), kEnd}, "aß水😀z"},
      {"string.slice", Gives::text, {kMixed, i(3), i(2)}, ""},
      {"string.slice", Gives::text, {s("abcdef"), i(2), i(4)}, "cd"},
      {"string.slice", Gives::text, {s("abcdef"), i(5), kEnd}, "f"},
      {"string.trim", Gives::text, {s(" \t\u2003x y\u00a0\n")}, "x y"},
      {"string.trim", Gives::text, {s(" \n ")}, ""},
      {"string.toUpper", Gives::text, {s("az{ß水é")}, "AZ{ß水É"},
      {"string.toLower", Gives::text, {s("AZ[")}, "az["},
      {"string.repeat", Gives::text, {s("ab"), i(3)}, "ababab"},
      {"string.repeat", Gives::text, {s("ab"), i(0)}, ""},
      {"string.repeat", Gives::text, {s("ab"), i(-1)}, "count -1 is negative", 1610},
      {"string.repeat",
       Gives::text,
       {s("ab"), kEnd},
       "9223372036854775807 copies of 2 bytes; the limit is 256 MiB",
       1706},
      {"string.padStart", Gives::text, {s("7"), i(3), s("0")}, "007"},
      {"string.padStart", Gives::text, {s("水"), i(4), s("aß")}, "aßa水"},
      {"string.padEnd", Gives::text, {s("7"), i(4), s("ab")}, "7aba"},
      {"string.padEnd", Gives::text, {s("abc"), i(2), s(" ")}, "abc"},
  });
}

TEST_CASE("string natives search, take apart and put together") {
  check({
      {"string.contains", Gives::truth, {s("hello"), s("ll")}, "true"},
      {"string.contains", Gives::truth, {s("hello"), s("")}, "true"},
      {"string.contains", Gives::truth, {s("hello"), s("lo!")}, "false"},
      {"string.startsWith", Gives::truth, {s("hello"), s("he")}, "true"},
      {"string.endsWith", Gives::truth, {s("hello"), s("lo")}, "true"},
      {"string.endsWith", Gives::truth, {s("o"), s("lo")}, "false"},
      {"string.indexOf", Gives::integer, {s("水x水y"), s("水"), i(1)}, "2"},
      {"string.indexOf", Gives::integer, {s("abc"), s("c"), i(-5)}, "2"},
      {"string.indexOf", Gives::integer, {s("abc"), s(""), i(9)}, "3"},
      {"string.indexOf", Gives::integer, {s("abc"), s("d"), i(0)}, "-1"},
      {"string.replace", Gives::text, {s("a-b--c"), s("-"), s("水")}, "a水b水水c"},
      {"string.replace", Gives::text, {s("aaa"), s("aa"), s("")}, "a"},
      {"string.replace", Gives::text, {s("abc"), s(""), s("x")}, "abc"},
      {"string.split", Gives::texts, {s("a,b,,水"), s(",")}, R"(["a", "b", "", "水"])"},
      {"string.split", Gives::texts, {s(""), s(",")}, R"([""])"},
      {"string.split", Gives::texts, {s("a--b--"), s("--")}, R"(["a", "b", ""])"},
      {"string.split", Gives::texts, {s("a水"), s("")}, R"(["a", "水"])"},
      {"string.chars", Gives::texts, {s("a水b")}, R"(["a", "水", "b"])"},
      {"string.chars", Gives::texts, {s("")}, "[]"},
      {"string.lines", Gives::texts, {s("a\r\nb\n\nc\n")}, R"(["a", "b", "", "c"])"},
      {"string.lines", Gives::texts, {s("a\nb")}, R"(["a", "b"])"},
      {"string.lines", Gives::texts, {s("")}, "[]"},
      {"list.join", Gives::text, {Texts{"a", "b", "c"}, s(", ")}, "a, b, c"},
      {"list.join", Gives::text, {Ints{1, -2}, s("|")}, "1|-2"},
      {"list.join", Gives::text, {Floats{1, 0.5}, s(" ")}, "1.0 0.5"},
      {"list.join", Gives::text, {Bools{true, false}, s("")}, "truefalse"},
      {"list.join", Gives::text, {Texts{}, s(", ")}, ""},
      {"list.join", Gives::text, {Anys{Boxed{i(1)}, Boxed{s("x")}}, s("-")}, "1-x"},
  });
}

TEST_CASE("numbers are parsed as a whole or not at all") {
  check({
      {"string.parseInt", Gives::maybe_int, {s("-42")}, "-42"},
      {"string.parseInt", Gives::maybe_int, {s("+7")}, "7"},
      {"string.parseInt", Gives::maybe_int, {s("9223372036854775808")}, "null"},
      {"string.parseInt", Gives::maybe_int, {s("-9223372036854775808")}, "-9223372036854775808"},
      {"string.parseInt", Gives::maybe_int, {s("")}, "null"},
      {"string.parseInt", Gives::maybe_int, {s("+-1")}, "null"},
      {"string.parseInt", Gives::maybe_int, {s("1 ")}, "null"},
      {"string.parseFloat", Gives::maybe_float, {s("1.5e3")}, "1500.0"},
      {"string.parseFloat", Gives::maybe_float, {s("-.5")}, "-0.5"},
      {"string.parseFloat", Gives::maybe_float, {s("nan")}, "nan"},
      {"string.parseFloat", Gives::maybe_float, {s("-inf")}, "-inf"},
      {"string.parseFloat", Gives::maybe_float, {s("1e999")}, "inf"},
      {"string.parseFloat", Gives::maybe_float, {s("-1e-999")}, "-0.0"},
      {"string.parseFloat", Gives::maybe_float, {s("1.5x")}, "null"},
      {"string.parseFloat", Gives::maybe_float, {s("")}, "null"},
  });
}

TEST_CASE("list natives move elements of every storage kind") {
  check({
      {"list.length", Gives::integer, {Ints{1, 2}}, "2"},
      {"list.push", Gives::self_after, {Ints{1, 2}, i(3)}, "[1, 2, 3]"},
      {"list.push", Gives::self_after, {Texts{"a"}, s("b")}, R"(["a", "b"])"},
      {"list.push", Gives::self_after, {Bools{}, true}, "[true]"},
      {"list.insert", Gives::self_after, {Ints{1, 2}, i(0), i(9)}, "[9, 1, 2]"},
      {"list.insert", Gives::self_after, {Texts{"a", "b"}, i(2), s("c")}, R"(["a", "b", "c"])"},
      {"list.insert", Gives::nothing, {Ints{1}, i(2), i(0)}, "index 2 is out of range: length is 1", 1602},
      {"list.removeAt", Gives::integer, {Ints{5, 6, 7}, i(1)}, "6"},
      {"list.removeAt", Gives::text, {Texts{"a", "b"}, i(0)}, "a"},
      {"list.removeAt", Gives::truth, {Bools{false, true}, i(1)}, "true"},
      {"list.removeAt", Gives::integer, {Ints{}, i(0)}, "index 0 is out of range: length is 0", 1602},
      {"list.indexOf", Gives::integer, {Ints{5, 6, 7, 6}, i(6)}, "1"},
      {"list.indexOf", Gives::integer, {Texts{"a", "b"}, s("b")}, "1"},
      {"list.indexOf", Gives::integer, {Floats{0.0, kNan}, -0.0}, "0"},
      {"list.indexOf", Gives::integer, {Floats{0.0, kNan}, kNan}, "-1"},
      {"list.indexOf", Gives::integer, {Bools{false, true}, true}, "1"},
      {"list.slice", Gives::self, {Ints{1, 2, 3, 4}, i(1), i(3)}, "[2, 3]"},
      {"list.slice", Gives::self, {Bools{true, false, true}, i(-1), kEnd}, "[true, false, true]"},
      {"list.slice", Gives::self, {Texts{"a"}, i(5), i(2)}, "[]"},
      {"list.copy", Gives::self, {Floats{1, 2.5}}, "[1.0, 2.5]"},
      {"list.concat", Gives::self, {Texts{"a"}, Texts{"b", "c"}}, R"(["a", "b", "c"])"},
      {"list.concat", Gives::self, {Ints{}, Ints{}}, "[]"},
      {"list.reverse", Gives::self, {Ints{1, 2, 3}}, "[3, 2, 1]"},
      {"list.reverse", Gives::self, {Bools{true, false}}, "[false, true]"},
      {"list.clear", Gives::self_after, {Texts{"a"}}, "[]"},
      {"list.filled", Gives::ints, {i(3), i(7)}, "[7, 7, 7]"},
      {"list.filled", Gives::texts, {i(2), s("x")}, R"(["x", "x"])"},
      {"list.filled", Gives::ints, {i(-1), i(7)}, "size -1 is negative", 1610},
      {"list.sum", Gives::integer, {Ints{1, 2, 3}}, "6"},
      {"list.sum", Gives::integer, {Ints{kEnd, 1}}, "integer overflow: sum of the list", 1600},
      {"list.sum", Gives::real, {Floats{0.5, 0.25}}, "0.75"},
      {"list.sort", Gives::self_after, {Ints{3, 1, 2}}, "[1, 2, 3]"},
      {"list.sort", Gives::self_after, {Floats{2, -1, 0.5}}, "[-1.0, 0.5, 2.0]"},
      {"list.sort", Gives::nothing, {Floats{2, kNan}}, "nan at index 1 has no order", 1618},
      {"list.sort", Gives::self_after, {Texts{"b", "水", "a", ""}}, R"(["", "a", "b", "水"])"},
      {"list.sort", Gives::self_after, {Bools{true, false, true}}, "[false, true, true]"},
      {"list.order", Gives::ints, {Texts{"b", "a", "b", "a"}}, "[1, 3, 0, 2]"},
      {"list.order", Gives::ints, {Ints{}}, "[]"},
      {"list.minIndex", Gives::integer, {Ints{3, 1, 1}}, "1"},
      {"list.maxIndex", Gives::integer, {Floats{3, 9, 9}}, "1"},
      {"list.minIndex", Gives::integer, {Texts{}}, "-1"},
  });
}

TEST_CASE("long lists are sorted in steps, stably") {
  // Deterministic shuffle of 0..n-1; equal keys (value / 8) keep their order.
  const std::int64_t n = 2000;
  Ints values;
  Texts texts;
  for (std::int64_t k = 0; k < n; ++k) values.push_back((k * 7919 + 13) % n / 8);
  std::vector<std::int64_t> expected(static_cast<std::size_t>(n));
  for (std::size_t k = 0; k < expected.size(); ++k) expected[k] = static_cast<std::int64_t>(k);
  std::stable_sort(expected.begin(), expected.end(), [&](std::int64_t a, std::int64_t b) {
    return values[static_cast<std::size_t>(a)] < values[static_cast<std::size_t>(b)];
  });
  std::string wanted = "[";
  for (std::size_t k = 0; k < expected.size(); ++k) wanted += (k ? ", " : "") + std::to_string(expected[k]);
  CHECK(call_native("list.order", Gives::ints, {values}).value == wanted + "]");
  Ints sorted = values;
  std::sort(sorted.begin(), sorted.end());
  wanted = "[";
  for (std::size_t k = 0; k < sorted.size(); ++k) wanted += (k ? ", " : "") + std::to_string(sorted[k]);
  CHECK(call_native("list.sort", Gives::self_after, {values}).value == wanted + "]");
}

TEST_CASE("texts of scalars are exact and read back") {
  check({
      {"text.int", Gives::text, {i(std::numeric_limits<std::int64_t>::min())}, "-9223372036854775808"},
      {"text.float", Gives::text, {4.0}, "4.0"},
      {"text.float", Gives::text, {1e300}, "1e300"},
      {"text.float", Gives::text, {5e-324}, "5e-324"},
      {"text.float", Gives::text, {0.1}, "0.1"},
      {"text.float", Gives::text, {-0.0}, "-0.0"},
      {"text.float", Gives::text, {1e21}, "1e21"},
      {"text.float", Gives::text, {123456.75}, "123456.75"},
      {"text.float", Gives::text, {kNan}, "nan"},
      {"text.bool", Gives::text, {true}, "true"},
      {"value.text", Gives::text, {i(12)}, "12"},
      {"value.text", Gives::text, {Ints{1, 2}}, "[1, 2]"},
      {"text.of", Gives::text, {Boxed{s("plain")}}, "plain"},
      {"text.of", Gives::text, {Boxed{2.5}}, "2.5"},
      {"value.len", Gives::integer, {Boxed{s("水x")}}, "2"},
      {"value.len", Gives::integer, {Boxed{i(2)}}, "len needs a String, Bytes, List, Map, Set or Range", 1613},
      {"value.min", Gives::integer, {i(3), i(-3)}, "-3"},
      {"value.max", Gives::real, {1.5, kNan}, "nan"},
      {"value.min", Gives::text, {s("b"), s("a")}, "a"},
      {"value.abs", Gives::integer, {i(-5)}, "5"},
      {"value.abs",
       Gives::integer,
       {std::numeric_limits<std::int64_t>::min()},
       "integer overflow: abs(-9223372036854775808)",
       1600},
      {"value.abs", Gives::real, {-0.5}, "0.5"},
      {"value.equals", Gives::truth, {Boxed{i(1)}, Boxed{i(1)}}, "true"},
      {"value.equals", Gives::truth, {Boxed{i(1)}, Boxed{1.0}}, "false"},
      {"value.equals", Gives::truth, {Boxed{s("a")}, Boxed{s("a")}}, "true"},
      {"value.equals", Gives::truth, {Boxed{kNan}, Boxed{kNan}}, "false"},
      {"error.checkCode", Gives::nothing, {i(1000)}, "error code 1000 is not in 1001 to 9999", 1615},
      {"process.assertEq", Gives::nothing, {i(1), i(2), s("")}, "expected 2, got 1", 1611},
      {"process.assertEq", Gives::nothing, {Ints{1}, Ints{2}, s("lists")}, "lists: expected [2], got [1]", 1611},
      {"process.assertEq", Gives::nothing, {s("a"), s("a"), s("")}, ""},
  });
}

TEST_CASE("durations and times have readable texts") {
  struct Text {
    std::int64_t value;
    const char* text;
  };
  constexpr std::int64_t kSecond = 1'000'000'000;
  const Text durations[] = {{0, "0s"},
                            {1, "1ns"},
                            {1500, "1.5us"},
                            {-250'000'000, "-250ms"},
                            {kSecond, "1s"},
                            {90 * kSecond, "1m30s"},
                            {5400 * kSecond, "1h30m"},
                            {3600 * kSecond + 1, "1h0.000000001s"},
                            {std::numeric_limits<std::int64_t>::min(), "-2562047h47m16.854775808s"}};
  for (const Text& row : durations) CHECK(vm::duration_text(row.value) == row.text);
  const Text times[] = {{0, "1970-01-01T00:00:00Z"},
                        {-1, "1969-12-31T23:59:59.999999999Z"},
                        {1'709'210'096 * kSecond + 120'000'000, "2024-02-29T12:34:56.12Z"},
                        {951'782'400 * kSecond, "2000-02-29T00:00:00Z"}};
  for (const Text& row : times) CHECK(vm::time_text(row.value) == row.text);
}

TEST_CASE("format fills values by place, alignment, sign, width, digits and form") {
  const Anys values{Boxed{i(42)}, Boxed{3.14159}, Boxed{s("水x")}, Boxed{i(-7)}, Boxed{true}};
  check({
      {"string.format", Gives::text, {s("{} {} {}"), values}, "42 3.14159 水x"},
      {"string.format", Gives::text, {s("{2}{0}{{}}"), values}, "水x42{}"},
      {"string.format", Gives::text, {s("[{:>5}][{:<8}][{:^6}]"), values}, "[   42][3.14159 ][  水x  ]"},
      {"string.format", Gives::text, {s("{:05}{1:8.2f}{3:+05}"), values}, "00042    3.14-0007"},
      {"string.format", Gives::text, {s("{0:x} {0:X} {0:b} {0:o} {3:x} {0:+d}"), values}, "2a 2A 101010 52 -7 +42"},
      {"string.format",
       Gives::text,
       {s("{1:.0f} {1:e} {1:.3g} {0:.1f} {1:.1%}"), values},
       "3 3.141590e+00 3.14 42.0 314.2%"},
      {"string.format", Gives::text, {s("{2:水>4}{2:.1}{4:>6}"), values}, "水水水x水  true"},
      {"string.format", Gives::text, {s("{9}"), values}, "format: there is no value 9 (of 5) at byte 2", 1613},
      {"string.format", Gives::text, {s("a}"), values}, "format: a single `}`; write `}}` at byte 1", 1613},
      {"string.format", Gives::text, {s("{:"), values}, "format: `}` expected at byte 2", 1613},
      {"string.format", Gives::text, {s("{2:d}"), values}, "format: the value is no number at byte 4", 1613},
      {"string.format", Gives::text, {s("{:99999}"), values}, "format: a number above 10000 at byte 7", 1613},
      {"string.format",
       Gives::text,
       {s("{1:x}"), values},
       "format: the value is a float; forms are f, e, g and % at byte 4",
       1613},
  });
}
