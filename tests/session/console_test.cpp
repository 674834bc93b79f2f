// Commands, completion and what they print.
#include "runtime/session/console.hpp"

#include <mutex>

#include "tests/session/session_fixture.hpp"
#include "tests/support/temporary_folder.hpp"

using noodle::session::Answer;
using noodle::session::Console;
using noodle::test::TestSession;

namespace {

struct TestConsole {
  TestSession session;
  Console console{*session, {}};

  std::string text(const std::string& input) {
    const Answer answer = console.answer(input);
    return answer.text + answer.problem;
  }
  std::vector<std::string> complete(const std::string& text) {
    std::size_t start = 0;
    std::vector<std::string> names = console.complete(text, start);
    for (std::string& name : names) name = text.substr(0, start) + name;
    return names;
  }
};

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}
bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("values, declarations and notes are printed") {
  TestConsole t;
  CHECK(t.text("1 + 1") == "2 : int\n");
  CHECK(t.text("let x = 'a'") == "x : String = \"a\"\n");
  CHECK(t.text("func f(): int { return 1; }") == "defined func f\n");
  CHECK(t.text("func f(): int { return 2; }") == "replaced func f\n");
  CHECK(has(t.text("[1][3]"), "error 1602: index 3 is out of range: length is 1\n --> input 5:1:1\n"));
  CHECK(has(t.text("[1][3]"), "  at input (input 6:1:1)\nhelp: "));
  CHECK(t.text("import std.math") == "imported math\n");
  CHECK(has(t.text("json.parse(\"1\")"), "help: write `import std.json` first"));
  t.text("func deep(n: int): int { return 1 + deep(n); }");
  CHECK(has(t.text("deep(1)"), "  at deep (input 9:1:37)  (40 times)\n  at ... "));
}

TEST_CASE(":type tells types and runs nothing") {
  TestConsole t;
  t.text("let xs = [1, 2]");
  CHECK(t.text(":type xs.map(x => x / 2.0)") == "List<float>\n");
  CHECK(t.text(":type print(1)") == "void\n");
  CHECK(t.text(":t xs.pop()") == "int?\n");
  CHECK(t.text("xs") == "[1, 2] : List<int>\n");
  CHECK(has(t.text(":type ys"), "no such name `ys`"));
  CHECK(has(t.text(":type let a = 1"), "this is no expression"));
  CHECK(has(t.text(":type"), "this is no expression"));
  CHECK(has(t.text(":type 1 +"), "error 1012"));
}

TEST_CASE(":dis shows byte code of functions, methods and expressions") {
  TestConsole t;
  t.text("func half(n: int): int { return n / 2; }");
  t.text("record P(x: int) { func twice(): int { return x * 2; } }");
  t.text("let n = 4");
  CHECK(has(t.text(":dis half"), "divk"));
  CHECK(has(t.text(":dis P.twice"), "mul"));
  CHECK(has(t.text(":dis n + 1"), "add"));
  CHECK_FALSE(has(t.text(":dis n + 1"), "session"));
  CHECK(has(t.text(":dis nothing"), "no such name"));
  CHECK(has(t.text(":dis"), "this is no expression"));
}

TEST_CASE(":ps, :heap, :fuel and :list describe the session") {
  TestConsole t;
  CHECK(has(t.text(":ps"), "no processes"));
  CHECK(t.text(":list") == "nothing yet\n");
  t.text("actor A {\n  on hi() { }\n}");
  t.text("let a = spawn A()");
  t.text("let big = list<int>(100000, 1)");
  const std::string ps = t.text(":ps");
  CHECK(has(ps, "this session"));
  CHECK(has(ps, "  A  "));
  CHECK(has(t.text(":heap"), "  big              781"));
  CHECK(has(t.text(":heap nobody"), "`nobody` is no process"));
  CHECK(has(t.text(":heap 77"), "process #77: the process does not live"));
  CHECK(t.text(":list") == "actor A { ...\nlet a: ActorRef<A>\nlet big: List<int>\n");
  CHECK(has(t.text(":fuel"), "budget      none"));
  CHECK(has(t.text(":fuel 10_000"), "budget      10,000 for each input"));
  CHECK(has(t.text("while (true) { }"), "error 1702: the fuel budget of 10000 is used up"));
  CHECK(has(t.text(":fuel off"), "budget      none"));
  CHECK(has(t.text(":fuel many"), "no number"));
}

TEST_CASE(":drop, :kill, :reset") {
  TestConsole t;
  t.text("let a = 1; let b = 2");
  CHECK(t.text(":drop a b").empty());
  CHECK(t.text(":list") == "nothing yet\n");
  t.text("let counter = 1");
  CHECK(has(t.text(":drop conter"), "did you mean `counter`?"));
  CHECK(has(t.text(":drop"), "what shall be dropped?"));
  CHECK(has(t.text(":kill x"), "no process"));
  CHECK(has(t.text(":kill #99"), "does not live"));
  t.text("actor A { on hi() { } }");
  t.text("let a = spawn A()");
  const auto pid = noodle::session::pid_text(t.session->processes()[1].pid);
  CHECK(has(t.text("a"), "#" + pid + " "));
  CHECK(t.text(":kill " + pid).empty());
  CHECK(has(t.text(":reset"), "forgotten"));
  CHECK(t.text(":list") == "nothing yet\n");
}

TEST_CASE(":trace shows each message that a process takes and what comes of it, at a bounded rate") {
  std::mutex mutex;
  std::vector<noodle::process::Step> steps;
  std::uint64_t left_out = 0;
  noodle::session::SessionOptions options;
  options.on_trace = [&](const noodle::process::Step& step, std::uint64_t before) {
    const std::lock_guard lock(mutex);
    steps.push_back(step);
    left_out += before;
  };
  TestSession session(std::move(options));
  Console console(*session, {});
  const auto text = [&console](const std::string& input) {
    const Answer answer = console.answer(input);
    return answer.text + answer.problem;
  };
  text("actor A { n: int; on add(k: int): int { n += k; if (n > 9) { throw Error(4001, 'full'); } return n; } }");
  text("let a = spawn A(); let b = spawn A()");
  const auto pid = session->processes()[1].pid;
  const std::string number = noodle::session::pid_text(pid);
  CHECK(text(":trace x") ==
        "error 6304: `x` is no process\nwrite :trace 3 for the process that :ps shows as #3\n"
        "help: `:help COMMAND` shows how it is used.\n");
  CHECK(has(text(":trace"), "error 6304: :trace needs a process"));
  CHECK(has(text(":trace #99"), "error 1810: process #99 does not live"));
  CHECK(has(text(":trace " + number), "is traced; :trace " + number + " stops it"));
  CHECK(text("ask b.add(1)") == "1 : int\n");
  CHECK(text("ask a.add(2)") == "2 : int\n");
  CHECK(has(text("ask a.add(20)"), "full"));
  REQUIRE(steps.size() == 4);
  CHECK(console.traced(steps[0], 0) == "  A <" + number + "> takes add(2) from input <0>\n");
  CHECK(has(console.traced(steps[1], 0), "> is done, fuel "));
  CHECK(has(console.traced(steps[3], 7), "  (7 steps left out)\n  A <"));
  CHECK(has(console.traced(steps[3], 0), "is done with error 4001: full, fuel "));
  CHECK(has(text(":trace " + number), "does not live") == false);  // it has ended, and is no longer traced

  text("let c = spawn A()");
  const std::string other = noodle::session::pid_text(session->processes().back().pid);
  text(":trace " + other);
  steps.clear();
  text("for (i in 0..<2000) { ask c.add(0); }");
  text(":trace " + other);
  CHECK(steps.size() >= 40);  // of this second, in which there were some before
  CHECK(steps.size() + left_out <= 4000);
  const std::size_t told = steps.size();
  text("ask c.add(0)");
  CHECK(steps.size() == told);
}

TEST_CASE(":swap moves the actors that live to what is declared now, with their state") {
  TestConsole t;
  t.text(
      "actor Counter { total: int = 0; on add(n: int) { total += n; } on get(): String { return `one ${total}`; } }");
  t.text("let c = spawn Counter()");
  t.text("send c.add(41)");
  t.text(
      "actor Counter { total: int = 0; more: int = 1; on add(n: int) { total += n; }"
      " on get(): String { return `two ${total + more}`; } }");
  CHECK(t.text("ask c.get()") == "\"one 41\" : String\n");
  CHECK(t.text(":swap") == "1 actor moved\n");
  CHECK(t.text("ask c.get()") == "\"two 42\" : String\n");
  t.text("let d = spawn Counter()");
  CHECK(t.text("ask d.get()") == "\"two 1\" : String\n");
  t.text(
      "actor Counter { f: func(): int; constructor() { f = () => 1; } on get(): String { return `three ${f()}`; } }");
  const std::string stays = t.text(":swap");
  CHECK(has(stays, "0 actors moved"));
  CHECK(has(stays, "field `f` of `Counter` has no initial value"));
  CHECK(t.text("ask c.get()") == "\"two 42\" : String\n");
}

TEST_CASE(":load enters a file, with places in that file") {
  TestConsole t;
  noodle::test::TemporaryFolder folder;
  const std::string path = folder.write("a.nc", "func f(): int { return 1; }\nlet a = f() + 1;\n");
  CHECK(has(t.text(":load " + path), "defined func f\n"));
  CHECK(t.text("a") == "2 : int\n");
  const std::string bad = folder.write("bad.nc", "let a =\n  nothing;\n");
  CHECK(has(t.text(":load " + bad), bad + ":2:3"));
  CHECK(t.complete(":load " + folder.path() + "/a") == std::vector<std::string>{":load " + path});
  CHECK(t.complete(":load " + folder.path() + "/none").empty());
  CHECK(has(t.text(":load /no/such.nc"), "cannot read"));
  CHECK(has(t.text(":load"), "which file?"));
  CHECK(has(t.text(":load " + folder.path()), "cannot read"));
}

TEST_CASE("unknown commands get a suggestion, shortened ones work") {
  TestConsole t;
  CHECK(has(t.text(":tpye 1"), "did you mean `:type`?"));
  CHECK(has(t.text(":xyzzy"), "`:help` lists"));
  CHECK(has(t.text(":"), "error 6303: no such command"));
  CHECK(has(t.text(":he"), ":type"));
  CHECK(has(t.text("help"), ":type"));
  CHECK(has(t.text(":help 1601"), "noodle explain 1601"));
  CHECK(has(t.text(":help 9"), "no error code"));
  CHECK(t.console.answer(":q").quit);
  CHECK(t.console.answer("exit").quit);
  CHECK(t.console.answer("quit()").quit);
  t.text("let exit = 3");
  CHECK(t.text("exit") == "3 : int\n");
}

TEST_CASE("completion knows keywords, names in scope, members, modules, cases and commands") {
  TestConsole t;
  t.text("import std.math");
  t.text("let numbers = [1]; let number: int? = 3");
  t.text("enum Light { red, green }\nclass K { a: int = 1; static top: int = 3; private b: int = 2; func m() { } }");
  t.text("actor A { state: int; on hello() { } }");
  t.text("let a = spawn A(); let k = K()");
  CHECK(t.complete("num") == std::vector<std::string>{"number", "numbers"});
  CHECK(has(t.complete("1 + numbers.fi"), "1 + numbers.filter"));
  CHECK(has(t.complete("[1, 2].map(x => x).re"), "[1, 2].map(x => x).reverse"));
  CHECK(has(t.complete("\"a b\".to"), "\"a b\".toUpper"));
  CHECK(has(t.complete("print(math.gc"), "print(math.gcd"));
  CHECK(t.complete("Light.") == std::vector<std::string>{"Light.green", "Light.red"});
  CHECK(t.complete("k.") == std::vector<std::string>{"k.a", "k.m"});
  CHECK(t.complete("K.") == std::vector<std::string>{"K.top"});
  CHECK(t.complete("ask a.") == std::vector<std::string>{"ask a.hello"});
  CHECK(has(t.complete("whi"), "while"));
  CHECK(has(t.complete("pri"), "print"));
  CHECK(has(t.complete("Str"), "String"));
  CHECK(t.complete(":t") == std::vector<std::string>{":type", ":trace"});
  CHECK(has(t.complete(":type numb"), ":type numbers"));
  CHECK(t.complete(":drop ma") == std::vector<std::string>{":drop math"});
  CHECK(t.complete("nothing.").empty());
  CHECK(has(t.complete("(("), "((print"));
  CHECK(t.complete(").").empty());
  for (const std::string& name : t.complete("")) CHECK_FALSE(has(name, "$"));
}

TEST_CASE("the end of a process with an error is one line") {
  TestConsole t;
  noodle::process::Exit exit;
  exit.pid = noodle::process::make_pid(3, 1);
  exit.code = 4001;
  exit.message = "told to";
  exit.trace = "A.fail ($session:10:15)\nA.go ($session:11:2)";
  CHECK(t.console.process_end(exit) == "process #3 ended with error 4001: told to at A.fail\n");
}

TEST_CASE("JSON: one object for each input") {
  TestSession session;
  Console console(*session, {.color = false, .json = true, .quiet = false});
  CHECK(console.answer("1 + 1").text ==
        "{\"input\":1,\"status\":\"done\",\"value\":\"2\",\"type\":\"int\",\"fuel\":3}\n");
  CHECK(has(console.answer("let a = \"\\\"\"").text, R"("name":"a","value":"\"\\\"\"","type":"String")"));
  CHECK(has(console.answer("nothing").text, R"("status":"refused","diagnostics":[{"severity":"error","code":1100)"));
  CHECK(has(console.answer("1 / 0").text, R"("error":{"code":1601,)"));
  CHECK(console.answer(":type 1").text == "{\"command\":\"type\",\"status\":\"done\",\"text\":\"int\\n\"}\n");
  CHECK(has(console.answer(":nope").text, R"("status":"refused")"));
  CHECK(console.answer("").text.empty());
}
