#include "runtime/lang/lint.hpp"

#include <doctest/doctest.h>

#include "tests/lang/ast_text.hpp"

using namespace noodle::lang;

namespace {

std::string findings(const std::string& text, std::span<const std::string_view> capabilities = {}) {
  const Parsed parsed(text);
  REQUIRE(parsed.codes() == "");
  std::string result;
  for (const Diagnostic& item : lint(parsed.ast, capabilities)) {
    CHECK(item.severity == Severity::warning);
    CHECK(!item.message.empty());
    CHECK(!item.suggestion.empty());
    const LineColumn place = item.file->position(item.span.start);
    result += (result.empty() ? "" : " ") + std::to_string(static_cast<int>(item.code)) + "@" +
              std::to_string(place.line) + ":" + std::to_string(place.column);
  }
  return result;
}

std::string in_function(const std::string& text) {
  return findings("func f(p: int) {\n" + text + "\n}");
}

struct LintRow {
  std::string source;
  std::string expected;
};

}  // namespace

TEST_CASE("suspicious statements are pointed out") {
  const LintRow rows[] = {
      {"let a = 1;", "1400@2:5"},
      {"let a = 1; a = 2;", "1400@2:5"},
      {"let a = 1; a += 2; print(a)", ""},
      {"let _a = 1; let _ = 2;", ""},
      {"let a = spawn A();", ""},
      {"func g() { }", "1400@2:6"},
      {"func g() { g(); }", ""},
      {"let a = 1; g(() => a);", ""},
      {"let a = 1; g(`x ${a}`, { k: a }, [a], m.f(n: a));", ""},
      {"let a = 1; match (p) { case x if a > x => f(), case _ => { print(a); } }", ""},
      {"let a = 1; { let a = 2; print(a); } print(a);", "1402@2:18"},
      {"for (p in 0..3) { }", "1402@2:6"},
      {"for (i in 0..3) { } for (k, v in m) { }", ""},
      {"for (let i = 0; i < 3; i++) { }", ""},
      {"g(p => p);", "1402@2:3"},
      {"g(x => x); g(x => x);", ""},
      {"match (p) { case p => print(p) }", "1402@2:18"},
      {"match (q) { case A.b(n: int, x) => print(n), case _: int => f() }", ""},
      {"try { f(); } catch (e) { }", "1404@2:24"},
      {"try { f(); } catch (e) { /* fine */ } try { } catch (e) { g(); } finally { h(); }", ""},
      {"try { f(); } catch (e) { case Error(c, _) => print(c) }", ""},
      {"return; f();", "1405@2:9"},
      {"throw e; f(); g();", "1405@2:10"},
      {"if (p > 1) { return; } else { throw e; } f();", "1405@2:42"},
      {"if (p > 1) return; f();", ""},
      {"while (p > 1) { break; f(); }", "1405@2:24"},
      {"while (p > 1) { if (p == 2) { continue; } f(); }", ""},
      {"return g(); func g(): int { return 1; }", ""},
      {"if (true) { }", "1406@2:5"},
      {"if (!(true)) { }", "1406@2:5"},
      {"while (false) { }", "1406@2:8"},
      {"while (true) { }", ""},
      {"for (;true;) { } for (;;) { } for (;false;) { }", "1406@2:37"},
      {"p = p; self.x = self.x; a[0].b = a[0].b; self.p = p;", "1407@2:1 1407@2:8 1407@2:25"},
      {"a[i] = a[j]; a.b = a.c; a[1] = a[2]; f()[0] = f()[0];", ""},
      {"g(p == p, p != (p), p < 1, p + p, 'a' == 'a');", "1408@2:3 1408@2:11 1408@2:35"},
      {"p; p + 1; p == 2; -p; [1, 2]; \"x\"; (p); x => f();",
       "1409@2:1 1409@2:4 1409@2:11 1409@2:19 1409@2:23 1409@2:31 1409@2:36 1409@2:41"},
      {"f(); p++; p = 1; a.b(); xs[0]; p as int; [f()]; p > 1 ? f() : g(); new A(); spawn A(); ask r.m();", ""},
      {"match (p) { case _ => { 5 } }", ""},
      {"if (p == true || p != false) { }", "1410@2:5 1410@2:18"},
      {"if (f() == false) { }", "1410@2:5"},
      {"if (f() == true) { }", "1410@2:5"},
      {"if (p > 1);", "1411@2:11"},
      {"while (p > 1); for (x in xs); if (p > 1) { } else;", "1411@2:14 1411@2:29 1411@2:50"},
      {"receive { case x: int => print(x), after 1s => { } }", ""},
      {"send r <- p; stop r; throw p;", ""},
  };
  for (const LintRow& row : rows) {
    CAPTURE(row.source);
    CHECK(in_function(row.source) == row.expected);
  }
}

TEST_CASE("suspicious declarations are pointed out") {
  const LintRow rows[] = {
      {"import std.math;", "1401@1:1"},
      {"import std.math;\nprint(math.sin(1.0));", ""},
      {"import std.math as m;\nlet x: m.T = 1;\nprint(x);", ""},
      {"import a.b;\nmatch (x) { case b.C.d => f(), case _ => g() }", ""},
      {"import \"host:db\";\nimport \"host:fs\";\nfs.read();", "1401@1:1"},
      {"class A { x: b.T; } import a.b; class B extends C.D implements c.I { } import a.c; import a.C;", ""},
      {"class my_class { }", "1403@1:7"},
      {"record p(x: int); enum e_f { a } interface i { } actor a_b { } agent c { } supervisor s { } type t = int;",
       "1403@1:8 1403@1:24 1403@1:44 1403@1:56 1403@1:70 1403@1:87 1403@1:98"},
      {"class Größe { } class HTTPServer { } class ÄB { } enum E { lower }", ""},
      {"let a = 1;", "1400@1:5"},
      {"let a = 1;\nfunc f(a: int) { print(a); }\nprint(a);", ""},
      {"@x(5) actor A<T: b.I>(n: int = c.d) { x: int = e.f; func g(h: i.J): k.L { } on m() { } every n.o { } }\nimport "
       "z.b;",
       ""},
      {"// \xE2\x80\xAE hidden", "1413@1:4"},
      {"let x = \"\xE2\x81\xA6\";\nprint(x, \"€\");", "1413@1:10"},
      {"test \"t\" { let a = 1; }", "1400@1:16"},
      {"class A { x: int; constructor(y: int) { self.x = y; } }", ""},
      {"supervisor S { child A(b.c) with { name: d.e } }\nimport z.b; import z.d;", ""},
  };
  for (const LintRow& row : rows) {
    CAPTURE(row.source);
    CHECK(findings(row.source) == row.expected);
  }
}

TEST_CASE("capabilities are compared with the table, if one is given") {
  const std::string_view table[] = {"fs.read", "fs.write", "db.read"};
  CHECK(findings("requires fs.read, filesystem.read;") == "");
  CHECK(findings("requires fs.read, fs.wrote('/x'), agents.any, zzz;\nagent A { requires db.raed; }", table) ==
        "1412@1:19 1412@1:47 1412@2:20");
}

TEST_CASE("the message names the thing and the remedy") {
  const Parsed parsed("func f() {\n  let count = 1;\n  { let count = 2; print(count); }\n}");
  const std::vector<Diagnostic> found = lint(parsed.ast);
  REQUIRE(found.size() == 2);
  CHECK(found[0].message == "`count` is never used");
  CHECK(found[0].suggestion == "remove it, or name it `_count`");
  CHECK(found[1].message == "`count` hides another local of that name");
  CHECK(parsed.source.text(found[1].note_span) == "count");
}
