// Findings and traces point into the inputs as they were entered.
#include "tests/session/session_fixture.hpp"

using noodle::session::Reply;
using noodle::test::TestSession;

TEST_CASE("a finding points to the text that was entered") {
  TestSession session;
  session.enter("let x = 1");
  const Reply reply = session.enter("let a = 2; let b =\n  x + nothing + a");
  REQUIRE(reply.diagnostics.size() == 1);
  const auto& found = reply.diagnostics[0];
  CHECK(static_cast<int>(found.code) == 1100);
  REQUIRE(found.file);
  CHECK(found.file->path() == "input 2");
  CHECK(found.file->text(found.span) == "nothing");
  CHECK(found.file->position(found.span.start).line == 2);
  CHECK(found.file->position(found.span.start).column == 7);
}

TEST_CASE("a trace names the inputs, and the error its innermost place in them") {
  TestSession session;
  session.enter("func half(n: int): int {\n  if (n % 2 == 1) { throw Error(4001, \"odd\"); }\n  return n / 2;\n}");
  const Reply reply = session.enter("let ok = 1; [2, 3].map(n => half(n))");
  CHECK(reply.error_code == 4001);
  CHECK(reply.error_trace.find("half (input 1:2:") == 0);
  CHECK(reply.error_trace.find("(input 2:1:") != std::string::npos);
  CHECK(reply.error_trace.find("$") == reply.error_trace.find("$lambda"));
  REQUIRE(reply.error_place.source);
  CHECK(reply.error_place.source->path() == "input 1");
}

TEST_CASE("names of the session's own never show") {
  TestSession session;
  session.enter("let count = 1");
  for (const char* input : {"cuont", "$session_get(0)", "return 5", "break", "let it: int = \"a\"", "$input()",
                            "func f(): int { return count; }", "self.total", "$types(1)"}) {
    CAPTURE(input);
    const Reply reply = session.enter(input);
    CHECK(reply.status == Reply::Status::refused);
    for (const auto& found : reply.diagnostics) {
      CHECK(found.suggestion.find('$') == std::string::npos);
      if (std::string(input).find('$') == std::string::npos) CHECK(found.message.find('$') == std::string::npos);
    }
  }
}

TEST_CASE("a function that uses a variable of the session is told what to do") {
  TestSession session;
  session.enter("let rate = 2");
  const Reply reply = session.enter("func f(n: int): int { return n * rate; }");
  REQUIRE(reply.diagnostics.size() == 1);
  CHECK(reply.diagnostics[0].suggestion.find("lambda") != std::string::npos);
}

TEST_CASE("what needs more lines is known") {
  using noodle::session::needs_more;
  for (const char* text : {"func f() {", "[1,", "f(", "`a", "1 +", "let x =", "/* a", "if (true) {\n  print(1)"}) {
    CAPTURE(text);
    CHECK(needs_more(text));
  }
  for (const char* text : {"1", "f()", "}", ")", "\"open", "func f() { }", "let x = 1;", ""}) {
    CAPTURE(text);
    CHECK_FALSE(needs_more(text));
  }
  using noodle::session::goes_on;
  for (const char* text : {"  .map(f)", "else { }", "catch (e) { }", "?? 3", "&& b"}) CHECK(goes_on(text));
  for (const char* text : {":type x", "elsewhere()", "-1", "[1]", "", "x"}) CHECK_FALSE(goes_on(text));
}

TEST_CASE("hostile inputs are refused or run, and the session goes on") {
  TestSession session;
  std::vector<std::string> inputs = {std::string("\0\1\2", 3),
                                     "\xff\xfe",
                                     "}}}}",
                                     "((((",
                                     "'",
                                     "let",
                                     "let let let",
                                     std::string(300, '(') + std::string(300, ')'),
                                     std::string(100'000, '-'),
                                     "let x = " + std::string(200'000, '9'),
                                     "\"" + std::string(1'000'000, 'a') + "\"",
                                     "} catch (e) { } func g() {",
                                     "})",
                                     "*/",
                                     "\\",
                                     "a.b.c.d",
                                     "@",
                                     "#!/bin/sh"};
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "[";
  for (int i = 0; i < 1000; ++i) deep += "]";
  inputs.push_back(deep);
  std::string too_many;
  for (int i = 0; i < 2000; ++i) too_many += "let w" + std::to_string(i) + " = 0; ";
  inputs.push_back(too_many);
  std::string many;
  for (int i = 0; i < 200; ++i) many += "let v" + std::to_string(i) + " = " + std::to_string(i) + "\n";
  inputs.push_back(many);
  for (const std::string& input : inputs) {
    CAPTURE(input.substr(0, 40));
    session.enter(input);
    CHECK(session.show("1 + 1") == "2 : int");
  }
  CHECK(session.show("v199") == "199 : int");
}
