// Errors about names, types, conversions and operators: each source gives exactly these codes at these lines.
#include <doctest/doctest.h>

#include "tests/check/check_source.hpp"

using namespace noodle;
using noodle::test::check_cases;

TEST_CASE("unknown names, types and members are reported once, where they are used") {
  check_cases({
      {"func main() { print(x); }", "1100@1"},
      {"func main() { foo(1, y); }", "1100@1"},
      {"func main() {\n let v = missing;\n print(v + 1);\n print(v.a.b);\n}", "1100@2"},
      {"func f(x: Foo) { print(x); }\nfunc main() { }", "1101@1"},
      {"func main() { let x: Lost<int> = 1; }", "1101@1"},
      {"func main() { let s = \"a\"; s.foo(); s.bar; }", "1102@1 1102@1"},
      {"record P(x: int)\nfunc main() { let p = P(1);\n print(p.y); }", "1102@3"},
      {"import nowhere.at.all;\nfunc main() { }", "1104@1"},
      {"import nowhere;\nfunc main() { nowhere.f(); let x: nowhere.T = 1; }", "1104@1"},
      {"import std.math;\nfunc main() { print(math.sqroot(2.0)); }", "1100@2"},
      {"import std.math;\nfunc main() { let x: math.Nothing = 1; }", "1101@2"},
      {"enum E { a, b }\nfunc main() { let e = E.c; }", "1110@2"},
      {"func main() { let x = int; }", "1107@1"},
      {"import std.math;\nfunc main() { let x = math; }", "1107@2"},
      {"class C { }\nfunc main() { let x = C; }", "1107@2"},
      {"func f() { }\nfunc main() { let x: f = 1; }", "1108@2"},
      {"actor A { }\nfunc main() { let x: A? = null; }", "1108@2"},
      {"func main() { let x: void = 1; }", "1108@1"},
      {"func main() { let x: List = []; }", "1151@1"},
      {"func main() { let x: Map<int> = {}; }", "1151@1"},
      {"func main() { let x: int<int> = 1; }", "1151@1"},
      {"record P<A, B>(a: A, b: B)\nfunc f(p: P<int>) { }\nfunc main() { }", "1151@2"},
      {"func f(r: ActorRef<int>) { }\nfunc main() { }", "1108@1"},
      {"type A = B;\ntype B = A;\nfunc f(a: A) { }\nfunc main() { }", "1109@1"},
      {"type A = List<A>;\nfunc main() { }", "1109@1"},
      {"class A extends B { }\nclass B extends A { }\nfunc main() { }", "1109@1"},
      {"interface I extends I { }\nfunc main() { }", "1109@1"},
  });
}

TEST_CASE("a name is declared once in its scope, inner scopes may shadow") {
  check_cases({
      {"func f() { }\nfunc f() { }\nfunc main() { }", "1103@2"},
      {"func main() { let x = 1; let x = 2; }", "1103@1"},
      {"func main() { let x = 1; { let x = 2; print(x); } print(x); }", ""},
      {"func f(a: int, a: int) { }\nfunc main() { }", "1103@1"},
      {"func f(a: int) { let a = 2; print(a); }\nfunc main() { }", ""},
      {"class C { x: int; x: int; }\nfunc main() { }", "1103@1"},
      {"class C { x: int; func x() { } }\nfunc main() { }", "1103@1"},
      {"class B { x: int; }\nclass C extends B { x: int; }\nfunc main() { }", "1103@2"},
      {"class B { x: int; }\nclass C extends B { func x() { } }\nfunc main() { }", "1103@2"},
      {"enum E { a, a }\nfunc main() { }", "1103@1"},
      {"record P(x: int)\nfunc main() { P(x: 1, x: 2); }", "1103@2"},
      {"func main() { let m = { \"a\": 1, \"a\": 2 }; }", "1103@1"},
      {"func f<T, T>(x: T) { }\nfunc main() { }", "1103@1"},
      {"func print(x: int) { }\nclass Error { }\nfunc main() { print(1); Error(); }", ""},
  });
}

TEST_CASE("values must have the type that is asked for") {
  check_cases({
      {"func main() { let x: int = \"a\"; }", "1120@1"},
      {"func main() { let x: int = 1.5; }", "1120@1"},
      {"func main() { let x: float = 1; let y: float? = 2; print(x, y); }", ""},
      {"func main() { let xs: List<float> = [1, 2]; let i = 1; let ys: List<float> = [i, 2.5]; }", ""},
      {"func main() { let xs = [1, 2]; let ys: List<float> = xs; }", "1120@1"},
      {"func main() { let a: any = 1; let x: int = a; }", "1120@1"},
      {"func main() { let x: String = 5; }", "1120@1"},
      {"func main() { let b: byte = 5; }", "1120@1"},
      {"func main() { let b: byte = byte(5); let i = b + 1; let j: int = b; }", "1120@1"},
      {"func f(x: int) { }\nfunc main() { f(\"a\"); }", "1120@2"},
      {"func f(): int { return \"a\"; }\nfunc main() { }", "1120@1"},
      {"class A { }\nclass B extends A { }\nfunc main() { let a: A = B(); let b: B = a; }", "1120@3"},
      {"func main() { let x = true ? 1 : \"a\"; }", "1120@1"},
      {"func main() { let x = [1, \"a\"]; }", "1120@1"},
      {"func main() { let x = { a: 1, b: \"a\" }; let y: Map<String, int> = { a: 1, b: \"a\" }; }", "1120@1"},
      {"func main() { let x = 5 as String; }", "1120@1"},
      {"func main() { let x = 5 is String; }", "1120@1"},
      {"func main() { let x = int(\"5\"); let y = float(true); let z = byte(1.0); }", "1120@1 1120@1 1120@1"},
      {"func f(): List<String> { return []; }\nfunc main() { let x: List<any> = f(); }", "1120@2"},
      {"func main() { let f: func(int): int = x => \"a\"; }", "1120@1"},
      {"func main() { let x: Json = [1, \"a\", { b: [null, true] }]; let y: Json = 5s; }", "1120@1"},
      {"func main() { let x: String? = \"a\"; let y: int? = x; }", "1120@1"},
  });
}

TEST_CASE("operators take the types they are made for") {
  check_cases({
      {"func main() { let x = 1 + true; }", "1125@1"},
      {"func main() { let x = \"a\" - 1; }", "1125@1"},
      {"func main() { let x = \"a\" * 2; }", "1125@1"},
      {"func main() { let x = 1 + \"a\" + 2.5 + null + [1]; print(x.length); }", ""},
      {"func main() { let x = [1] + [2]; }", "1125@1"},
      {"func main() { let x = -true; let y = ~1.5; let z = -\"a\"; }", "1125@1 1125@1 1125@1"},
      {"func main() { let x = 1 & 2.0; let y = true | false; }", "1125@1 1125@1"},
      {"func main() { let x = 1 == \"a\"; let y = 1 == null; let z = 1 == 1.0; }", "1125@1 1125@1"},
      {"func main() { let x = 1 ?? 2; }", "1125@1"},
      {"func main() { let x = 5 in 5; let y = 5 in [1]; let z = \"a\" in \"abc\"; let r = 5 in 0..9; }", "1125@1"},
      {"func main() { let f = () => 1; let g = f == f; let h = [f] == [f]; }", "1149@1 1149@1"},
      {"func main() { let x = true < false; let y = [1] < [2]; let z = 1 < \"a\"; let w = 5s < 6s; }",
       "1149@1 1149@1 1149@1"},
      {"func main() { let d = 5s + 1ms - 2s; let e = d * 2; let f = 3 * d; let g = d * d; }", "1125@1"},
      {"func main() { let t = now(); let u = t + 5s; let d = u - t; let b = d > 1s; let w = t + 1; }", "1125@1"},
      {"func main() { let x: int = 7 / 2; let y: float = 7 / 2; let z = 7 / 2.0; let a = 5 % 2.5; print(x, y, z, a); }",
       ""},
      {"func main() { if (1) { } while (\"a\") { } let x = 5 ? 1 : 2; let y = !5; }", "1126@1 1126@1 1126@1 1126@1"},
      {"func main() { let s: String? = null; if (s) { } }", "1126@1"},
      {"func main() { let x = 9223372036854775808; }", "1006@1"},
      {"func main() { let x = -9223372036854775808; print(x); }", ""},
      {"func main() { let xs = [3, 1]; xs.sort(); xs.min(); [\"a\"].sum(); [[1]].min(); }", "1125@1 1149@1"},
      {"func main() { let xs = [[1], [2]].flat(); let ys: List<int> = xs; [1].flat(); }", "1120@1"},
      {"func main() { let x = abs(\"a\"); let y = min(1, 2.5); let z: float = y; let d = abs(-5s); }", "1125@1"},
  });
}

TEST_CASE("calls need a callable, the right arguments and inferable types") {
  check_cases({
      {"func main() { let x = 5; x(); }", "1121@1"},
      {"func main() { let s = \"a\"; s.length(); }", "1121@1"},
      {"enum E { a }\nfunc main() { E(); }", "1121@2"},
      {"interface I { }\nfunc main() { I(); }", "1121@2"},
      {"actor A { }\nfunc main() { A(); }", "1121@2"},
      {"func f(a: int) { }\nfunc main() { f(); f(1, 2); }", "1122@2 1122@2"},
      {"func main() { let f = (x: int) => x; f(); f(1, 2); f(1); }", "1122@1 1122@1"},
      {"func f(a: int, b: int = 2) { }\nfunc main() { f(1); f(b: 3, a: 1); f(1, b: 2); f(b: 3); f(1, c: 2); }",
       "1124@2 1123@2"},
      {"record P(x: int, y: int)\nfunc main() { P(1, 2); P(x: 1, y: 2); P(1); P(x: 1, z: 2); }", "1123@2"},
      {"record P(x: String?, y: P?)\nfunc main() { P(); P(null, null); let p: P = {}; }", ""},
      {"class C { n: int; s: String; e: Error?; }\nfunc main() { C(); C(n: 1); C(1); let c: C = { s: \"a\" }; let d: C "
       "= { t: 1 }; }",
       "1122@2 1123@2"},
      {"record Q(a: int)\nrecord P(q: Q)\nfunc main() { P(); P(q: { a: 1 }); P({}); P({ b: 1 }); }", "1122@3 1123@3"},
      {"func main() { let x = null; let y = []; let z = {}; print(z.length); }", "1128@1 1128@1"},
      {"func main() { let f = x => x; }", "1128@1"},
      {"func id<T>(x: T): T { return x; }\nfunc none<T>(): T? { return null; }\nfunc main() { id(1); none(); let x: "
       "int? = none(); none<int>(); none<int, int>(); }",
       "1128@3 1151@3"},
      {"enum O<T> { some(v: T), none }\nfunc main() { let a = O.some(1); let b: O<int> = O.none; let c = O.none; }",
       "1128@2"},
      {"func f(): void { }\nfunc main() { let x = f(); print(f()); f() + 1; [f()]; }", "1166@2 1166@2 1166@2 1166@2"},
      {"func go() { }\nfunc main() { let x = go(); print(go()); go() + 1; [go()]; }", "1166@2 1166@2 1166@2 1166@2"},
      {"func main() { [1, 2].map(x => x + 1).filter(x => x > 1).fold(0, (a, b) => a + b); }", ""},
      {"func main() { [1, 2].map((a, b) => a); }", "1122@1"},
      {"func main() { [1].map(x => y); }", "1100@1"},
      {"func main() { print(1, \"a\", x: 2); }", "1123@1"},
      {"enum E { a(x: int, y: int), b }\nfunc main() { E.a(1, 2); E.a(y: 1, x: 2); E.a; E.b; E.a(1); }",
       "1124@2 1122@2"},
  });
}

TEST_CASE("null is used only after a test") {
  check_cases({
      {"func main() { let s: String? = null; print(s.length); }", "1127@1"},
      {"func main() { let s: String? = \"a\"; let t: String = s; }", "1127@1"},
      {"func main() { let n: int? = 1; print(n + 1); }", "1127@1"},
      {"func main() { let s: String = null; }", "1127@1"},
      {"func f(s: String?) { if (s != null) { print(s.length); } }\nfunc main() { }", ""},
      {"func f(s: String?) { if (s == null) { return; } print(s.length); }\nfunc main() { }", ""},
      {"func f(s: String?) { if (s == null || s.length == 0) { return; } print(s.length); }\nfunc main() { }", ""},
      {"func f(s: String?) { if (!(s != null && s.length > 1)) { print(s.length); } }\nfunc main() { }", "1127@1"},
      {"func f(s: String?): int { return s != null ? s.length : 0; }\nfunc main() { }", ""},
      {"func f(s: String?): int { return s == null ? s.length : 0; }\nfunc main() { }", "1127@1"},
      {"func f(s: String?) { while (s != null) { print(s.length);\n s = null;\n print(s.length); } }\nfunc main() { }",
       "1127@3"},
      {"func f(s: String?) { if (s != null) { while (true) { print(s.length);\n s = null; } } }\nfunc main() { }",
       "1127@1"},
      {"func f(s: String?) { if (s == null) { s = \"a\"; } print(s.length); }\nfunc main() { }", ""},
      {"func f(a: any) { if (a is String) { print(a.length); } if (a is int && a > 1) { } print(a.length); }\nfunc "
       "main() { }",
       "1102@1"},
      {"func f(a: any): int { if (!(a is int)) { return 0; } return 1; }\nfunc main() { }", ""},
      {"class C { s: String?; func f() { if (s != null) { print(s.length); } } }\nfunc main() { }", "1167@1"},
      {"class C { s: String?; func f() { let t = s; if (t != null) { print(t.length); } } }\nfunc main() { }", ""},
      {"func f(s: String?) { let g = () => { s = null; };\n if (s != null) { print(s.length); } }\nfunc main() { }",
       "1167@2"},
      {"func f(s: String?) { if (s != null) { let g = () => s.length; print(g()); } }\nfunc main() { }", ""},
      {"func f(s: String?) { if (s != null) { let g = () => s.length; print(g()); }\n s = null; }\nfunc main() { }",
       "1127@1"},
      {"func f(s: String?) { let n = s?.length; let m: int = s?.length ?? 0; let k: int = n; }\nfunc main() { }",
       "1127@1"},
      {"func f(s: String) { let n = s?.length; }\nfunc main() { }", "1125@1"},
      {"func f(s: String?) { let t = s as String; let u = s as (String?); print(t.length); }\nfunc main() { }", ""},
      {"func f(x: int?) { for (i in x) { } }\nfunc main() { }", "1127@1"},
      {"func f(x: func()?) { x(); }\nfunc main() { }", "1127@1"},
      {"func f(x: (func())?) { x(); }\nfunc main() { }", "1127@1"},
      {"func f(x: String?) { try { x = null; print(1); } catch (e) { } if (x != null) { try { x = null; } catch (e) "
       "{\n print(x.length); } } }\nfunc main() { }",
       "1127@2"},
  });
}

TEST_CASE("every path of a function with a result returns") {
  check_cases({
      {"func f(): int { }\nfunc main() { }", "1129@1"},
      {"func f(x: bool): int { if (x) { return 1; } }\nfunc main() { }", "1129@1"},
      {"func f(x: bool): int { if (x) { return 1; } else { throw Error(5000, \"no\"); } }\nfunc main() { }", ""},
      {"func f(): int { while (true) { } }\nfunc main() { }", ""},
      {"func f(): int { while (true) { break; } }\nfunc main() { }", "1129@1"},
      {"func f(): int { for (;;) { return 1; } }\nfunc main() { }", ""},
      {"func f(): int { panic(\"no\"); }\nfunc main() { }", ""},
      {"func f(): int { try { return 1; } catch (e) { return 2; } }\nfunc main() { }", ""},
      {"func f(): int { try { return 1; } catch (e) { print(e); } }\nfunc main() { }", "1129@1"},
      {"func f(): int { try { print(1); } finally { } }\nfunc main() { }", "1129@1"},
      {"func f(): int { return; }\nfunc main() { }", "1130@1"},
      {"func f() { return 1; }\nfunc main() { }", "1130@1"},
      {"func f() { return print(1); }\nfunc main() { }", ""},
      {"func main() { let f = func(x: int): int { if (x > 1) { return 1; } }; }", "1129@1"},
      {"func main() { let f = (x: int) => { if (x > 1) { return 1; } }; }", "1129@1"},
      {"func main() { let f = (x: int) => { if (x > 1) { return 1; } return \"a\"; }; }", "1120@1"},
      {"enum E { a, b }\nfunc f(e: E): int { match (e) { case E.a => return 1, case E.b => return 2 } }\nfunc main() { "
       "}",
       ""},
  });
}

TEST_CASE("what is constant is not assigned") {
  check_cases({
      {"func main() { const x = 1; x = 2; }", "1131@1"},
      {"const X = 1;\nfunc main() { X = 2; X += 1; }", "1131@2 1131@2"},
      {"record P(x: int)\nfunc main() { let p = P(1); p.x = 2; }", "1132@2"},
      {"func main() { let s = \"a\"; s[0] = \"b\"; }", "1132@1"},
      {"func main() { let s = Set<int>(); s[0] = 1; print(s[0]); }", "1147@1 1147@1"},
      {"func f() { }\nfunc main() { f = 1; print = 2; }", "1131@2 1131@2"},
      {"func main() { let x: Error; }", "1133@1"},
      {"func main() { let x: Error?; let s: String; let l: List<Error>; let b: Bytes; let d: Duration; print(x, s, l, "
       "b, d); }",
       ""},
      {"func main() { let f: func(): int; }", "1133@1"},
      {"func f<T>(x: T) { let y: T; }\nfunc main() { }", "1133@1"},
      {"const A = 1 + 2 * 3;\nconst B = A * 2;\nconst S = \"a\" + B;\nfunc main() { print(A, B, S); }", ""},
      {"func f(): int { return 1; }\nconst A = f();\nfunc main() { }", "1163@2"},
      {"const A = B;\nconst B = A;\nfunc main() { }", "1163@1"},
      {"const A = [1];\nfunc main() { }", "1163@1"},
      {"record P(x: int)\nconst A = P(1);\nconst B: float = 1;\nconst C: int = \"a\";\nfunc main() { print(A.x); }",
       "1120@4"},
      {"const A = 9223372036854775807 + 1;\nfunc main() { print(A); }", ""},
  });
}
