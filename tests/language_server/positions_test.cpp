#include <doctest/doctest.h>

#include "runtime/language_server/documents.hpp"
#include "runtime/language_server/line_index.hpp"
#include "runtime/language_server/uri.hpp"

using namespace noodle;
using namespace noodle::language_server;

TEST_CASE("columns count UTF-16 code units: an emoji is two, an umlaut is one") {
  const std::string text = "let s = \"ü😀x\";\nnext";
  const LineIndex lines(text);
  const auto offset = static_cast<std::uint32_t>(text.find('x'));
  CHECK(lines.position(offset) == Position{0, 12});
  CHECK(lines.offset({0, 12}) == offset);
  CHECK(lines.offset({0, 11}) == text.find("😀"));  // in the middle of the pair: its start
  CHECK(lines.position(static_cast<std::uint32_t>(text.find("next"))) == Position{1, 0});
}

TEST_CASE("every offset of a text of valid UTF-8 survives the way to a position and back") {
  const std::string text = "a\r\nß€\n\n😀\r\rlast line 語";
  const LineIndex lines(text);
  for (std::uint32_t offset = 0; offset <= text.size(); ++offset) {
    if (offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xC0) == 0x80) continue;
    if (offset > 0 && text[offset - 1] == '\r' && text[offset] == '\n') continue;  // inside a line end
    CAPTURE(offset);
    CHECK(lines.offset(lines.position(offset)) == offset);
  }
}

TEST_CASE("lines end with a line feed, a carriage return, or both") {
  const LineIndex lines("a\nb\r\nc\rd");
  CHECK(lines.line_count() == 4);
  CHECK(lines.offset({1, 0}) == 2u);
  CHECK(lines.offset({2, 0}) == 5u);
  CHECK(lines.offset({3, 0}) == 7u);
}

TEST_CASE("a column behind the end of a line means its end; a line behind the last is none") {
  const LineIndex lines("ab\r\nc");
  CHECK(lines.offset({0, 99}) == 2u);
  CHECK(lines.offset({1, 99}) == 5u);
  CHECK(!lines.offset({2, 0}));
  CHECK(LineIndex("").offset({0, 0}) == 0u);
}

TEST_CASE("bytes that are no UTF-8 count as one column each") {
  const LineIndex lines("\xff\xfe x");
  CHECK(lines.position(3) == Position{0, 3});
  CHECK(lines.offset({0, 3}) == 3u);
}

TEST_CASE("paths become file URIs and come back") {
  for (const char* path : {"/a/b.nc", "/with space/ü.nc", "/100%/x#y?.nc"}) {
    CAPTURE(path);
    CHECK(path_of(uri_of(path)) == path);
  }
  CHECK(uri_of("/with space/a.nc") == "file:///with%20space/a.nc");
  CHECK(path_of("file:///c%3A/x/../a.nc") == "/c:/a.nc");
  CHECK(path_of("untitled:Untitled-1") == "untitled:Untitled-1");
  CHECK(path_of("file:///bad%zz") == "/bad%zz");
  CHECK(path_of("file:///nul%00byte") == "file:///nul%00byte");
  CHECK(path_of(uri_of("std:std.math.nc")) == "std:std.math.nc");
}

namespace {

std::string text_of(const Documents& documents, const char* path) {
  return std::string(documents.find(path)->text());
}

}  // namespace

TEST_CASE("changes of one notification are applied one after the other") {
  Documents documents;
  REQUIRE(documents.open("file:///a.nc", 1, "one\ntwo\n").ok());
  REQUIRE(
      documents
          .change("file:///a.nc", 2,
                  {{Range{{0, 0}, {0, 3}}, "first"}, {Range{{0, 5}, {1, 0}}, "\n😀\n"}, {Range{{1, 2}, {1, 2}}, "!"}})
          .ok());
  CHECK(text_of(documents, "/a.nc") == "first\n😀!\ntwo\n");
  CHECK(documents.find("/a.nc")->version == 2);
  REQUIRE(documents.change("file:///a.nc", 3, {{std::nullopt, "all new"}}).ok());
  CHECK(text_of(documents, "/a.nc") == "all new");
}

TEST_CASE("a change outside the document is refused and changes nothing") {
  Documents documents;
  REQUIRE(documents.open("file:///a.nc", 1, "one\n").ok());
  const auto outside = documents.change("file:///a.nc", 2, {{Range{{0, 0}, {9, 0}}, "x"}});
  REQUIRE(!outside.ok());
  CHECK(outside.error().message.find("outside `file:///a.nc`, which has 2 lines") != std::string::npos);
  CHECK(!documents.change("file:///a.nc", 2, {{Range{{0, 3}, {0, 1}}, "x"}}).ok());
  CHECK(text_of(documents, "/a.nc") == "one\n");
  CHECK(!documents.change("file:///b.nc", 1, {}).ok());
  CHECK(!documents.close("file:///b.nc").ok());
}
