#include "messages/utf8.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace noodle;
using namespace std::string_literals;

TEST_CASE("valid UTF-8 of every length is accepted") {
  for (const auto& text :
       {""s, "plain ASCII, longer than a word"s, "\0"s, "\xc2\x80"s, "\xdf\xbf"s, "\xe0\xa0\x80"s, "\xed\x9f\xbf"s,
        "\xee\x80\x80"s, "\xef\xbf\xbf"s, "\xf0\x90\x80\x80"s, "\xf4\x8f\xbf\xbf"s, "12345678\xc3\xa9 12345678"s}) {
    CAPTURE(text);
    CHECK(is_valid_utf8(text));
  }
  CHECK(utf8_sequence_bytes("a") == 1);
  CHECK(utf8_sequence_bytes("\xc3\xa9x") == 2);
  CHECK(utf8_sequence_bytes("\xe2\x82\xacx") == 3);
  CHECK(utf8_sequence_bytes("\xf0\x9f\x8d\x9cx") == 4);
  CHECK(utf8_sequence_bytes("") == 0);
}

TEST_CASE("overlong forms, surrogates, stray and missing bytes are refused") {
  for (const auto& text : {"\x80"s, "\xbf"s, "\xc0\x80"s, "\xc1\xbf"s, "\xc3"s, "\xc3x"s, "\xe0\x9f\xbf"s, "\xe2\x82"s,
                           "\xe2x\xac"s, "\xed\xa0\x80"s, "\xf0\x8f\xbf\xbf"s, "\xf0\x9f\x8d"s, "\xf4\x90\x80\x80"s,
                           "\xf5\x80\x80\x80"s, "\xff"s, "12345678abc\xff"s, "1234567\xff"s}) {
    CAPTURE(text);
    CHECK_FALSE(is_valid_utf8(text));
  }
}
