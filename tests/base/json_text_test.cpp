#include "runtime/base/json_text.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <nlohmann/json.hpp>

using namespace noodle;
using namespace std::string_literals;

TEST_CASE("a JSON string escapes what must be escaped and keeps the rest") {
  CHECK(json_string("") == "\"\"");
  CHECK(json_string("a\"b\\c") == "\"a\\\"b\\\\c\"");
  CHECK(json_string("\n\r\t\b\f") == "\"\\n\\r\\t\\b\\f\"");
  CHECK(json_string("\0\x01\x1f\x7f"s) == "\"\\u0000\\u0001\\u001f\\u007f\"");
  CHECK(json_string("h\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8d\x9c") == "\"h\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8d\x9c\"");
}

TEST_CASE("bytes that are no UTF-8 become replacement characters, and the result parses") {
  CHECK(json_string("a\xff\x80z") == "\"a\xef\xbf\xbd\xef\xbf\xbdz\"");
  std::string every;
  for (int i = 0; i < 256; ++i) every += static_cast<char>(i);
  const auto parsed = nlohmann::json::parse(json_string(every + every));
  CHECK(parsed.is_string());
}

TEST_CASE("a JSON number reads back as the same value, and what is no number is null") {
  for (const double value : {0.0, -1.5, 0.1, 1e300, 123456789.0, 5e-324}) {
    std::string out;
    append_json_number(out, value);
    CHECK(nlohmann::json::parse(out).get<double>() == value);
  }
  std::string out;
  append_json_number(out, std::numeric_limits<double>::infinity());
  out += ",";
  append_json_number(out, std::numeric_limits<double>::quiet_NaN());
  CHECK(out == "null,null");
}
