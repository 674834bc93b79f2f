// Errors that are found while bodies are lowered: each source gives exactly these codes at these lines.
#include <doctest/doctest.h>

#include "tests/check/check_source.hpp"

using namespace noodle;
using noodle::test::check_cases;

TEST_CASE("what gives no value is no operand, result or receiver") {
  check_cases({
      {"func main() { let x = match (1) {\n case 1 => print(1)\n case _ => 2\n }; }", "1166@2"},
      {"func main() { let x = match (1) {\n case 1 => { print(1); }\n case _ => 2\n }; }", "1166@2"},
      {"func main() { let x = true ? print(1) : print(2); }", "1166@1"},
      {"func main() { let x: int = print(1); }", "1166@1"},
      {"func f(): int {\n return print(1); }\nfunc main() { }", "1166@2"},
      {"func main() { print(1).foo(); }", "1166@1"},
      {"func main() {\n let x = print(1) + 1;\n let y = -print(1);\n let z = !print(2); }", "1166@2 1166@3 1166@4"},
  });
}

TEST_CASE("calls and constructions that do not fit are reported at their place") {
  check_cases({
      {"class A { }\nclass B extends A { constructor() { super(1); } }\nfunc main() { }", "1122@2"},
      {"func main() { let f = (a: int) => a;\n f<int>(1);\n f(a: 1);\n f(1, 2);\n f(); }",
       "1151@2 1123@3 1122@4 1122@5"},
      {"func main() {\n int(1, 2);\n bool(1);\n String(1, 2);\n byte(); }", "1122@2 1121@3 1122@4 1122@5"},
      {"interface I { func f(): int }\nfunc main() { let x: any = 1;\n I(x); }", "1121@3"},
      {"func main() { print(List<int>(1)); }", "1122@1"},
      {"func main() { let m = Map(); }", "1128@1"},
      {"func main() { let b = Bytes(); }", "1121@1"},
      {"func f(a: int, b: int = 2, c: String = \"x\") { }\nfunc main() {\n f(1, b: 3, b: 4);\n f(c: 1, a: 2);\n f(b: "
       "1);\n f(1, 2, \"x\", 4);\n f(1, d: 2); }",
       "1103@3 1120@4 1124@5 1122@6 1123@7"},
      {"func f<T>(a: List<T>, b: T): T { return b; }\nfunc main() {\n f([], null);\n f([1], \"x\");\n f(1, 2);\n "
       "f<int, int>([1], 2); }",
       "1128@3 1120@4 1120@5 1151@6"},
      {"class A(n: int) { }\nclass B extends A { }\nclass C extends A { constructor() { print(1); } }\nfunc main() { }",
       "1168@3"},
      {"class C { static func s() { } }\nactor A { on go() { } }\nfunc main() { let a = spawn A();\n a.go();\n "
       "C.t();\n C.s(1); }",
       "1121@4 1102@5 1122@6"},
  });
}

TEST_CASE("operators name the operand that may be null or does not fit") {
  check_cases({
      {"func main() { let a: int? = null; let b = 1;\n print(a + b);\n print(b - a);\n print(a * b);\n print(a / b);\n "
       "print(a % b);\n print(a << b);\n print(a & b);\n print(a ^ b); }",
       "1127@2 1127@3 1127@4 1127@5 1127@6 1127@7 1127@8 1127@9"},
      {"func main() { let a: int? = null;\n a++;\n let s = \"x\";\n s--; }", "1127@2 1125@4"},
      {"func main() { let a: int? = null;\n let x = a ?? \"text\";\n let y = 1 ?? 2; }", "1120@2 1125@3"},
      {"func main() { let s = \"a\";\n print(s?.length);\n s?.trim(); }", "1125@2 1125@3"},
  });
}

TEST_CASE("patterns that cannot match, or whose types are not known, are reported") {
  check_cases({
      {"func main() { let x = match (1) {\n case _ => 1\n case 2 => 3\n }; }", "1139@3"},
      {"func main() { let x: any = 1;\n match (x) { case y: int? => print(y) case _ => {} } }", "1140@2 1100@2"},
      {"class Box<T> { value: T? = null; }\nrecord Pair<T>(a: T)\nfunc main() { let x: any = 1;\n match (x) { case "
       "Pair(a) => print(a) case _ => {} } }",
       "1140@4"},
      {"record Pair<T>(a: T)\nenum Opt<T> { some(value: T), none }\nfunc main() { let x: any = 1;\n match (x) { case "
       "Opt.some(v) => print(v) case _ => {} }\n match (1) { case Pair(a) => print(a) case _ => {} } }",
       "1140@4 1140@5"},
      {"enum E { a(x: int), b }\nfunc main() { let e = E.b;\n match (e) { case E.a(x, y) => {} case E.b => {} }\n "
       "match (e) { case E.c => {} case _ => {} }\n match (e) { case E.a(\"x\") => {} case _ => {} }\n match (e) { "
       "case 5 => {} case _ => {} } }",
       "1140@3 1110@4 1140@5 1140@6"},
  });
}

TEST_CASE("members are used as what they are") {
  check_cases({
      {"class A { func f(): int { return 1; } }\nclass B extends A { func g() {\n let x = super.f; } }\nfunc main() { "
       "}",
       "1143@3"},
      {"actor A { on go(): int { return 1; } }\nfunc main() { let a = spawn A();\n let f = a.go; }", "1102@3"},
      {"class C { static func s(): int { return 1; } }\nfunc main() { let c = C();\n c.s();\n let f = c.s; }",
       "1121@3 1107@4"},
      {"class C { static n: int = 1; }\nfunc main() { let c = C();\n print(c.n); }", "1107@3"},
      {"class C { x: int;\n static func s() {\n x = 1;\n print(x);\n f(); }\n func f() { } }\nfunc main() { }",
       "1143@3 1143@4 1143@5"},
      {"func main() { print = 1; }", "1131@1"},
      {"class C { func f<T>(x: T): T { return x; } }\ninterface I { func f<T>(x: T): T }\nclass D implements I { func "
       "f<T>(x: T): T { return x; } }\nfunc main() { }",
       "1153@3"},
  });
}

TEST_CASE("types that nothing tells are asked for") {
  check_cases({
      {"func main() { let f = () => null; }", "1128@1"},
      {"func main() { let f = () => { return null; }; }", "1128@1"},
      {"func main() { let f = (b: bool) => {\n if (b) { return 1; }\n return;\n }; }", "1130@3"},
      {"func main() { let t = null;\n let u = [];\n let v = [null];\n let w = {}; }", "1128@1 1128@2 1128@3"},
      {"func main() { let f = x => x;\n let g: func(int): int = (a, b) => a;\n let h: func(int): int = a => \"x\";\n "
       "let k: int = a => a; }",
       "1128@1 1122@2 1120@3 1128@4 1120@4"},
      {"func main() { let f = (a: int, a: int) => a; }", "1103@1"},
  });
}

TEST_CASE("collections take what their types say") {
  check_cases({
      {"func main() { let m: Map<int, int> = {a: 1}; }", "1120@1"},
      {"func main() { let m: Map<String, int> = {a: 1, b: \"x\"}; }", "1120@1"},
      {"func main() { let x = [1, 2];\n x[1] += \"a\";\n x[\"a\"] = 1;\n let s = \"abc\";\n s[0] = \"x\";\n let m: "
       "Map<String, int>;\n m[1] = 2; }",
       "1120@2 1120@3 1132@5 1120@7"},
      {"func main() { for (a, b in 1..2) { }\n for (x in 5) { }\n for (a, b in \"text\") { print(a, b); }\n for (a, b "
       "in [1].first()) { } }",
       "1146@2 1127@4"},
      {"func main() { let a: any = 1;\n print(a + 1);\n print(a.length);\n a();\n print(a[0]);\n for (x in a) { } }",
       "1125@2 1102@3 1121@4 1147@5 1146@6"},
  });
}

TEST_CASE("aliases, constants, options and supervisors are checked, too") {
  check_cases({
      {"type A = Nothing;\ntype B<T> = List<T>;\nfunc main() { let x: B<int, int>;\n let y: A; }", "1101@1 1151@3"},
      {"const a = b;\nconst b = a;\nfunc main() { print(a); }", "1163@1"},
      {"const big = \"x\".repeat(100);\nconst f = () => 1;\nconst l = [1, 2];\nfunc main() { }",
       "1163@1 1163@2 1163@3"},
      {"supervisor S { strategy: sometimes;\n intensity: \"x\";\n period: 5;\n child 5;\n child S() with { restart: "
       "never } }\nfunc main() { }",
       "1158@1 1158@2 1158@3 1159@4 1160@5"},
      {"requires nothing.known;\nfunc main() { fs.read(\"x\"); }", "1157@2"},
      {"func main() { try { throw 5; } catch (e: int) { } finally { return; } }", "1155@1 1155@1 1145@1"},
      {"test \"a\" { assert(1); }\nfunc main() { }", "1120@1"},
  });
}
