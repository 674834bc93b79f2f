// Declarations: kept, replaced, and what that does to the rest.
#include "tests/session/session_fixture.hpp"

using noodle::session::Reply;
using noodle::test::TestSession;

TEST_CASE("declarations of every kind are kept") {
  TestSession session;
  session.enter("import std.math");
  CHECK(session.show("math.gcd(12, 18)") == "6 : int");
  session.enter("record Point(x: int, y: int = 0) { func sum(): int { return x + y; } }");
  CHECK(session.show("Point(1, 2).sum()") == "3 : int");
  session.enter(
      "enum Shape { circle(r: float), nothing\n func big(): bool { return match (self) { case Shape.circle(r) => r > "
      "1.0\n case Shape.nothing => false }; } }");
  CHECK(session.show("Shape.circle(2.0).big()") == "true : bool");
  session.enter("interface Named { func name(): String }");
  session.enter("class Dog implements Named { func name(): String { return \"dog\"; } }");
  session.enter("let named: Named = Dog()");
  CHECK(session.show("named.name()") == "\"dog\" : String");
  session.enter("type Points = List<Point>");
  CHECK(session.show("let ps: Points = [Point(4)]") == "ps : List<Point> = [Point(x: 4, y: 0)]");
  session.enter("const limit = 10");
  session.enter("func first<T>(items: List<T>): T { return items[0]; }");
  CHECK(session.show("first([limit, 2])") == "10 : int");
  session.enter("supervisor App { child Dogs() }\nactor Dogs { on bark(): String { return \"wuff\"; } }");
  CHECK(session.enter("spawn App()").status == Reply::Status::done);
}

TEST_CASE("a new version of a declaration is seen by what uses it") {
  TestSession session;
  session.enter("func one(): int { return 1; }");
  session.enter("func two(): int { return one() + one(); }");
  const Reply reply = session.enter("func one(): int { return 10; }");
  REQUIRE(reply.changes.size() == 1);
  CHECK(reply.changes[0].replaced);
  CHECK(session.show("two()") == "20 : int");
}

TEST_CASE("what no longer fits a new version is dropped with a note") {
  TestSession session;
  session.enter("record Point(x: int, y: int)");
  session.enter("func sum(p: Point): int { return p.x + p.y; }");
  session.enter("let p = Point(1, 2)");
  session.enter("let n = 5");
  session.enter("let twice = (q: Point) => q.y * 2");
  const Reply reply = session.enter("record Point(x: int)");
  CHECK(reply.status == Reply::Status::done);
  std::string notes;
  for (const std::string& note : reply.notes) notes += note + "\n";
  CAPTURE(notes);
  CHECK(notes.find("`sum`") != std::string::npos);
  CHECK(notes.find("`p`") != std::string::npos);
  CHECK(session.show("twice(Point(1))") == "error 1100");
  CHECK(session.show("n") == "5 : int");
  CHECK(session.show("Point(3)") == "Point(x: 3) : Point");
}

TEST_CASE("an input that does not compile changes nothing") {
  TestSession session;
  session.enter("func f(): int { return 1; }");
  CHECK(session.enter("func f(): int { return \"a\"; }").status == Reply::Status::refused);
  CHECK(session.show("f()") == "1 : int");
  CHECK(session.enter("let a = 1; let b: int = \"x\"").status == Reply::Status::refused);
  CHECK(session.show("a") == "error 1100");
}

TEST_CASE("a value that only an `any` holds keeps its type") {
  TestSession session;
  session.enter("record Inner(n: int)\nrecord Outer(what: any)");
  session.enter("let o = Outer(Inner(3))");
  session.enter("let unrelated = 1");
  CHECK(session.show("o") == "Outer(what: Inner(n: 3)) : Outer");
  CHECK(session.show("(o.what as Inner).n") == "3 : int");
}

TEST_CASE("a variable and a declaration of one name replace each other") {
  TestSession session;
  session.enter("let f = 1");
  CHECK(session.show("func f(): int { return 2; }\nf()") == "2 : int");
  CHECK(session.show("f()") == "2 : int");
  CHECK(session.show("let f = 3") == "f : int = 3");
  CHECK(session.show("f") == "3 : int");
}

TEST_CASE("a program with main can be entered and called") {
  TestSession session;
  session.enter("func main(): int { print(\"hi\"); return 4; }");
  CHECK(session.show("main()") == "4 : int");
}

TEST_CASE("`requires` and test blocks are left out with a note") {
  TestSession session;
  CHECK(session.enter("requires log, events;").notes.size() == 1);
  CHECK(session.enter("test \"a\" { assert(false); }").notes.size() == 1);
  CHECK(session->declarations().empty());
}

TEST_CASE("capabilities are those that were granted") {
  TestSession session;
  CHECK(session.show("fs.read(\"/etc/hostname\")") == "error 8001");
  noodle::session::SessionOptions options;
  options.grants = {"fs.read:/etc"};
  TestSession granted(std::move(options));
  CHECK(granted.enter("fs.read(\"/etc/hostname\")").status == Reply::Status::done);
  noodle::session::SessionOptions wrong;
  wrong.grants = {"fs.reed"};
  const auto refused = noodle::session::Session::open(std::move(wrong));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().number() == 8002);
}
