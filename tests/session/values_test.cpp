// What an input shows, and what the next ones find.
#include "tests/session/session_fixture.hpp"

using noodle::session::Reply;
using noodle::test::TestSession;

TEST_CASE("the value of an expression is shown with its type") {
  TestSession session;
  CHECK(session.show("1 + 1") == "2 : int");
  CHECK(session.show("'a' + 1") == "\"a1\" : String");
  CHECK(session.show("[1, 2].map(x => x / 2.0)") == "[0.5, 1.0] : List<float>");
  CHECK(session.show("{\"a\": 1}") == "{\"a\": 1} : Map<String, any>");
  CHECK(session.show("{\n  \"a\": [1]\n}") == "{\"a\": [1]} : Map<String, any>");
  CHECK(session.show("[1].find(x => x > 3)") == "null : int?");
  CHECK(session.show("print('hello')").empty());
  CHECK(session.output() == "hello\n");
}

TEST_CASE("`it` is the last value") {
  TestSession session;
  CHECK(session.show_last({"20 + 1", "it * 2"}) == "42 : int");
  CHECK(session.show_last({"print(it)", "it + 1"}) == "43 : int");
}

TEST_CASE("variables of every kind of type keep their value") {
  TestSession session;
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"1", "int"},
      {"1.5", "float"},
      {"true", "bool"},
      {"\"text\"", "String"},
      {"5s", "Duration"},
      {"[1, 2]", "List<int>"},
      {"[true, false]", "List<bool>"},
      {"[\"a\"]", "List<String>"},
      {"1..3", "Range"},
      {"[[1], []]", "List<List<int>>"},
  };
  for (const auto& [text, type] : rows) {
    CAPTURE(text);
    const std::string value = session.show("let v = " + text);
    CHECK(value == "v : " + type + " = " + value.substr(value.find(" = ") + 3));
    CHECK(session.show("v") == value.substr(value.find(" = ") + 3) + " : " + type);
  }
  CHECK(session.show("let n: int? = null") == "n : int? = null");
  CHECK(session.show("n") == "null : int?");
  CHECK(session.show_last({"n = 4", "n"}) == "4 : int?");
  CHECK(session.show("let m: Map<String, List<int>> = {\"a\": [1]}") == "m : Map<String, List<int>> = {\"a\": [1]}");
  CHECK(session.show("m[\"a\"]") == "[1] : List<int>");
  CHECK(session.show("let a: any = 7") == "a : any = 7");
  CHECK(session.show("a is int") == "true : bool");
  CHECK(session.show_last({"import std.json", "let j = json.parse(\"[1]\")", "j[0].int() + 1"}) == "2 : int");
  CHECK(session.show("let bytes = \"ab\".bytes()") == "bytes : Bytes = Bytes{61 62}");
  CHECK(session.show("bytes.length") == "2 : int");
  CHECK(session.show_last({"enum Light { red, green }", "let light = Light.green", "light"}) == "Light.green : Light");
  CHECK(session.show_last({"let lights = [light]", "lights[0] == Light.green"}) == "true : bool");
}

TEST_CASE("a type of a library module is found again in later inputs") {
  TestSession session;
  CHECK(session.show_last({"import std.random", "let dice = random.Generator(7)", "dice.int(3, 3)"}) == "3 : int");
  session.enter("import std.random as other");
  session->drop("random");
  CHECK(session.show("dice.int(4, 4)") == "4 : int");
}

TEST_CASE("variables that share a list go on sharing it") {
  TestSession session;
  CHECK(session.show_last({"let a = [1]", "let b = a", "b.push(2)", "a"}) == "[1, 2] : List<int>");
}

TEST_CASE("assignments are shown and kept") {
  TestSession session;
  CHECK(session.show_last({"let n = 1", "n = 5"}) == "n : int = 5");
  CHECK(session.show("n += 2") == "n : int = 7");
  CHECK(session.show("n++") == "n : int = 8");
  CHECK(session.show_last({"for (i in 1..3) { n += i; }", "n"}) == "14 : int");
  CHECK(session.show_last({"const k = [1]", "k = [2]"}) == "error 1131");
}

TEST_CASE("a variable may be declared again, also from itself and with another type") {
  TestSession session;
  CHECK(session.show_last({"let x = 1", "let x = x + 1"}) == "x : int = 2");
  CHECK(session.show("let x = \"n\" + x") == "x : String = \"n2\"");
  CHECK(session.show("x") == "\"n2\" : String");
}

TEST_CASE("one input may have several statements and declarations") {
  TestSession session;
  CHECK(session.show("let a = 1; let b = a + 1; func add(x: int, y: int): int { return x + y; }\nadd(a, b)") ==
        "3 : int");
  CHECK(session.show("add(a, 10)") == "11 : int");
}

TEST_CASE("an error keeps what happened before it") {
  TestSession session;
  CHECK(session.show("let a = [1]; a.push(2); let b = a[9]") == "error 1602");
  CHECK(session.show("a") == "[1, 2] : List<int>");
  CHECK(session.show("b") == "error 1100");
  CHECK(session.show_last({"let n = 1", "n = 2; a[9]"}) == "error 1602");
  CHECK(session.show("n") == "2 : int");
}

TEST_CASE("lambdas are kept, and see the variables of the session as they are") {
  TestSession session;
  CHECK(session.show("let double = (x: int) => x * 2") == "double : func(int): int = a lambda");
  CHECK(session.show("double(21)") == "42 : int");
  session.enter("let n = 0");
  session.enter("let next = () => { n += 1; return n; }");
  session.enter("next()");
  CHECK(session.show("next()") == "2 : int");
  CHECK(session.show("n") == "2 : int");
  session.enter("let both = () => next() + double(n)");
  CHECK(session.show("both()") == "9 : int");
  CHECK(session.show("[1, 2].map(double)") == "[2, 4] : List<int>");
}

TEST_CASE("a function made by a call works in its input and is gone after it, with a note") {
  TestSession session;
  session.enter("func counter(): func(): int { let n = 0; return () => { n += 1; return n; }; }");
  const Reply reply = session.enter("let next = counter(); print(next(), next())");
  CHECK(session.output() == "1 2\n");
  REQUIRE(reply.notes.size() == 1);
  CHECK(reply.notes[0].find("`next` is gone") == 0);
  CHECK(session.show("next()") == "error 1100");
}

TEST_CASE("long values are cut") {
  TestSession session;
  const Reply reply = session.enter("(1..100000).list()");
  REQUIRE(reply.shown);
  CHECK(reply.shown->cut);
  CHECK(reply.shown->text.size() == 4096);
  CHECK(session.show("it.length") == "100000 : int");
}

TEST_CASE("an empty input or a comment is nothing") {
  TestSession session;
  for (const char* text : {"", "   ", "\n\n", "// a comment", "/* one */", ";"}) {
    CAPTURE(text);
    const Reply reply = session.enter(text);
    CHECK(reply.status == Reply::Status::done);
    CHECK_FALSE(reply.shown);
  }
  CHECK(session->next_number() == 1);
}
