#include <doctest/doctest.h>

#include "tests/lang/ast_text.hpp"

using namespace noodle::lang;

namespace {

struct StatementRow {
  std::string source;
  std::string expected;
};

}  // namespace

TEST_CASE("statements") {
  const StatementRow rows[] = {
      {"let x = 1;", "(let x 1)"},
      {"const x: int = 1", "(const x: int 1)"},
      {"let x: Map<String, int>", "(let x: Map< String int>)"},
      {"let type = on", "(let type on)"},
      {"if (a) b; else c;", "(if a b else c)"},
      {"if (a) { b } else if (c) d\nelse { }", "(if a ({} b) else (if c d else ({})))"},
      {"if (a) if (b) c; else d;", "(if a (if b c else d))"},
      {"while (a) { break; continue }", "(while a ({} (break) (continue)))"},
      {"while (a);", "(while a ;)"},
      {"for (x in xs) f(x)", "(for-in x xs (call f x))"},
      {"for (k, on in m) { }", "(for-in k on m ({}))"},
      {"for (let i = 0; i < 3; i++) { }", "(for (let i 0) (< i 3) (post++ i) ({}))"},
      {"for (;;) f()", "(for - - - (call f))"},
      {"for (i = 0; ; ) { }", "(for (= i 0) - - ({}))"},
      {"return", "(return)"},
      {"return a + b", "(return (+ a b))"},
      {"throw Error(1, 'x')", "(throw (call Error 1 'x'))"},
      {"try { a } catch (e) { b } finally { c }", "(try ({} a) (catch e ({} b)) finally ({} c))"},
      {"try { } catch (e: Error) { }", "(try ({}) (catch e: Error ({})))"},
      {"try { } catch { }", "(try ({}) (catch  ({})))"},
      {"try { } finally { }", "(try ({}) finally ({}))"},
      {"try { } catch (e) { case Error(1, _) => a, case x => { } }",
       "(try ({}) (catch e (case (is Error () 1 _) => a) (case x => ({}))))"},
      {"send a.b(1)", "(send (call (. a b) 1))"},
      {"send a <- b + 1;", "(send-raw a (+ b 1))"},
      {"send a.c[0] <- { x: 1 }", "(send-raw (index (. a c) 0) (object x: 1))"},
      {"a < -b", "(< a (- b))"},
      {"stop self", "(stop self)"},
      {"stop a.b(c)", "(stop (call (. a b) c))"},
      {"stop 5", "(stop 5)"},
      {"stop(x)", "(call stop x)"},
      {"stop = 1", "(= stop 1)"},
      {"stop.x()", "(call (. stop x))"},
      {"stop\nself", "stop self"},
      {"receive { case Tick(n) => f(n), after 1s => return }",
       "(receive (case (is Tick () n) => (call f n)) (after 1000000000ns => (return)))"},
      {"receive { case x: int => f() after t * 2 => { } }",
       "(receive (case x: int => (call f)) (after (* t 2) => ({})))"},
      {"receive { after (x => x)(1) => f() }", "(receive (after (call (paren (lambda [x] - - x)) 1) => (call f)))"},
      {"receive(x)", "(call receive x)"},
      {"match (a) { case 1 => b } c", "(match a (case 1 => b)) c"},
      {"match (a) { case 1 => b }.c()", "(call (. (match a (case 1 => b)) c))"},
      {"func g(x: int): int { return x; }", "(func g [x: int] : int ({} (return x)))"},
      {"func class() { }", "(func class ({}))"},
      {"{ a; { b } }", "({} a ({} b))"},
      {";;a;;", "a"},
      {"func (x: int) { }(1)", "(call (lambda [x: int] - ({})) 1)"},
      {"actor.join(a)", "(call (. actor join) a)"},
      {"let f = (x) => { a\nb }", "(let f (lambda [x] - ({} a b)))"},
      {"record(1); agent.x; test = 2; module[0]; type++; every(); child; requires + 1; with.a",
       "(call record 1) (. agent x) (= test 2) (index module 0) (post++ type) (call every) child (+ requires 1) (. "
       "with a)"},
      {"agent is Foo; record in x; type as int", "(is agent Foo) (in record x) (as type int)"},
  };
  for (const StatementRow& row : rows) {
    CAPTURE(row.source);
    CHECK(stmt_text(row.source) == row.expected);
  }
}

TEST_CASE("a statement ends at a line end, unless the text goes on") {
  const StatementRow rows[] = {
      {"a\nb", "a b"},
      {"a +\nb", "(+ a b)"},
      {"a\n+ b", "(+ a b)"},
      {"a\n- b", "a (- b)"},
      {"a -\nb", "(- a b)"},
      {"a\n* b", "(* a b)"},
      {"a\n.b\n?.c()", "(call (?. (. a b) c))"},
      {"a.\nb", "(. a b)"},
      {"a\n?? b", "(?? a b)"},
      {"a\n(b)", "a (paren b)"},
      {"a\n[b]", "a (list b)"},
      {"f(a\n(b))", "(call f (call a b))"},
      {"f(a\n-b)", "(call f (- a b))"},
      {"[a\n-b]", "(list (- a b))"},
      {"(a\n[b])", "(paren (index a b))"},
      {"f(x => {\na\n-b\n}, c\n-d)", "(call f (lambda [x] - ({} a (- b))) (- c d))"},
      {"a++\nb", "(post++ a) b"},
      {"a\n++b", "a (pre++ b)"},
      {"a--\n-b", "(post-- a) (- b)"},
      {"let x: int?\ny", "(let x: int?) y"},
      {"let x: List<int>\n(y)", "(let x: List< int>) (paren y)"},
      {"let x: func(): int\n(y)", "(let x: (func : int)) (paren y)"},
      {"return\na", "(return) a"},
      {"a\n? b\n: c", "(?: a b c)"},
      {"a ?\nb :\nc", "(?: a b c)"},
      {"let a\n= b", "(let a b)"},
      {"a\n+= b", "(+= a b)"},
      {"a\nis B", "(is a B)"},
      {"a\nas B", "(as a B)"},
      {"a\nin b", "(in a b)"},
      {"a\n< b", "(< a b)"},
      {"x\n=> y", "(lambda [x] - - y)"},
      {"let x = y =>\n1", "(let x (lambda [y] - - 1))"},
      {"spawn A()\nwith { }", "(spawn (call A) (object))"},
      {"ask a.b()\nwithin 1s", "(ask (call (. a b)) 1000000000ns)"},
      {"spawn A()\non(1)", "(spawn (call A)) (call on 1)"},
      {"spawn A()\nwhere + 1", "(spawn (call A)) (+ where 1)"},
      {"if (a)\nb\nelse\nc", "(if a b else c)"},
      {"try { }\ncatch (e) { }\nfinally { }", "(try ({}) (catch e ({})) finally ({}))"},
      {"while (a)\n{\nb\n}", "(while a ({} b))"},
      {"func g()\n{\n}", "(func g ({}))"},
      {"match (a)\n{\ncase 1\n=> b\ncase 2 => c\n}", "(match a (case 1 => b) (case 2 => c))"},
      {"break\ncontinue\n", "(break) (continue)"},
      {"a // x\n+ b /* y\n */ - c", "(+ a b) (- c)"},
      {"stop\na", "stop a"},
  };
  for (const StatementRow& row : rows) {
    CAPTURE(row.source);
    CHECK(stmt_text(row.source) == row.expected);
  }
}

TEST_CASE("nodes know their places") {
  const Parsed parsed("func f() {\n  let x = a.b(c) + 1;\n  if (x) { y; }\n}\n");
  const std::vector<Stmt*>& body = parsed.ast.decls[0]->body->body;
  CHECK(parsed.source.text(parsed.ast.decls[0]->span) == "func f() {\n  let x = a.b(c) + 1;\n  if (x) { y; }\n}");
  CHECK(parsed.source.text(body[0]->span) == "let x = a.b(c) + 1;");
  CHECK(parsed.source.text(body[0]->a->span) == "a.b(c) + 1");
  CHECK(parsed.source.text(body[0]->a->op_span) == "+");
  CHECK(parsed.source.text(body[0]->a->a->span) == "a.b(c)");
  CHECK(parsed.source.text(body[0]->a->a->a->op_span) == "b");
  CHECK(parsed.source.text(body[1]->span) == "if (x) { y; }");
  CHECK(parsed.source.text(body[1]->then_->span) == "{ y; }");
}
