// Habits from other languages and slips of the hand: where they are reported and what is suggested.
#include <doctest/doctest.h>

#include "tests/lang/ast_text.hpp"

using namespace noodle::lang;

TEST_CASE("a mistake is reported once, at its place, with one suggestion") {
  struct Row {
    std::string source;
    std::string codes;
    std::string suggestions;
  };
  const Row rows[] = {
      {"func f() { var x = 1; }", "1010 1:12", "write `let`"},
      {"function f(a: int): int { return 1; }", "1010 1:1", "write `func`"},
      {"func f() { def g() { } }", "1010 1:12", "write `func`"},
      {"fn main() { print(\"x\") }", "1010 1:1", "write `func`"},
      {"struct P { x: int; }", "1010 1:1", "write `class`"},
      {"trait T { func f(); }", "1010 1:1", "write `interface`"},
      {"namespace a.b", "1010 1:1", "write `module`"},
      {"typedef X = int", "1010 1:1", "write `type`"},
      {"func f() { if (a === b) { } }", "1010 1:18", "write `==`: values are never converted by it"},
      {"func f() { if a == b { print(1) } }", "1011 1:15", "put the condition in parentheses: `if (a == b)`"},
      {"func f() { if (a) && (b) { print(1) } }", "1010 1:19", "put the whole condition in one pair of parentheses"},
      {"func f() { while x > 3 { x-- } }", "1011 1:18", "put the condition in parentheses: `while (x > 3)`"},
      {"func f() { for x in xs { print(x) } }", "1011 1:16", "write `for (x in ...)`"},
      {"func f() { for i = 0; i < 3; i++ { } }", "1011 1:16",
       "write `for (x in list)` or `for (let i = 0; i < n; i++)`"},
      {"func f() { for (let x in xs) { print(x) } }", "1010 1:17", "write `for (x in ...)`"},
      {"func f() { for (var x in xs) { print(x) } }", "1010 1:17", "write `for (x in ...)`"},
      {"func f() { for (x of xs) { print(x) } }", "1010 1:19", "write `in`"},
      {"func f() { for (var i = 0; i < 3; i++) { print(i) } }", "1010 1:17", "write `let`"},
      {"func f() { if (x = 1) { } }", "1010 1:18", "write `==`"},
      {"func f() { if (a) then b; }", "1010 1:19", "remove it"},
      {"func f() { if (a) { } elif (b) { } else { } }", "1010 1:23", "write `else if`"},
      {"func f() { if (a and b or not c) { } }", "1010 1:18 1010 1:24 1010 1:27",
       "write `&&` / write `||` / write `!`"},
      {"func f() { if (a instanceof B) { } }", "1010 1:18", "write `is`"},
      {"func f() { print x }", "1010 1:18", "call it with parentheses: `print(...)`"},
      {"func f() { log \"x\" }", "1010 1:16", "call it with parentheses: `log(...)`"},
      {"func f() { int x = 5; }", "1010 1:16", "write `let x: int = ...` to declare it"},
      {"func f() { x: int = 5; }", "1010 1:13", "write `let x: T = ...` to declare a variable"},
      {"func f(int x, List<String> y) { }", "1010 1:8 1010 1:15", "write `x: int` / write `y: List<String>`"},
      {"func f(x) { }", "1013 1:8", "write `x: T`"},
      {"func f() -> int { return 1 }", "1010 1:10", "write `:`"},
      {"func f(): int => 1", "1010 1:15", "write `{ return ...; }`; `=>` is for functions without a name"},
      {"class A : B { }", "1010 1:9", "write `extends`"},
      {"class A extends B, C { }", "1010 1:18", "use `implements` for interfaces"},
      {"class A { let x: int; }", "1010 1:11", "write `x: T`"},
      {"class A { public func g() { } }", "1022 1:11",
       "remove it: members are public and can be overridden, unless they are `private`"},
      {"class A { void h() { } }", "1015 1:11", "write `func h(...)`"},
      {"class A { int h() { } }", "1015 1:11", "write `func h(...): int`"},
      {"class A { x = 1; }", "1013 1:11", "write `x: T = ...`"},
      {"class A { foo() { } }", "1015 1:11", "write `func foo(...)`"},
      {"class A { + }", "1015 1:11", ""},
      {"record P { x: int }", "1011 1:10", "write `record P(x: int, y: int)`"},
      {"record P(x: int) { y: int; }", "1015 1:20", ""},
      {"enum E { a = 1, b }", "1010 1:12", "give it fields, as in `a(code: int)`"},
      {"enum E { a; b }", "1011 1:11", "separate the cases by `,`"},
      {"enum E { a b }", "1011 1:12", "separate the cases by `,`"},
      {"enum E { a + }", "1011 1:12", ""},
      {"enum E { a, @x y }", "1015 1:16", ""},
      {"func f() { switch (x) { } }", "1010 1:12", "write `match (x) { case 1 => ..., case _ => ... }`"},
      {"func f() { foreach (x in xs) { } }", "1010 1:12", "write `for (x in list)`"},
      {"func f() { do { } while (x); }", "1010 1:12", "write `while (condition) { ... }`"},
      {"func f() { raise e; }", "1010 1:12", "write `throw Error(code, message)`"},
      {"func f() { await g(); }", "1010 1:12", "calls wait by themselves: remove it, or `ask` an actor"},
      {"func f() { retrun 5; }", "1010 1:12", "did you mean `return`?"},
      {"func f() { thorw \"x\"; }", "1010 1:12", "did you mean `throw`?"},
      {"func f() { let a = 1 +; let b = ; }", "1012 1:23 1012 1:33", ""},
      {"func f() { x %= 3; }", "1010 1:15", "only `+= -= *= /=` combine with an assignment: write `x = x % y`"},
      {"func f() { x >>= 3; }", "1010 1:16", "only `+= -= *= /=` combine with an assignment: write `x = x >> y`"},
      {"func f() { let y = +x; }", "1010 1:20", "there is no unary `+`; remove it"},
      {"func f() { a->b }", "1010 1:13",
       "write `:` before the type of a result, `=>` in a function, `.` before a member"},
      {"func f() { a <> b }", "1010 1:15", "write `!=`"},
      {"func f() { try { } }", "1011 1:12", "add `catch (e) { ... }`"},
      {"func f() { try { } catch e { } }", "1011 1:26", "write `catch (e)`"},
      {"func f() { try { } catch (e) { } catch (g) { } }", "1010 1:34",
       "write `catch (e) { case Error(code, message) if ... => ... }` to tell errors apart"},
      {"func f() { catch (e) { } }", "1010 1:12", "look for a brace that closes too early"},
      {"func f() { else { } }", "1010 1:12", "look for a brace that closes too early"},
      {"func f() { case 1 => 2 }", "1010 1:12", "write `match (x) { case ... }`"},
      {"import { a } from \"b\";", "1010 1:8", "write `import a.b` and use its members as `b.member`"},
      {"import * from \"b\";", "1010 1:8", "write `import a.b` and use its members as `b.member`"},
      {"func f() { match (x) { 1 => 2 } }", "1011 1:24", "write `case 1 => ...`"},
      {"func f() { match (x) { default => 3 } }", "1011 1:24", "write `case _ => ...`"},
      {"func f() { match (x) { case 1: print(1) } }", "1010 1:30", "write `=>`"},
      {"func f() { match (x) { case _: print(2) } }", "1011 1:37", ""},
      {"func f() { match x { case 1 => 2 } }", "1011 1:18", ""},
      {"func f() { receive { Tick(n) => 2 } }", "1011 1:22", "write `case Tick => ...`"},
      {"}", "1010 1:1", "remove it, or find the `{` that is missing above"},
      {"func f() { ) }", "1010 1:12", "remove it, or find the bracket that is missing before it"},
      {"func f() { class B { } }", "1019 1:12", "move it out of the braces"},
      {"func f() { export class B { } }", "1019 1:12", "move it out of the braces"},
      {"let x = if (a) 1 else 2;", "1012 1:9", "`if` has no value: use `condition ? a : b`, or `match`"},
      {"let x = (1, 2);", "1010 1:11", "use a list `[a, b]` or a record with named fields"},
      {"let x = { a, b: 1 };", "1011 1:11", "write `a: a`"},
      {"let x = { 1: 2 };", "1011 1:11", "keys of `{ }` are names or strings; set other keys by `m[key] = value`"},
      {"let x = { + };", "1011 1:11", ""},
      {"let x = [1 2];", "1011 1:12", "separate them by `,`"},
      {"f(1 2)", "1011 1:5", "separate them by `,`"},
      {"let 5 = 3;", "1011 1:5", ""},
      {"let match = 5;", "1017 1:5", "choose another name"},
      {"func f(...xs: int) { }", "1010 1:8", "take a list, as in `xs: List<int>`"},
      {"let x = [...xs];", "1010 1:10", "there is no `...`; join lists with `a.concat(b)`"},
      {"interface I { x: int; }", "1015 1:15", ""},
      {"interface I { func f() { } }", "1010 1:20", "remove the body; classes implement it"},
      {"class A { on x() { } every 5s { } }", "1144 1:11 1144 1:22",
       "write `func`, or make the class an actor / make the class an actor"},
      {"actor A { x: 5; }", "1013 1:14", "write `x: T = value`; `name: value` is for agents"},
      {"supervisor S { NodeManager(); }", "1015 1:16", ""},
      {"supervisor S", "1011 1:13", ""},
      {"private func f() { }", "1022 1:1", "remove it: what is not exported is visible in its module only"},
      {"export export func g() { }", "1022 1:8", "remove one"},
      {"class A { private private x: int; export func f() { } }", "1022 1:19 1022 1:35",
       "remove one / export the declaration that holds them"},
      {"func f() { return x is T?; }", "1010 1:25", "write `(T?)` for the type"},
      {"func f() { let x = y ? 1; }", "1011 1:25", ""},
      {"func f() { a?.b = 2; }", "1018 1:12", "test for null first, then assign with `.`"},
      {"func f() { f() = 3; 5++; --7; }", "1018 1:12 1018 1:21 1018 1:28",
       "to compare, write `==` / to compare, write `==` / to compare, write `==`"},
      {"func f() { send x; }", "1011 1:17",
       "write `send ref.handler(arguments)`, or `send ref <- value` for a raw value"},
      {"func f() { ask z; }", "1011 1:16", "write `ask ref.handler(arguments)`"},
      {"func f() { spawn Foo; }", "1011 1:18", "write `spawn Foo()`"},
      {"func f() { spawn A() with 5; }", "1011 1:27", ""},
      {"supervisor S { child A() with B }", "1011 1:31", ""},
      {"@cap(\"x\") let y = 1;", "1015 1:11", ""},
      {"let x = func g() { };", "1010 1:14", "remove the name, or declare the function in a statement of its own"},
      {"let x = func (a) { };", "1013 1:15", "write `a: T`, or the short form `x => ...`"},
      {"let x = func (a: int): int", "1011 1:27", ""},
      {"let x = (a = 1) => a;", "1010 1:12", "remove it"},
      {"test foo { }", "1011 1:6", "quote the name: `test \"foo\" { ... }`"},
      {"type X int;", "1011 1:8", ""},
      {"module a.b.c d", "1010 1:14", "end the statement by `;` or a new line"},
      {"requires", "", ""},
      {"class", "1011 1:6", ""},
      {"new 5", "1013 1:5", ""},
      {"let x: = 5;", "1013 1:8", ""},
      {"func f<>() { }", "1011 1:8", ""},
      {"let x: Map<int = 1;", "1011 1:16", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.source);
    const Parsed parsed(row.source);
    CHECK(parsed.codes() == row.codes);
    std::string suggestions;
    for (const Diagnostic& item : parsed.diagnostics.all()) {
      suggestions += (suggestions.empty() ? "" : " / ") + item.suggestion;
    }
    CHECK(suggestions == row.suggestions);
  }
}

TEST_CASE("a message names what was expected and what was found") {
  struct Row {
    std::string source;
    std::string message;
  };
  const Row rows[] = {
      {"f(1", "expected `)` after the arguments, found the end of the file"},
      {"f(1; 2)", "expected `)` after the arguments, found `;`"},
      {"let x = ;", "expected an expression, found `;`"},
      {"let x: 5 = 1", "expected a type, found 5"},
      {"let \"a long string that would fill the message, so it is cut\" = 1",
       "expected the name of a variable, found \"a long string that would fill the messa..."},
      {"let \"äääääääääääääääääääääääääääääääää\" = 1",
       "expected the name of a variable, found \"äääääääääääääääääää..."},
      {"let `a` = 1", "expected the name of a variable, found a `...` string"},
      {"x.`a`", "expected a member name after `.`, found a `...` string"},
      {"let x = `a ${}`", "expected an expression, found `}`"},
      {"let x = `a ${b c}`", "expected `}` after the expression in `${ }`, found `c`"},
      {"class A { foo }", "expected a member, found `foo`"},
      {"var x = 1", "there is no keyword `var`"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.source);
    const Parsed parsed(row.source);
    REQUIRE(parsed.diagnostics.error_count() == 1);
    CHECK(parsed.diagnostics.all()[0].message == row.message);
  }
}

TEST_CASE("fixes are edits that parse") {
  for (const char* source :
       {"func f() { var x = 1; }", "function f() { }", "func f(a: int) -> int { return a; }", "func f(int a) { }",
        "class A : B { }", "func f() { if (a = 1) { } }", "func f() { if (a and b or c) { } elif (d) { } }",
        "func f() { for (x of xs) { } }", "let x = [1 2 3];", "let x: int[] = [];", "func f() { retrun 5; }",
        "func f() { match (x) { case 1: a } }", "struct P { x: int; }"}) {
    CAPTURE(source);
    const Parsed parsed(source);
    REQUIRE(parsed.diagnostics.has_errors());
    std::string fixed = source;
    std::vector<FixIt> fixes;
    for (const Diagnostic& item : parsed.diagnostics.all()) {
      REQUIRE(item.fixes.size() == 1);
      fixes.push_back(item.fixes[0]);
    }
    for (auto fix = fixes.rbegin(); fix != fixes.rend(); ++fix) {
      fixed.replace(fix->span.start, fix->span.end - fix->span.start, fix->replacement);
    }
    CAPTURE(fixed);
    CHECK(Parsed(fixed).codes() == "");
  }
}
