#include "runtime/lang/literal.hpp"

#include <doctest/doctest.h>

#include "runtime/lang/unicode.hpp"

using namespace noodle::lang;

TEST_CASE("numbers end where they end") {
  using Kind = NumberScan::Kind;
  struct Row {
    const char* text;
    Kind kind;
    std::size_t size;
  };
  const Row rows[] = {
      {"0", Kind::integer, 1},       {"42 ", Kind::integer, 2},    {"1_000,", Kind::integer, 5},
      {"0xFFg", Kind::integer, 4},   {"0b101", Kind::integer, 5},  {"3.14", Kind::floating, 4},
      {"1e9", Kind::floating, 3},    {"1E-9", Kind::floating, 4},  {"1.5e+3x", Kind::malformed, 7},
      {"1..2", Kind::integer, 1},    {"1.x", Kind::integer, 1},    {"200ms", Kind::duration, 5},
      {"1.5h", Kind::duration, 4},   {"16MB", Kind::size, 4},      {"0B", Kind::size, 2},
      {"1.5MB", Kind::malformed, 5}, {"1e3s", Kind::malformed, 4}, {"0x", Kind::malformed, 2},
      {"1__0", Kind::malformed, 2},  {"1_", Kind::malformed, 2},   {"1.5_", Kind::malformed, 4},
      {"1e5_", Kind::malformed, 4},  {"0b", Kind::malformed, 2},   {"5sec", Kind::malformed, 4},
      {"1e", Kind::malformed, 2},    {"0x1_F", Kind::integer, 5},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const NumberScan scan = scan_number(row.text);
    CHECK(scan.kind == row.kind);
    CHECK(scan.size == row.size);
  }
}

TEST_CASE("integers have their value, up to 2^63") {
  CHECK(int_value("0") == 0);
  CHECK(int_value("007") == 7);
  CHECK(int_value("1_000_000") == 1'000'000);
  CHECK(int_value("0xFF_ff") == 65535);
  CHECK(int_value("0b1010") == 10);
  CHECK(int_value("9223372036854775807") == 9223372036854775807U);
  CHECK(int_value("9223372036854775808") == 9223372036854775808U);
  CHECK_FALSE(int_value("9223372036854775809").has_value());
  CHECK_FALSE(int_value("99999999999999999999").has_value());
  CHECK(int_value("0x8000000000000000") == 9223372036854775808U);
  CHECK_FALSE(int_value("0x8000000000000001").has_value());
  CHECK_FALSE(int_value("0xFFFFFFFFFFFFFFFFF").has_value());
}

TEST_CASE("floats have their value, and underflow is zero") {
  CHECK(float_value("1.5") == 1.5);
  CHECK(float_value("1_0.2_5") == 10.25);
  CHECK(float_value("1e-9") == 1e-9);
  CHECK(float_value("1.7976931348623157e308") == 1.7976931348623157e308);
  CHECK_FALSE(float_value("1e309").has_value());
  CHECK(float_value("1e-400") == 0.0);
  CHECK(float_value("0." + std::string(400, '0') + "1") == 0.0);
  CHECK_FALSE(float_value("1" + std::string(400, '0') + ".0").has_value());
}

TEST_CASE("durations are whole nanoseconds, sizes whole bytes") {
  CHECK(duration_value("1ns") == 1);
  CHECK(duration_value("2us") == 2'000);
  CHECK(duration_value("200ms") == 200'000'000);
  CHECK(duration_value("1.5s") == 1'500'000'000);
  CHECK(duration_value("0.000000001s") == 1);
  CHECK(duration_value("1.5000000000000000000000s") == 1'500'000'000);
  CHECK(duration_value("2m") == 120'000'000'000);
  CHECK(duration_value("1.25h") == 4'500'000'000'000);
  CHECK(duration_value("0.1_5m") == 9'000'000'000);
  CHECK(duration_value("1d") == 86'400'000'000'000);
  CHECK(duration_value("106751d") == 106751ULL * 86'400'000'000'000);
  for (const char* text : {"0.5ns", "1.0005us", "0.0000000001s", "106752d", "9223372036.9s",
                           "0.0123456789012345678901234m", "99999999999999999999s"}) {
    CAPTURE(text);
    CHECK_FALSE(duration_value(text).has_value());
  }
  CHECK(size_value("0B") == 0);
  CHECK(size_value("1KB") == 1024);
  CHECK(size_value("16MB") == 16U << 20);
  CHECK(size_value("2GB") == std::uint64_t{2} << 30);
  CHECK(size_value("1TB") == std::uint64_t{1} << 40);
  CHECK_FALSE(size_value("8388608TB").has_value());
  CHECK_FALSE(size_value("99999999999999999999B").has_value());
}

TEST_CASE("escapes are replaced, and the first bad one is shown") {
  CHECK(unescape("a\\n\\t\\r\\\\\\\"\\'\\`\\$b").text == "a\n\t\r\\\"'`$b");
  CHECK(unescape("\\0").text == std::string(1, '\0'));
  CHECK(unescape("\\u{41}\\u{e9}\\u{20AC}\\u{1F600}\\u{10FFFF}").text == "Aé€😀\xF4\x8F\xBF\xBF");
  CHECK(unescape("a\r\nb\rc").text == "a\nb\rc");
  struct Row {
    const char* raw;
    std::uint32_t start, end;
  };
  const Row rows[] = {{"a\\qb", 1, 3},        {"\\u41", 0, 2},         {"\\u{}", 0, 4},  {"\\u{D800}", 0, 8},
                      {"\\u{110000}", 0, 10}, {"\\u{1234567}", 0, 10}, {"\\u{12", 0, 5}, {"\\é", 0, 3},
                      {"ab\\", 2, 3},         {"\\u{zz}", 0, 4}};
  for (const Row& row : rows) {
    CAPTURE(row.raw);
    const Unescaped result = unescape(row.raw);
    CHECK_FALSE(result.ok);
    CHECK(result.bad_start == row.start);
    CHECK(result.bad_end == row.end);
  }
}

TEST_CASE("UTF-8 is decoded strictly") {
  CHECK(decode_utf8("a", 0).value == 'a');
  CHECK(decode_utf8("xé", 1).value == 0xE9);
  CHECK(decode_utf8("€", 0).size == 3);
  CHECK(decode_utf8("😀", 0).value == 0x1F600);
  for (const char* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\xE2\x28\xA1", "\xFF"}) {
    CHECK(decode_utf8(bad, 0).size == 0);
  }
  CHECK(find_invalid_utf8("plain ascii text and é") == std::string_view::npos);
  CHECK(find_invalid_utf8("12345678\xFF") == 8);
  CHECK(find_invalid_utf8("") == std::string_view::npos);
  for (const std::uint32_t point : {0x41U, 0xE9U, 0x7FFU, 0x800U, 0xFFFDU, 0x10000U, 0x10FFFFU}) {
    std::string text;
    append_utf8(text, point);
    CHECK(decode_utf8(text, 0).value == point);
    CHECK(decode_utf8(text, 0).size == text.size());
  }
}

TEST_CASE("letters of all scripts may stand in names, blanks and symbols may not") {
  for (const std::uint32_t point : {0xE9U, 0x3B1U, 0x5D0U, 0x5909U, 0xAC00U, 0x20000U, 0xAAU, 0xB5U}) {
    CHECK(is_name_code_point(point));
  }
  for (const std::uint32_t point : {0x41U, 0x85U, 0xA0U, 0xD7U, 0x2009U, 0x200BU, 0x202EU, 0x2192U, 0x3000U, 0xE000U,
                                    0xFEFFU, 0xFF08U, 0x1F600U, 0xE0001U}) {
    CHECK_FALSE(is_name_code_point(point));
  }
  CHECK(display_width('a') == 1);
  CHECK(display_width(0x301) == 0);
  CHECK(display_width(0x5909) == 2);
  CHECK(display_width(0x3B1) == 1);
  CHECK(display_width(0x1F600) == 2);
}
