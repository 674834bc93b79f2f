// Errors about classes, control flow, patterns, actors and modules: each source gives exactly these codes at these
// lines.
#include <doctest/doctest.h>

#include "tests/check/check_source.hpp"

using namespace noodle;
using noodle::test::check_cases;

TEST_CASE("classes extend classes, implement interfaces and keep signatures") {
  check_cases({
      {"interface I { }\nclass A extends I { }\nfunc main() { }", "1137@2"},
      {"class B { }\nclass A implements B { }\nfunc main() { }", "1137@2"},
      {"class A extends int { }\nfunc main() { }", "1137@1"},
      {"class A extends Error { }\nfunc main() { }", "1137@1"},
      {"interface I { func f(x: int): int; }\nclass A implements I { }\nfunc main() { }", "1135@2"},
      {"interface I { func f(x: int): int; }\nclass A implements I { func f(x: int): float { return 1; } }\nfunc "
       "main() { }",
       "1136@2"},
      {"interface I { func f(); }\nclass A implements I { private func f() { } }\nfunc main() { }", "1135@2"},
      {"interface I { func f(); }\nclass B { func f() { } }\nclass A extends B implements I { }\nfunc main() { let i: "
       "I = A(); i.f(); }",
       ""},
      {"interface I<T> { func f(x: T): T; }\nclass A implements I<int> { func f(x: int): int { return x; } }\nfunc "
       "g<T>(i: I<T>, x: T): T { return i.f(x); }\nfunc main() { let n: int = g(A(), 1); }",
       ""},
      {"class B { func f(): int { return 1; } }\nclass A extends B { func f(): String { return \"\"; } }\nfunc main() "
       "{ }",
       "1136@2"},
      {"class B { func f(): int { return 1; } }\nclass A extends B { func f(): int { return super.f() + 1; } }\nfunc "
       "main() { }",
       ""},
      {"class B { func f<T>(x: T) { } }\nclass A extends B { func f<T>(x: T) { } }\nfunc main() { }", "1153@2"},
      {"class A { func f(): int }\nfunc main() { A(); }", "1134@2"},
      {"class A { func f(): int }\nclass B extends A { }\nclass C extends A { func f(): int { return 1; } }\nfunc "
       "main() { B();\n C(); }",
       "1134@4"},
      {"class A { func f(): int }\nclass C extends A { func f(): int { return super.f(); } }\nfunc main() { }",
       "1134@2"},
      {"class A(x: int) { private y: int = x; func f(): int { return x + y; } }\nfunc main() { let a = A(1); "
       "print(a.x, a.f()); }",
       "1106@2"},
      {"class A { private x: int; func f(o: A): int { return o.x; } }\nclass B extends A { func g(): int { return x; } "
       "}\nfunc main() { print(A(x: 1).x); }",
       "1106@3"},
      {"class A(x: int) { constructor(y: int) { } }\nfunc main() { }", "1168@1"},
      {"class A { constructor() { } constructor(x: int) { } }\nfunc main() { }", "1168@1"},
      {"class B(x: int) { }\nclass A extends B { constructor() { print(1); } }\nfunc main() { }", "1168@2"},
      {"class B(x: int) { }\nclass A extends B { constructor() { super(1); } }\nclass C extends B { }\nclass D(y: int) "
       "extends B { }\nfunc main() { A(); C(2); }",
       "1168@4"},
      {"class B(x: int = 3, y: String = \"a\" + 1) { }\nclass D(z: int) extends B { }\nclass E extends B { }\nfunc "
       "main() { D(1); E(); E(y: \"b\"); }",
       ""},
      {"class A { constructor() { print(1); super(); } }\nfunc main() { }", "1168@1"},
      {"class A { e: Error; }\nfunc main() { A(); }", "1124@2"},
      {"class A { e: Error; constructor() { } }\nfunc main() { }", "1133@1"},
      {"class A { e: Error; constructor(b: bool) { if (b) { e = Error(5000, \"\"); } } }\nfunc main() { }", "1133@1"},
      {"class A { e: Error; constructor(b: bool) { if (b) { e = Error(5000, \"\"); } else { self.e = Error(5001, "
       "\"\"); } } }\nfunc main() { }",
       ""},
      {"class A { e: Error; constructor(b: bool) { if (b) { return; } e = Error(5000, \"\"); } }\nfunc main() { }",
       "1133@1"},
      {"class A(x: int) { e: Error; }\nfunc main() { }", "1133@1"},
      {"class B(x: int) { }\nclass A extends B { e: Error; }\nfunc main() { }", "1133@2"},
      {"record R(x: int) { func f() }\nfunc main() { }", "1135@1"},
      {"class A { x: int = 5; static MAX: int = 3; static BAD: int = x; func f(): int { return MAX; } }\nfunc main() { "
       "print(A.MAX); A(x: 1).f(); }",
       "1143@1"},
      {"class A { static func make(): A { return A(); } static func bad(): int { return n; } n: int; }\nfunc main() { "
       "let a: A = A.make(); }",
       "1143@1"},
      {"class A { func f() { } }\nfunc main() { A.f(); A.g(); A().h(); }", "1107@2 1102@2 1102@2"},
      {"interface Cmp<T> { func cmp(o: T): int; }\nclass N implements Cmp<N> { func cmp(o: N): int { return 0; } "
       "}\nfunc best<T: Cmp<T>>(a: T, b: T): T { return a.cmp(b) > 0 ? a : b; }\nfunc main() { let n: N = best(N(), "
       "N()); best(1, 2); }",
       "1152@4"},
      {"interface I { }\nclass Box<T: I> { }\nfunc main() { let b: Box<int>; }", "1152@3 1133@3"},
      {"func f<T: int>(x: T) { }\nfunc main() { }", "1108@1"},
      {"func f<T>(x: T) { x.foo(); }\nfunc main() { }", "1102@1"},
  });
}

TEST_CASE("statements stand where they make sense") {
  check_cases({
      {"func main() { break; }", "1141@1"},
      {"func main() { while (true) { let f = () => { break; }; } }", "1141@1"},
      {"func main() { for (x in 5) { } }", "1146@1"},
      {"func main() { let s = Set<int>(); for (i, x in s) { } }", "1146@1"},
      {"func main() { for (i, x in [\"a\"]) { let n: int = i; let s: String = x; } for (k, v in { a: 1 }) { let s: "
       "String = k; } for (c in \"abc\") { let s: String = c; } for (i in 0..3) { i += 1; } let r = 0..<4; for (i in "
       "r) { } for (i, x in r) { } }",
       ""},
      {"func main() { let x = 5; print(x[0]); }", "1147@1"},
      {"func main() { print(self); super.f(); }", "1143@1"},
      {"func main() { try { } finally { return; } }", "1145@1"},
      {"func main() { while (true) { try { } finally { break; } } }", "1145@1"},
      {"func main() { try { } finally { while (true) { break; } } }", ""},
      {"func main() { throw \"a\"; }", "1155@1"},
      {"func main() { try { } catch (e: String) { } }", "1155@1"},
      {"func main() { throw Error(12, \"a\"); }", "1156@1"},
      {"func main() { try { throw Error(5000, \"x\"); } catch { case Error(1601, _) => print(1), case e if e.code > 2 "
       "=> print(2) } }",
       ""},
      {"func main() { try { throw Error(5000, \"x\"); } catch (e) { case Error(1601, m) => print(m), case _ if e.code "
       "> 2 => print(2) } }",
       ""},
      {"let x = 1;\nfunc main() { }", "1019@1"},
      {"let x = 1;\nprint(x);\nfunc f(): int { return x; }", "1100@3"},
      {"func main(x: int) { }", "1161@1"},
      {"func main(): String { return \"\"; }", "1161@1"},
      {"func main<T>() { }", "1161@1"},
      {"func main() { func f<T>() { } }", "1019@1"},
      {"func main() { func fact(n: int): int { return n < 2 ? 1 : n * fact(n - 1); } print(fact(5)); }", ""},
      {"func main() { let m: Map<List<int>, int> = {}; let s: Set<any>; }", "1148@1 1148@1"},
      {"record K(a: int, b: String)\nrecord L(a: List<int>)\nenum E { a(x: int) }\nclass C { }\nfunc main() { let m: "
       "Map<K, int>; let e: Set<E>; let l: Set<L>; let c: Set<C>; let d: Set<C?>; }",
       "1148@5 1148@5 1148@5"},
      {"class Cache<K> { m: Map<K, int>; }\nfunc f<A>(a: A) { let c = Cache<A>(); }\nfunc main() { f(1); f([1]); }",
       "1148@3"},
      {"func same<T>(a: T, b: T): bool { return a == b; }\nfunc main() { same(1, 2); same(() => 1, () => 2); }",
       "1149@2"},
      {"func f(x: int = \"a\") { }\nfunc main() { }", "1120@1"},
      {"func grow<T>(x: T, n: int) { if (n > 0) { grow([x], n - 1); } }\nfunc main() { }", ""},
      {"func f(): int\nfunc main() { f(); }", ""},
      {"@native(\"list.push\") func f(): int\nfunc main() { f(); }", ""},
  });
}

TEST_CASE("a match covers every value and has no dead cases") {
  const std::string e = "enum E { a, b(x: int, y: bool), c(s: String?) }\nrecord P(x: bool, y: bool)\n";
  auto in_main = [&](const std::string& body) {
    return e + "func f(e: E, p: P, b: bool, n: int?, a: any, s: String, o: E?) {\n" + body + "\n}\nfunc main() { }";
  };
  struct Body {
    const char* body;
    const char* codes;
  };
  const std::vector<Body> bodies = {
      {"match (e) { case E.a => print(1), case E.b(x, y) => print(x, y), case E.c(s) => print(s) }", ""},
      {"match (e) { case E.a => print(1), case E.b(x, _) => print(x) }", "1138@4"},
      {"match (e) { case E.a => print(1), case E.b(x, true) => print(x), case E.c(_) => print(2) }", "1138@4"},
      {"match (e) { case E.a => print(1), case E.b(_, true) => print(1), case E.b(_, false) => print(2), case "
       "E.c(null) => print(2), case E.c(t) => print(t) }",
       ""},
      {"match (e) { case a() => print(1), case b(x, _) => print(x), case _ => print(2) }", ""},
      {"match (e) { case E.a => print(1), case _ => print(1), case E.c(_) => print(1) }", "1139@4"},
      {"match (e) { case E.a | E.b(_, _) => print(1), case E.a => print(1), case _ => print(1) }", "1139@4"},
      {"match (e) { case E.a if b => print(1), case E.a => print(1), case _ => print(1) }", ""},
      {"match (e) { case E.a if b => print(1), case E.b(_, _) => print(1), case E.c(_) => print(3) }", "1138@4"},
      {"match (b) { case true => print(1), case false => print(2) }", ""},
      {"match (b) { case true => print(1) }", "1138@4"},
      {"match (b) { case true => print(1), case false => print(2), case _ => print(3) }", "1139@4"},
      {"match (n) { case null => print(1), case 5 => print(2), case x => print(x + 1) }", ""},
      {"match (n) { case null => print(1), case 5 => print(2) }", "1138@4"},
      {"match (n) { case x => print(1), case null => print(2) }", "1139@4"},
      {"match (n) { case x: int => print(x + 1), case null => print(2) }", ""},
      {"match (o) { case null => print(0), case E.a => print(1), case E.b(_, _) => print(2), case E.c(_) => print(3) }",
       ""},
      {"match (o) { case null => print(0), case E.a => print(1), case E.b(_, _) => print(2) }", "1138@4"},
      {"match (p) { case P(true, x) => print(x), case P(false, true) => print(1), case P(false, false) => print(2) }",
       ""},
      {"match (p) { case P(true, _) => print(1), case P(_, true) => print(2) }", "1138@4"},
      {"match (s) { case \"a\" => print(1), case \"b\" => print(2), case \"a\" => print(3), case _ => print(4) }",
       "1139@4"},
      {"match (s) { case \"a\" => print(1) }", "1138@4"},
      {"match (a) { case x: int => print(x + 1), case \"a\" => print(1), case t: String => print(t.length), case 2.5 "
       "=> print(1), case null => print(0), case l: List<int> => print(l.length), case E.a => print(1), case P(x, _) "
       "=> print(x), case _ => print(2) }",
       ""},
      {"match (a) { case x: String => print(1), case y: String => print(1), case _ => print(2) }", "1139@4"},
      {"match (e) { case E.b(x) => print(1), case _ => print(2) }", "1140@4"},
      {"match (e) { case E.z => print(1), case _ => print(2) }", "1110@4"},
      {"match (e) { case Zed(1) => print(1), case _ => print(2) }", "1110@4"},
      {"match (p) { case Zed(1) => print(1), case _ => print(2) }", "1100@4"},
      {"match (p) { case P(1, true) => print(1), case _ => print(2) }", "1140@4"},
      {"match (p) { case P(true) => print(1), case _ => print(2) }", "1140@4"},
      {"match (s) { case 5 => print(1), case _ => print(2) }", "1140@4"},
      {"match (s) { case null => print(1), case _ => print(2) }", "1140@4"},
      {"match (s) { case x: int => print(1), case _ => print(2) }", "1140@4"},
      {"match (p) { case E.a => print(1), case _ => print(2) }", "1140@4"},
      {"match (e) { case E.b(x, _) | E.c(_) => print(1), case _ => print(2) }", "1140@4"},
      {"match (e) { case E.b(x, x) => print(1), case _ => print(2) }", "1103@4"},
      {"let v: int = match (b) { case true => 1, case false => 2 };", ""},
      {"let v: int = match (b) { case true => 1, case false => \"a\" };", "1120@4"},
      {"let v = match (b) { case true => 1, case false => null }; let w: int = v;", "1127@4"},
      {"let v: int = match (b) { case true => { print(1); 5 } case false => { return; } };", ""},
      {"let v: int = match (b) { case true => { print(1); } case false => 1 };", "1166@4"},
      {"let v = match (b) { case true => throw Error(5000, \"\"), case false => 1 }; print(v + 1);", ""},
  };
  for (const Body& c : bodies) {
    INFO(c.body);
    const test::Checked checked = test::check_text(in_main(c.body));
    INFO(checked.errors());
    std::string codes = c.codes;
    CHECK(checked.code_list() == codes);
  }
}

TEST_CASE("a bare name in a pattern that is spelt like a case is warned about") {
  const test::Checked checked =
      test::check_text("enum E { red, green }\nfunc f(e: E) { match (e) { case red => print(1) } }\nfunc main() { }");
  REQUIRE(checked.diagnostics.all().size() == 1);
  CHECK(checked.diagnostics.all()[0].severity == lang::Severity::warning);
  CHECK(checked.diagnostics.all()[0].suggestion == "the case is written `E.red`");
}

TEST_CASE("actors are used through messages") {
  const std::string a =
      "interface I { func score(x: int): int; }\n"
      "actor A(limit: int) implements I { n: int; on add(x: int): int { n += x; return n; } on quiet() { } func "
      "score(x: int): int { return x; } func own() { }\n"
      "  on started() { } on stopping(reason: Error) { } on down(ref: ActorRef<any>, reason: Error) { } on "
      "other(value: any) { } every 5s { n += 1; } }\n";
  struct Body {
    const char* body;
    const char* codes;
  };
  const std::vector<Body> bodies = {
      {"let r = spawn A(1); send r.add(2); let n: int = ask r.add(3) within 1s; send r.quiet(); ask r.quiet(); let s: "
       "int = ask r.score(1); stop r;",
       ""},
      {"let r = spawn A(); ", "1122@5"},
      {"let r = spawn A(\"a\"); ", "1120@5"},
      {"let r = spawn A(1); r.add(2);", "1121@5"},
      {"let r = spawn A(1); send r.ad(2);", "1111@5"},
      {"let r = spawn A(1); send r.own();", "1111@5"},
      {"let r = spawn A(1); send r.started();", "1111@5"},
      {"let r: ActorRef<any> = spawn A(1); send r.add(2);", "1111@5"},
      {"let r = spawn A(1); ask r.add(\"a\"); ask r.add();", "1120@5 1122@5"},
      {"let r = spawn A(1); ask r.add(1) within 5;", "1120@5"},
      {"let r: ActorRef<A> = whereis(\"a\"); let q: ActorRef<A>? = r; send q.add(1);", "1127@5"},
      {"let x = 5; send x.add(1); stop x;", "1120@5 1120@5"},
      {"let r: ActorRef<A> = whereis(\"a\"); send r <- 5; send r <- (() => 1); send 5 <- 1;", "1150@5 1120@5"},
      {"spawn f(); spawn B(); spawn 5; spawn (() => 1)(); spawn print(1); spawn String(5);",
       "1159@5 1159@5 1159@5 1159@5 1159@5"},
      {"spawn A(1) with { name: \"a\", memory: 16MB, restart: permanent, policy: drop_oldest, caps: [\"log\"] };", ""},
      {"spawn A(1) with { memry: 16MB };", "1160@5"},
      {"spawn A(1) with { memory: \"a\" };", "1160@5"},
      {"spawn A(1) with { restart: always };", "1160@5"},
      {"spawn A(1) with { memory: 1MB, memory: 1MB };", "1103@5"},
      {"spawn A(1) on \"node1\"; spawn A(1) where label(\"gpu\") && free(memory: 1GB);", ""},
      {"spawn A(1) on 5; spawn A(1) where x > 5;", "1120@5 1159@5"},
      {"let i: ActorRef<I> = spawn A(1) as ActorRef<any> as ActorRef<I>; let n: int = ask i.score(1);", ""},
  };
  for (const Body& c : bodies) {
    INFO(c.body);
    const test::Checked checked = test::check_text(a + "class B { } func f() { }\nfunc main() { " + c.body + " }");
    INFO(checked.errors());
    CHECK(checked.code_list() == std::string(c.codes));
  }
  check_cases({
      {"actor A { every 5 { } }\nfunc main() { }", "1120@1"},
      {"actor A { on started(x: int) { } on down(x: int) { } on stopping() { } on other() { } }\nfunc main() { }",
       "1136@1 1136@1 1136@1 1136@1"},
      {"actor A { on add(f: func(): int) { } on get(): Logger { return logger; } }\nfunc main() { }", "1150@1 1150@1"},
      {"class C { f: func(): int; }\nactor A { on add(c: C) { } }\nclass D { f: (func(): int)?; }\nactor B { on add(d: "
       "D) { } }\nfunc main() { }",
       "1150@2"},
      {"actor A { x: int; on add() { let s: ActorRef<A> = self; send self.add(); self.x = 1; print(self.x, x); stop "
       "self; } }\nfunc main() { let s: ActorRef<any> = self; }",
       ""},
      {"actor A { on a() { b(); c(); } on b() { } func c() { } }\nfunc main() { }", "1121@1"},
      {"actor A { e: Error; }\nfunc main() { }", "1133@1"},
      {"actor B { }\nactor A extends B { }\nfunc main() { }", "1137@2"},
      {"agent A { name: 'a'; capabilities: ['x', 'y']; on f() { } }\nfunc main() { spawn A(); }", ""},
  });
}

TEST_CASE("supervisors have known options and children that can be spawned") {
  check_cases({
      {"actor W(n: int) { }\nsupervisor S(k: int) { strategy: one_for_all; intensity: 3; period: 5s; child W(k) with { "
       "name: 'w', restart: transient } child W(2) }\nfunc main() { let s: ActorRef<S> = spawn S(1); }",
       ""},
      {"supervisor S { strategy: all; }\nfunc main() { }", "1158@1"},
      {"supervisor S { intensity: 'a'; }\nfunc main() { }", "1158@1"},
      {"supervisor S { period: 5; }\nfunc main() { }", "1158@1"},
      {"supervisor S { perod: 5s; }\nfunc main() { }", "1158@1"},
      {"supervisor S { intensity: 5; intensity: 6; }\nfunc main() { }", "1158@1"},
      {"class W { }\nsupervisor S { child W() }\nfunc main() { }", "1159@2"},
      {"actor W { }\nsupervisor S { child W(1) with { nme: 'a' } }\nfunc main() { }", "1122@2"},
  });
}

TEST_CASE("receive matches raw values, sent messages and down") {
  check_cases({
      {"record Tick(n: int)\nactor A { on add(x: int) { } on wait() { receive { case add(x) => print(x + 1), case "
       "Tick(n) if n > 1 => print(n), case down(ref, reason) => print(reason.code), case s: String => print(s.length), "
       "case 5 => print(5), case _ => print(0), after 1s => print(\"late\") } } }\nfunc main(): int { receive { case "
       "Tick(n: int) => print(n), after 1s => return 1 }\n return 0; }",
       ""},
      {"func main() { receive { case nope(x) => print(1), after 5 => print(2) } }", "1120@1 1100@1"},
      {"func main() { receive { case _ => print(1), case 5 => print(2) } }", "1139@1"},
      {"func main() { receive { after 1s => print(1), after 2s => print(2) } }", "1103@1"},
      {"func f(): int { receive { case 1 => return 1 } }\nfunc g(): int { receive { case 1 => return 1, after 1s => "
       "print(1) } }\nfunc main() { }",
       "1129@2"},
  });
}

TEST_CASE("a module that requires capabilities uses no others") {
  check_cases({
      {"requires log;\nfunc main() { logger.info(\"a\", 1, \"b\"); fs.read(\"x\"); }", "1157@2"},
      {"requires fs;\nfunc main() { fs.read(\"x\"); fs.write(\"x\", \"y\"); }", ""},
      {"requires fs.read;\nfunc main() { fs.write(\"x\", \"y\"); }", "1157@2"},
      {"func main() { fs.write(\"x\", \"y\"); }", ""},
      {"requires log;\nagent A { requires db.query; on f() { db.query(\"a\"); } }\nfunc main() { db.query(\"a\"); }",
       "1157@3"},
      {"import \"host:db\" as base;\nfunc main() { let r = base.query(\"a\"); print(r.rows.length); }", ""},
      {"import \"host:nothing\";\nfunc main() { }", "1104@1"},
  });
}

TEST_CASE("modules show what they export") {
  const std::map<std::string, std::string> others = {
      {"geo",
       "export record Point(x: int, y: int)\nrecord Hidden(x: int)\nexport func area(p: Point): int { return p.x * "
       "p.y; }\nfunc secret() { }\nexport const UNIT = 3;\nexport enum Color { red, green }\nexport class Shape(name: "
       "String) { static MAX: int = 4; }"},
      {"app.cycle", "import geo;\nexport func twice(x: int): int { return geo.area(geo.Point(x, 2)); }"},
      {"decl", "export func found(x: int): int { return x; }"},
  };
  const std::vector<test::Case> cases = {
      {"import geo;\nimport app.cycle;\nfunc main() { let p = geo.Point(1, 2); let q: geo.Point = { x: 1, y: 2 }; "
       "print(geo.area(p), geo.UNIT, cycle.twice(3), geo.Color.red, geo.Shape.MAX); match (p) { case geo.Point(x, _) "
       "=> print(x) } let s = new geo.Shape(\"a\"); let c: geo.Color = geo.Color.green; }",
       ""},
      {"import geo as g;\nfunc main() { g.area(g.Point(1, 2)); geo.area(1); }", "1100@2"},
      {"import geo;\nfunc main() { geo.secret(); let h: geo.Hidden? = null; geo.Hidden(1); }", "1105@2 1105@2 1105@2"},
      {"import geo;\nfunc main() { geo.are(1); let x: geo.Pont? = null; }", "1100@2 1101@2"},
      {"import geo;\nimport geo;\nfunc main() { }", "1103@2"},
      {"func found(x: int): int\nfunc main() { found(1); }", ""},
  };
  for (const test::Case& c : cases) {
    INFO(c.source);
    const test::Checked checked = test::check_text(c.source, others);
    INFO(checked.errors());
    CHECK(checked.code_list() == std::string(c.codes));
  }
  const test::Checked declared =
      test::check_text("func found(x: int): int\nfunc lost(x: int): int\nfunc main() { found(1); lost(2); }", others);
  CHECK(declared.func("found")->resolved == declared.func("decl.found"));
  CHECK(declared.func("lost")->resolved == nullptr);
}

TEST_CASE("a program needs something to run only where it is run") {
  check::CheckOptions options;
  CHECK(test::check_text("func f() { }", {}, options).code_list() == "");
  options.need_main = true;
  CHECK(test::check_text("func f() { }", {}, options).code_list() == "1162@1");
  CHECK(test::check_text("print(1);", {}, options).code_list() == "");
  CHECK(test::check_text("func main(args: List<String>): int { return args.length; }", {}, options).code_list() == "");
}
