#include <doctest/doctest.h>

#include "tests/lang/ast_text.hpp"

using namespace noodle::lang;

namespace {

struct ExpressionRow {
  std::string source;
  std::string expected;
};

}  // namespace

TEST_CASE("operators bind by precedence and to the left") {
  const ExpressionRow rows[] = {
      {"a + b * c", "(+ a (* b c))"},
      {"a - b - c", "(- (- a b) c)"},
      {"a ?? b || c && d | e ^ f & g", "(?? a (|| b (&& c (| d (^ e (& f g))))))"},
      {"a == b < c", "(== a (< b c))"},
      {"a < b == c > d", "(== (< a b) (> c d))"},
      {"a >= b", "(>= a b)"},
      {"a > = b", "1010 2:13 unexpected `=`, expected an expression"},
      {"a >> b >> c", "(>> (>> a b) c)"},
      {"a > > b", "1010 2:13 unexpected `>`, expected an expression"},
      {"a .. b + 1", "(.. a (+ b 1))"},
      {"0..<n", "(..< 0 n)"},
      {"a << 1 + b", "(<< a (+ 1 b))"},
      {"a in b..c", "(in a (.. b c))"},
      {"a * b / c % d", "(% (/ (* a b) c) d)"},
      {"-a + !b * ~c", "(+ (- a) (* (! b) (~ c)))"},
      {"- -a", "(- (- a))"},
      {"-a.b(c)", "(- (call (. a b) c))"},
      {"a as T * b", "(* (as a T) b)"},
      {"-a as T", "(as (- a) T)"},
      {"a is T && b", "(&& (is a T) b)"},
      {"a is T ? b : c", "(?: (is a T) b c)"},
      {"a is T ? ++b : c", "(?: (is a T) (pre++ b) c)"},
      {"a as T ?? b", "(?? (as a T) b)"},
      {"a as (T?)", "(as a T?)"},
      {"a is func(A): B ? c : d", "(?: (is a (func A : B)) c d)"},
      {"a ? b : c ? d : e", "(?: a b (?: c d e))"},
      {"a ? b ? c : d : e", "(?: a (?: b c d) e)"},
      {"a ? x => y : z", "(?: a (lambda [x] - - y) z)"},
      {"a = b = c", "(= a (= b c))"},
      {"a += b -= c *= d /= e", "(+= a (-= b (*= c (/= d e))))"},
      {"a[0] = b", "(= (index a 0) b)"},
      {"(a).b = c", "(= (. (paren a) b) c)"},
      {"++a + b--", "(+ (pre++ a) (post-- b))"},
  };
  for (const ExpressionRow& row : rows) {
    CAPTURE(row.source);
    CHECK(expr_text(row.source) == row.expected);
  }
}

TEST_CASE("links of a chain apply from the left") {
  const ExpressionRow rows[] = {
      {"a.b?.c[0](1)", "(call (index (?. (. a b) c) 0) 1)"},
      {"f(1, name: 2, case: 3,)", "(call f 1 name: 2 case: 3)"},
      {"f()", "(call f)"},
      {"a.class.match.if", "(. (. (. a class) match) if)"},
      {"a?.on", "(?. a on)"},
      {"1.abs()", "(call (. 1 abs))"},
      {"\"x\".length", "(. 'x' length)"},
      {"[1][0]", "(index (list 1) 0)"},
      {"self.x(super.y)", "(call (. self x) (. super y))"},
      {"actor.join(x)", "(call (. actor join) x)"},
      {"f(x)(y)", "(call (call f x) y)"},
  };
  for (const ExpressionRow& row : rows) {
    CAPTURE(row.source);
    CHECK(expr_text(row.source) == row.expected);
  }
}

TEST_CASE("`<` begins type arguments exactly if `< types > (` can be read") {
  const ExpressionRow rows[] = {
      {"f<T>(x)", "(call f (<> T) x)"},
      {"f<T> (x)", "(call f (<> T) x)"},
      {"a.f<List<List<int>>, func(A): B?, (C)>(x)", "(call (. a f) (<> List< List< int>> (func A : B?) C) x)"},
      {"f<T,>(x)", "(call f (<> T) x)"},
      {"f<a.b.C<D?>>()", "(call f (<> a.b.C< D?>))"},
      {"a < b", "(< a b)"},
      {"a < b > c", "(> (< a b) c)"},
      {"a < (b > (c))", "(< a (paren (> b (paren c))))"},
      {"a < b, > (c)", "(call a (<> b) c)"},
      {"f(a < b, c > d)", "(call f (< a b) (> c d))"},
      {"f(a < b, c > (d))", "(call f (call a (<> b c) d))"},
      {"a < b && c > (d)", "(&& (< a b) (> c (paren d)))"},
      {"a < 1 > (b)", "(> (< a 1) (paren b))"},
      {"a < func(b, c > (d)", "1011 2:23 expected `)` after the parameters, found `>`"},
      {"f<func()>(x)", "(call f (<> (func : -)) x)"},
      {"list<float>(3, 0.0)", "(call list (<> float) 3 0.000000)"},
  };
  for (const ExpressionRow& row : rows) {
    CAPTURE(row.source);
    CHECK(expr_text(row.source) == row.expected);
  }
}

TEST_CASE("literals have their values") {
  const ExpressionRow rows[] = {
      {"0xFF", "255"},
      {"1_000", "1000"},
      {"1KB", "1024"},
      {"1.5s", "1500000000ns"},
      {"2.5", "2.500000"},
      {"true", "true"},
      {"false", "false"},
      {"null", "null"},
      {"-9223372036854775808", "(- 9223372036854775808)"},
      {"9223372036854775807", "9223372036854775807"},
      {"9223372036854775808", "1006 2:9 number 9223372036854775808 does not fit"},
      {"a - 9223372036854775808", "1006 2:13 number 9223372036854775808 does not fit"},
      {"-(9223372036854775808)", "1006 2:11 number 9223372036854775808 does not fit"},
      {"1e999", "1006 2:9 number 1e999 does not fit"},
      {"0.1ns", "1006 2:9 number 0.1ns does not fit"},
      {"99999999TB", "1006 2:9 number 99999999TB does not fit"},
      {"'a\\'b'", "'a'b'"},
      {"\"\\u{41}\"", "'A'"},
      {"\"\\q\"", "1004 2:10 unknown escape `\\q`"},
      {"`plain`", "'plain'"},
      {"``", "''"},
      {"`a ${b} c`", "(interp 'a ' b ' c')"},
      {"`${a}${b}`", "(interp '' a '' b '')"},
      {"`a ${`b ${c}`}`", "(interp 'a ' (interp 'b ' c '') '')"},
      {"`\\u{41}${a + 1}\\n`", "(interp 'A' (+ a 1) '\n')"},
      {"`${ {a: 1} }`", "(interp '' (object a: 1) '')"},
      {"[1, 'a', [],]", "(list 1 'a' (list))"},
      {"{}", "(object)"},
      {"{ a: 1, \"b c\": 2, if: 3, }", "(object a: 1 b c': 2 if: 3)"},
  };
  for (const ExpressionRow& row : rows) {
    CAPTURE(row.source);
    CHECK(expr_text(row.source) == row.expected);
  }
}

TEST_CASE("functions without names have three forms") {
  const ExpressionRow rows[] = {
      {"x => x + 1", "(lambda [x] - - (+ x 1))"},
      {"() => 1", "(lambda [] - - 1)"},
      {"(a, b: int) => a", "(lambda [a b: int] - - a)"},
      {"x => { return x; }", "(lambda [x] - ({} (return x)))"},
      {"x => ({ a: x })", "(lambda [x] - - (paren (object a: x)))"},
      {"x => y => x", "(lambda [x] - - (lambda [y] - - x))"},
      {"on => on", "(lambda [on] - - on)"},
      {"func (x: int): int { return x; }", "(lambda [x: int] int ({} (return x)))"},
      {"func () { }", "(lambda [] - ({}))"},
      {"f(x => x, 1)", "(call f (lambda [x] - - x) 1)"},
      {"x => x = 1", "(lambda [x] - - (= x 1))"},
      {"(a) => (b) + c", "(lambda [a] - - (+ (paren b) c))"},
  };
  for (const ExpressionRow& row : rows) {
    CAPTURE(row.source);
    CHECK(expr_text(row.source) == row.expected);
  }
}

TEST_CASE("match, new, spawn and ask") {
  const ExpressionRow rows[] = {
      {"match (x) { case 1 => a, case _ => b }", "(match x (case 1 => a) (case _ => b))"},
      {"match (x) { case a if b => c }", "(match x (case a if b => c))"},
      {"match (x) { case a if (y => y)(a) => c, }", "(match x (case a if (call (paren (lambda [y] - - y)) a) => c))"},
      {"match (x) { case a if b ? c : d => e }", "(match x (case a if (?: b c d) => e))"},
      {"match (x) { case a if (b) => c }", "(match x (case a if (paren b) => c))"},
      {"match (x) { case 1 => { f(); } case 2 => return 3; case 3 => throw e }",
       "(match x (case 1 => ({} (call f))) (case 2 => (return 3)) (case 3 => (throw e)))"},
      {"match (x) { case 1 => y => y, case 2 => ({a: 1}) }",
       "(match x (case 1 => (lambda [y] - - y)) (case 2 => (paren (object a: 1))))"},
      {"match (x) { }", "(match x)"},
      {"match (x) { case 1 => break, case 2 => continue, case 3 => return, case 4 => stop self }.y",
       "(. (match x (case 1 => (break)) (case 2 => (continue)) (case 3 => (return)) (case 4 => (stop self))) y)"},
      {"new Map<String, int>(1)", "(new Map< String int> 1)"},
      {"spawn A(1)", "(spawn (call A 1))"},
      {"spawn a.B<T>() with { name: 'x' }", "(spawn (call (. a B) (<> T)) (object name: 'x'))"},
      {"spawn A() on node ?? other", "(spawn-on (call A) (?? node other))"},
      {"spawn A() with {} where label(\"gpu\") && free(memory: 1GB)",
       "(spawn-where (call A) (object) (&& (call label 'gpu') (call free memory: 1073741824)))"},
      {"spawn A() + 1", "(+ (spawn (call A)) 1)"},
      {"spawn 5", "(spawn (call 5))"},
      {"ask r.h(1)", "(ask (call (. r h) 1))"},
      {"ask r.h() within 200ms + x", "(+ (ask (call (. r h)) 200000000ns) x)"},
      {"!ask r.h()", "(! (ask (call (. r h))))"},
  };
  for (const ExpressionRow& row : rows) {
    CAPTURE(row.source);
    CHECK(expr_text(row.source) == row.expected);
  }
}

TEST_CASE("patterns") {
  const ExpressionRow rows[] = {
      {"_", "_"},
      {"x", "x"},
      {"on", "on"},
      {"1 | 2 | -3", "(| 1 2 (- 3))"},
      {"'a' | `b`", "(| 'a' 'b')"},
      {"-1.5", "(- 1.500000)"},
      {"-9223372036854775808", "(- 9223372036854775808)"},
      {"5s", "5000000000ns"},
      {"null", "null"},
      {"true", "true"},
      {"x: int", "x: int"},
      {"_: List<int>?", "_: List< int>?"},
      {"type: a.B", "type: a.B"},
      {"Color.red", "(is Color.red)"},
      {"Reply.full(t, _)", "(is Reply.full () t _)"},
      {"a.B.c(Point(x, 1), n: int)", "(is a.B.c () (is Point () x 1) n: int)"},
      {"Point()", "(is Point ())"},
      {"A.b(1) | A.c(_)", "(| (is A.b () 1) (is A.c () _))"},
      {"(x)", "1014 2:26 expected a pattern, found `(`"},
      {"-x", "1014 2:27 expected a number after `-`, found `x`"},
      {"`a ${b}`", "1014 2:26 a pattern cannot compute a string"},
      {"a.", "1014 2:27 expected a case name after `.`, found `.`"},
  };
  for (const ExpressionRow& row : rows) {
    CAPTURE(row.source);
    const std::string text = expr_text("match (x) { case " + std::string(row.source) + " => 1 }");
    if (row.expected[0] == '1' && row.expected[1] == '0') {
      CHECK(text == row.expected);
    } else {
      CHECK(text == "(match x (case " + std::string(row.expected) + " => 1))");
    }
  }
}

TEST_CASE("types") {
  const ExpressionRow rows[] = {
      {"int", "int"},
      {"a.b.C", "a.b.C"},
      {"T??", "T?"},
      {"T ? ?", "T?"},
      {"(T?)?", "T?"},
      {"Map<String, List<List<int>>>", "Map< String List< List< int>>>"},
      {"List<T>=[]", "List< T>"},
      {"func()", "(func : -)"},
      {"func(int, A?): B?", "(func int A? : B?)"},
      {"(func(int): B)?", "(func int : B)?"},
      {"func(func(A): B): func(): C", "(func (func A : B) : (func : C))"},
      {"((int))", "int"},
      {"List<T,>", "List< T>"},
      {"int[]", "1013 1:14 there is no type `int[]`"},
      {"func(x: int)", "1010 1:16 parameters of a function type have no names"},
      {"5", "1013 1:11 expected a type, found 5"},
      {"List<", "1013 1:17 expected a type, found `=`"},
  };
  for (const ExpressionRow& row : rows) {
    CAPTURE(row.source);
    const std::string source(row.source);
    const Parsed parsed(
        "let x: "
        "   " +
        source + (source.ends_with("[]") && source[0] == 'L' ? "" : " = 1"));
    if (parsed.diagnostics.has_errors()) {
      CHECK(parsed.codes() + " " + parsed.diagnostics.all()[0].message == row.expected);
    } else {
      CHECK(ast_text(*parsed.ast.decls[0]->stmt->type) == row.expected);
    }
  }
}
