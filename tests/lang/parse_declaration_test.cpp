#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "tests/lang/ast_text.hpp"

using namespace noodle::lang;

namespace {

struct DeclarationRow {
  std::string source;
  std::string expected;
};

void check_rows(const DeclarationRow* begin, const DeclarationRow* end, const char* path) {
  for (const DeclarationRow* row = begin; row != end; ++row) {
    CAPTURE(row->source);
    const Parsed parsed(row->source, path);
    CHECK(parsed.codes() == "");
    CHECK(ast_text(parsed.ast) == row->expected);
  }
}

}  // namespace

TEST_CASE("declarations") {
  const DeclarationRow rows[] = {
      {"module a.b.c;", "(module a.b.c)\n"},
      {"import std.math", "(import std.math)\n"},
      {"import a.class as b;", "(import a.class as b)\n"},
      {"import \"host:db\" as db", "(import 'host:db' as db)\n"},
      {"requires db.read, net.connect('10.0.0.0/8', x: 1), agents.*;",
       "(requires db.read net.connect '10.0.0.0/8' 1 agents.*)\n"},
      {"func f(a: int, b: String = 'x',): bool", "(func f [a: int b: String = 'x'] : bool)\n"},
      {"func f<T, U: I<T>>(x: T): U? { }", "(func f (<> T U: I< T>) [x: T] : U? ({}))\n"},
      {"export func f() { }", "(func export f ({}))\n"},
      {"type A<T> = Map<String, T?>;", "(alias A (<> T) : Map< String T?>)\n"},
      {"const A: int = 1; const B = 'x'", "(const A : int = 1)\n(const B = 'x')\n"},
      {"test \"it works\" { assert(x); }", "(test 'it works' ({} (call assert x)))\n"},
      {"class A", "(class A)\n"},
      {"class A extends B implements C, D<E> { }", "(class A extends B implements C implements D< E> {})\n"},
      {"class A<T>(x: int) extends B<T>;", "(class A (<> T) [x: int] extends B< T>)\n"},
      {"class A { x: int = 1; y: String\nint z; private static List<int> w = []; func f() }",
       "(class A {} (field x : int = 1) (field y : String) (field type-first z : int) (field private static type-first "
       "w : List< "
       "int> = (list)) (func f))\n"},
      {"class A { constructor(x: int) { super(x); } constructor: int; }",
       "(class A {} (constructor constructor [x: int] ({} (call super x))) (field constructor : int))\n"},
      {"class A { private: int; static: int; on: int; every: int; func: int; requires: int; func class(): int; every "
       "x; every y = 1 }",
       "(class A {} (field private : int) (field static : int) (field on : int) (field every : int) (field func : int) "
       "(field "
       "requires : int) (func class : int) (field type-first x : every) (field type-first y : every = 1))\n"},
      {"class A { func f(): int; func g(): bool func h() private func i() @x func j() }",
       "(class A {} (func f : int) (func g : bool) (func h) (func private i) (func (@ x) j))\n"},
      {"interface I extends J, K { func a(): int; func b() }",
       "(interface I extends J implements K {} (func a : int) (func b))\n"},
      {"actor A(x: int) implements I { n: int; on m(a: int): int { } on stop() { } every 5s { } every n * 2s { } }",
       "(actor A [x: int] implements I {} (field n : int) (on m [a: int] : int ({})) (on stop ({})) (every = "
       "5000000000ns ({})) "
       "(every = (* n 2000000000ns) ({})))\n"},
      {"agent A { name: 'x'; tags: ['a', -1]; n: int; opts: { a: 1 }; ok: true; requires fs.read; }",
       "(agent A {} (metadata name = 'x') (metadata tags = (list 'a' (- 1))) (field n : int) (metadata opts = (object "
       "a: 1)) "
       "(metadata ok = true) (requires fs.read))\n"},
      {"record P(x: int, y: int = 0)", "(record P [x: int y: int = 0])\n"},
      {"record P<T>(x: T) { func f(): T { return x; } }", "(record P (<> T) [x: T] {} (func f : T ({} (return x))))\n"},
      {"record E()", "(record E [])\n"},
      {"enum E { a, b(), c(x: int, y: T?), }", "(enum E (case a) (case b []) (case c [x: int y: T?]) {})\n"},
      {"enum E<T> { none, some(value: T)\nfunc f(): int { } private func g() { }, @a func h() { }; }",
       "(enum E (<> T) (case none) (case some [value: T]) {} (func f : int ({})) (func private g ({})) (func (@ a) h "
       "({})))\n"},
      {"supervisor S(n: int) { strategy: one_for_one; child A(n) with { name: 'a' } child b.C(); restart: x\n }",
       "(super S [n: int] {} (field strategy = one_for_one) (child = (call A n) with (object name: 'a')) (child = "
       "(call (. b C))) "
       "(field restart = x))\n"},
      {"@a @b(1, c: 'x') export class A { @d x: int; @e(2) on: int }",
       "(class (@ a) (@ b 1 c: 'x') export A {} (field (@ d) x : int) (field (@ e 2) on : int))\n"},
      {"print(1); let x = 2\nx += 1", "(call print 1)\n(let x 2)\n(+= x 1)\n"},
      {"agent; record; type; test; module; requires", "agent\nrecord\ntype\ntest\nmodule\nrequires\n"},
      {";;;", ""},
      {"class A { ; ; }", "(class A {})\n"},
      {"func f()\n{ }\nclass B\n{ }", "(func f ({}))\n(class B {})\n"},
      {"class Text extends Base\nimplements I\nfunc f()", "(class Text extends Base implements I)\n(func f)\n"},
      {"class A { actor.Ref x; y: actor.Ref }",
       "(class A {} (field type-first x : actor.Ref) (field y : actor.Ref))\n"},
  };
  check_rows(std::begin(rows), std::end(rows), "test.nc");
}

TEST_CASE("interface files hold declarations without bodies") {
  const DeclarationRow rows[] = {
      {"@cap(\"db.read\") func query(sql: String): any\nconst gateway: Gateway;\nclass C { constructor(x: int); func "
       "f(); on: int }",
       "(func (@ cap 'db.read') query [sql: String] : any)\n(const gateway : Gateway)\n(class C {} (constructor "
       "constructor [x: "
       "int]) (func f) (field on : int))\n"},
  };
  check_rows(std::begin(rows), std::end(rows), "host.nci");
  CHECK(Parsed("func f() { }", "a.nci").codes() == "1010 1:10");
  CHECK(Parsed("const a: int = 5;", "a.nci").codes() == "1010 1:14");
  CHECK(Parsed("print(1)", "a.nci").codes() == "1015 1:1");
  CHECK(Parsed("const a: int;", "a.nc").codes() == "1011 1:13");
}

TEST_CASE("documentation belongs to the declaration below it") {
  const Parsed parsed(
      "/// Adds.\n/// Twice.\n@a export func f() { }\nclass C {\n  /// Field.\n  x: int;\n  func g() {\n    /// "
      "Local.\n    func h() { }\n  }\n}\n"
      "enum E {\n  /// First.\n  a,\n  b,\n  /// Method.\n  func m() { }\n}\nfunc none() { }");
  REQUIRE(parsed.codes() == "");
  CHECK(parsed.ast.decls[0]->doc == "/// Adds.\n/// Twice.");
  const Decl& cls = *parsed.ast.decls[1];
  CHECK(cls.members[0]->doc == "/// Field.");
  CHECK(cls.members[1]->body->body[0]->decl->doc == "/// Local.");
  CHECK(parsed.ast.decls[2]->cases[0].doc == "/// First.");
  CHECK(parsed.ast.decls[2]->cases[1].doc.empty());
  CHECK(parsed.ast.decls[2]->members[0]->doc == "/// Method.");
  CHECK(parsed.ast.decls[3]->doc.empty());
}

TEST_CASE("the users' snippets parse without an error") {
  std::ifstream file(std::string(NOODLE_SOURCE_DIR) + "/tests/lang/snippets.nc");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  REQUIRE(text.size() > 3000);
  const std::string separator = "//---\n";
  const std::size_t counts[] = {10, 1, 8, 3};
  std::size_t part = 0;
  for (std::size_t at = 0; at < text.size(); ++part) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    const Parsed parsed(text.substr(at, end - at));
    CHECK(parsed.codes() == "");
    REQUIRE(part < 4);
    CHECK(parsed.ast.decls.size() == counts[part]);
    at = end + separator.size();
  }
  CHECK(part == 4);
}
