#include "runtime/base/json_value.hpp"

#include <doctest/doctest.h>

#include <string>

#include "runtime/base/utc_text.hpp"

using namespace noodle;

TEST_CASE("strict JSON is read as it is written") {
  const auto value =
      parse_json(R"( {"a":[1,-2,true,false,null,"\u00e4\n\ud83d\ude00"],"b":{"c":9223372036854775807}} )");
  REQUIRE_MESSAGE(value.ok(), value.error().message);
  const JsonValue::List& list = *value->member("a")->list();
  CHECK(*list[0].integer() == 1);
  CHECK(*list[1].integer() == -2);
  CHECK(*list[2].boolean());
  CHECK_FALSE(*list[3].boolean());
  CHECK(list[4].text() == nullptr);
  CHECK(*list[5].text() == "\xc3\xa4\n\xf0\x9f\x98\x80");
  CHECK(*value->member("b")->member("c")->integer() == INT64_MAX);
  CHECK(value->member("c") == nullptr);
  CHECK(list[0].member("x") == nullptr);
}

TEST_CASE("what two readers could understand differently is refused") {
  for (const char* text :
       {"",          " ",        "{",   "[",    "[1,]",     "{\"a\":1,}", "{\"a\":1,\"a\":2}",   "{\"a\" 1}",
        "1.0",       "1e3",      "01",  "-0",   "-",        "+1",         "9223372036854775808", "NaN",
        "tru",       "nul",      "'a'", "\"a",  "\"\x01\"", "\"\\x\"",    "\"\\ud800\"",         "\"\\udc00\\ud800\"",
        "\"\\u12\"", "\"\xff\"", "1 2", "[1]]", "{1:2}",    "// a\n1",    "\xef\xbb\xbf{}"}) {
    CAPTURE(text);
    const auto value = parse_json(text);
    REQUIRE_FALSE(value.ok());
    CHECK(value.error().code == Code::invalid_text);
  }
}

TEST_CASE("size and nesting of JSON are bounded") {
  CHECK(parse_json("[[1]]", {.bytes = 5, .nesting = 2}).ok());
  CHECK_FALSE(parse_json("[[1]]", {.bytes = 4, .nesting = 2}).ok());
  CHECK_FALSE(parse_json("[[1]]", {.bytes = 5, .nesting = 1}).ok());
  CHECK_FALSE(parse_json(std::string(60'000, '[')).ok());
}

TEST_CASE("moments are written in UTC") {
  CHECK(utc_text(0) == "1970-01-01T00:00:00Z");
  CHECK(utc_text(1'769'853'600) == "2026-01-31T10:00:00Z");
  CHECK(utc_text(-5) == "1970-01-01T00:00:00Z");
  CHECK(utc_text(INT64_MAX) == "9999-12-31T23:59:59Z");
  CHECK(utc_weekday(0) == 3);
  CHECK(utc_weekday(1'769'853'600) == 5);
}
