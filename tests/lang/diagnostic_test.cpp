#include "runtime/lang/diagnostic.hpp"

#include <doctest/doctest.h>

using namespace noodle::lang;
using noodle::Code;

namespace {

Span find(const SourceFile& file, std::string_view text) {
  const auto at = static_cast<std::uint32_t>(file.text().find(text));
  return {at, at + static_cast<std::uint32_t>(text.size())};
}

}  // namespace

TEST_CASE("positions are 1-based and count code points") {
  const SourceFile file("a.nc", "ab\nüö x\r\n\nlast");
  CHECK(file.line_count() == 4);
  CHECK(file.line(1) == "ab");
  CHECK(file.line(2) == "üö x");
  CHECK(file.line(3).empty());
  CHECK(file.line(4) == "last");
  CHECK(file.line(0).empty());
  CHECK(file.line(5).empty());
  const LineColumn x = file.position(find(file, "x").start);
  CHECK(x.line == 2);
  CHECK(x.column == 4);
  CHECK(file.position(0).column == 1);
  CHECK(file.position(1'000'000).line == 4);
  CHECK(SourceFile("e", "").line_count() == 1);
  CHECK(SourceFile("e", "a\n").line_count() == 2);
}

TEST_CASE("at most 20 errors are kept, repeated ones are dropped, warnings have their own limit") {
  const SourceFile file("a.nc", std::string(1000, 'x'));
  Diagnostics all;
  all.add(Code::unknown_name, file, {1, 2}, "first");
  all.add(Code::unknown_name, file, {1, 5}, "again");
  CHECK(all.error_count() == 1);
  all.add(Code::unknown_type, file, {1, 2}, "other code");
  CHECK(all.error_count() == 2);
  CHECK_FALSE(all.full());
  for (std::uint32_t i = 0; i < 50; ++i) all.add(Code::unknown_name, file, {10 + i, 11 + i}, "more");
  CHECK(all.full());
  CHECK(all.error_count() == Diagnostics::kMaxErrors);
  all.add(Code::unknown_name, file, {900, 901}, "dropped").note = "goes nowhere";
  for (std::uint32_t i = 0; i < 500; ++i) all.warn(Code::unused_local, file, {i, i + 1}, "w");
  CHECK(all.all().size() == Diagnostics::kMaxErrors + 200);
  CHECK(all.has_errors());
  Diagnostics warnings;
  warnings.warn(Code::unused_local, file, {0, 1}, "w", "s");
  CHECK_FALSE(warnings.has_errors());
}

TEST_CASE("a finding is shown with its line, carets, help and note") {
  const SourceFile file("src/a.nc", "let food = 1;\nprint(foo + 1);\n");
  Diagnostics all;
  Diagnostic& item =
      all.add(Code::unknown_name, file, find(file, "foo +"), "no such name `foo`", "did you mean `food`?");
  item.span.end -= 2;
  CHECK(render(item, false) ==
        "error 1100: no such name `foo`\n"
        " --> src/a.nc:2:7\n"
        "  |\n"
        "2 | print(foo + 1);\n"
        "  |       ^^^\n"
        "help: did you mean `food`?\n");
  item.note = "declared here";
  item.note_file = &file;
  item.note_span = find(file, "food");
  CHECK(render(item, false)
            .ends_with("note: declared here\n"
                       " --> src/a.nc:1:5\n"
                       "  |\n"
                       "1 | let food = 1;\n"
                       "  |     ^^^^\n"));
  CHECK(render(item, true).find("\x1b[1;31merror 1100:\x1b[0m") == 0);
  const Diagnostic& warning = all.warn(Code::unused_local, file, {4, 8}, "`food` is never used");
  CHECK(render(warning, false).find("warning 1400: `food` is never used\n --> src/a.nc:1:5") == 0);
}

TEST_CASE("findings without a file or of width zero can be shown") {
  Diagnostic bare;
  bare.code = Code::no_main;
  bare.message = "program has no main";
  CHECK(render(bare, false) == "error 1162: program has no main\n");
  CHECK(render_json(bare).find("\"file\":\"\"") != std::string::npos);
  const SourceFile empty("e.nc", "");
  bare.file = &empty;
  CHECK(render(bare, false) == "error 1162: program has no main\n --> e.nc:1:1\n  |\n1 |\n  | ^\n");
}

TEST_CASE("tabs, wide text, control characters and several lines keep the carets in place") {
  struct Row {
    const char* line;
    const char* marked;
    const char* shown;
    const char* carets;
  };
  const Row rows[] = {
      {"\tfoo", "foo", "1 |     foo", "  |     ^^^"},
      {"ab\tfoo", "foo", "1 | ab  foo", "  |     ^^^"},
      {"変数 foo", "foo", "1 | 変数 foo", "  |      ^^^"},
      {"e\xCC\x81 foo", "foo", "1 | e\xCC\x81 foo", "  |   ^^^"},
      {"a\x1b[31m foo", "foo", "1 | a\xEF\xBF\xBD[31m foo", "  |        ^^^"},
      {"\xFF foo", "foo", "1 | \xEF\xBF\xBD foo", "  |   ^^^"},
      {"\xE2\x80\xAE foo", "foo", "1 | \xEF\xBF\xBD foo", "  |   ^^^"},
      {"x foo(\nbar)", "foo(\nbar", "1 | x foo(", "  |   ^^^^"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.line);
    const SourceFile file("a.nc", row.line);
    Diagnostics all;
    const std::string text = render(all.add(Code::unknown_name, file, find(file, row.marked), "m"), false);
    CHECK(text.find(std::string("\n") + row.shown + "\n") != std::string::npos);
    CHECK(text.find(std::string("\n") + row.carets + "\n") != std::string::npos);
  }
}

TEST_CASE("long lines are cut around the finding") {
  const std::string line = std::string(500, 'a') + " foo " + std::string(500, 'b');
  const SourceFile file("a.nc", line);
  Diagnostics all;
  const std::string text = render(all.add(Code::unknown_name, file, find(file, "foo"), "m"), false);
  std::size_t start = text.find("\n1 | ") + 5;
  const std::string shown = text.substr(start, text.find('\n', start) - start);
  CHECK(shown.size() == 106);
  CHECK(shown.starts_with("...aaa"));
  CHECK(shown.ends_with("bbb..."));
  start = text.find("\n  | ", start) + 5;
  CHECK(text.find("^^^", start) - start == shown.find("foo"));
  const std::string whole = render(all.add(Code::unknown_type, file, {0, 1000}, "m"), false);
  CHECK(whole.size() < 400);
  CHECK(render(all.add(Code::unknown_type, file, {1003, 1004}, "m"), false).find("^") != std::string::npos);
}

TEST_CASE("a finding is one line of JSON, whatever it holds") {
  const SourceFile file("a \"b\".nc", "let x\t= \"y\";\n");
  Diagnostics all;
  Diagnostic& item = all.add(Code::unknown_name, file, {4, 5},
                             "quote \" back \\ line\n tab\t cr\r bell\x07 bad\xFF del\x7F sep\u2028 é");
  item.suggestion = "s";
  item.fixes.push_back({{4, 5}, "y"});
  item.fixes.push_back({{0, 3}, ""});
  CHECK(
      render_json(item) ==
      "{\"severity\":\"error\",\"code\":1100,\"title\":\"no such name\","
      "\"message\":\"quote \\\" back \\\\ line\\n tab\\t cr\\r bell\\u0007 bad\\ufffd del\\u007f sep\\u2028 é\","
      "\"file\":\"a \\\"b\\\".nc\",\"line\":1,\"column\":5,\"endLine\":1,\"endColumn\":6,\"suggestion\":\"s\","
      "\"fixes\":[{\"start\":4,\"end\":5,\"line\":1,\"column\":5,\"endLine\":1,\"endColumn\":6,\"replacement\":\"y\"},"
      "{\"start\":0,\"end\":3,\"line\":1,\"column\":1,\"endLine\":1,\"endColumn\":4,\"replacement\":\"\"}]}");
  item.note = "n";
  CHECK(render_json(item).ends_with(",\"note\":\"n\"}"));
  item.note_file = &file;
  CHECK(
      render_json(item).ends_with(",\"note\":\"n\",\"noteFile\":\"a \\\"b\\\".nc\",\"noteLine\":1,\"noteColumn\":1}"));
  CHECK(render_json(all.warn(Code::unused_local, file, {0, 1}, "m")).find("{\"severity\":\"warning\",\"code\":1400") ==
        0);
}
