// What actors guarantee, as programs.
#include "tests/process/program_fixture.hpp"

using namespace noodle;
using test::run_text;

namespace {

struct Row {
  const char* name;
  const char* source;
  const char* output;
};

const Row kPrograms[] = {
    {"messages of one sender arrive in order",
     R"(
actor Log() {
  seen: List<int> = [];
  on add(n: int) { seen.push(n); }
  on get(): List<int> { return seen; }
}
func main() {
  let log = spawn Log();
  for (i in 0..<1000) { send log.add(i); }
  let seen = ask log.get();
  let ok = seen.length == 1000;
  for (i in 0..<seen.length) { if (seen[i] != i) { ok = false; } }
  print(ok);
}
)",
     "true\n"},
    {"an ask returns the handler's result or throws its failure",
     R"(
actor Calculator() {
  on half(n: int): int { if (n % 2 != 0) { throw Error(2001, "odd"); } return n / 2; }
}
func main() {
  let c = spawn Calculator();
  print(ask c.half(10));
  try { ask c.half(3); } catch (e) { print(e.code, (e.cause as Error).code, (e.cause as Error).message); }
  try { ask c.half(4); } catch (e) { print(e.code); }
}
)",
     "5\n1812 2001 odd\n1810\n"},
    {"an ask that is not answered in time throws 1811, and the late answer is dropped",
     R"(
actor Slow() { on work(n: int): int { sleep(60ms); return n; } }
func main() {
  let s = spawn Slow();
  try { ask s.work(1) within 10ms; } catch (e) { print(e.code); }
  print(ask s.work(2));
}
)",
     "1811\n2\n"},
    {"an ask to itself and a circle of asks throw 1813",
     R"(
actor Mirror() {
  other: ActorRef<Mirror>? = null;
  me: ActorRef<Mirror>? = null;
  on set(o: ActorRef<Mirror>, m: ActorRef<Mirror>) { other = o; me = m; }
  on self_(): int { let m = me; if (m != null) { try { return ask m.value(); } catch (e) { return e.code; } } return 0; }
  on value(): int { let o = other; if (o != null) { try { return ask o.value() within 2s; } catch (e) { return e.code; } } return 0; }
}
func main() {
  let a = spawn Mirror();
  let b = spawn Mirror();
  send a.set(b, a);
  send b.set(a, b);
  print(ask a.self_());
  print(ask a.value());
}
)",
     "1813\n1813\n"},
    {"a monitor gets exactly one down, after everything the process sent",
     R"(
actor Worker(boss: ActorRef<any>) {
  on go() { send boss <- "one"; send boss <- "two"; throw Error(3000, "done"); }
}
func main() {
  let w = spawn Worker(self);
  monitor(w);
  monitor(w);
  send w.go();
  let seen: List<String> = [];
  let more = true;
  while (more) {
    receive {
      case s: String => seen.push(s)
      case down(ref, reason) => seen.push("down " + reason.code)
      after 100ms => more = false
    }
  }
  print(seen);
  monitor(w);
  receive { case down(ref, reason) => print(reason.code) }
}
)",
     "[\"one\", \"two\", \"down 3000\"]\n1810\n"},
    {"down reasons name every kind of end",
     R"(
actor Quiet() { on nothing() { } }
func ends() { }
func fails() { throw Error(2500, "x"); }
func main() {
  let a = spawn ends();
  monitor(a);
  receive { case down(r, e) => print(e.code) after 1s => print("late") }
  let b = spawn fails();
  monitor(b);
  receive { case down(r, e) => print(e.code) after 1s => print("late") }
  let c = spawn Quiet();
  monitor(c);
  stop c;
  receive { case down(r, e) => print(e.code) after 1s => print("late") }
}
)",
     nullptr},
    {"a linked process ends with an error of the other, not with its normal end",
     R"(
actor Pair() {
  on link_(other: ActorRef<any>) { link(other); }
  on fail() { throw Error(2002, "f"); }
  on ping(): int { return 1; }
}
func main() {
  let a = spawn Pair();
  let b = spawn Pair();
  let c = spawn Pair();
  monitor(b);
  ask_link(a, b);
  ask_link(c, b);
  stop c;
  sleep(20ms);
  print(ask b.ping());
  send a.fail();
  receive { case down(r, e) => print(e.code) }
}
func ask_link(x: ActorRef<Pair>, y: ActorRef<Pair>) { send x.link_(y); ask x.ping(); }
)",
     "1\n1816\n"},
    {"stop runs on stopping, stop self ends after the handler",
     R"(
actor Polite(boss: ActorRef<any>) {
  on bye(): int { stop self; return 7; }
  on stopping(reason: Error) { send boss <- reason.code; }
}
func main() {
  let p = spawn Polite(self);
  print(ask p.bye());
  receive { case n: int => print(n) }
  let q = spawn Polite(self);
  stop q;
  receive { case n: int => print(n) }
}
)",
     "7\n1801\n1801\n"},
    {"a selective receive takes the oldest match and leaves the others in order",
     R"(
func main() {
  let me = self;
  send me <- 1;
  send me <- "a";
  send me <- 2;
  send me <- "b";
  receive { case s: String => print(s) }
  receive { case n: int if n == 2 => print(n) }
  receive { case s: String => print(s) }
  receive { case n: int => print(n) }
  receive { case n: int => print(n) after 0s => print("none") }
}
)",
     "a\n2\nb\n1\nnone\n"},
    {"a full mailbox parks the sender until there is room",
     R"(
actor Slow() {
  total: int = 0;
  on add(n: int) { total = total + n; }
  on get(): int { return total; }
}
func main() {
  let s = spawn Slow() with { mailbox: 3 };
  for (i in 0..<500) { send s.add(1); }
  print(ask s.get());
}
)",
     "500\n"},
    {"policy error throws 1703, and a process never waits for its own mailbox",
     R"(
actor Stuck() { on work() { sleep(50ms); } }
func main() {
  let s = spawn Stuck() with { mailbox: 2, policy: "error" };
  let code = 0;
  try { for (i in 0..<20) { send s.work(); } } catch (e) { code = e.code; }
  print(code);
  let f = spawn own() with { mailbox: 4 };
  monitor(f);
  receive { case down(r, e) => print(e.code) }
}
func own() {
  let me = self;
  for (i in 0..<10) { send me <- i; }
}
)",
     "1703\n1703\n"},
    {"policy drop_oldest keeps the newest messages",
     R"(
actor Last(boss: ActorRef<any>) {
  on wait() { receive { case s: String => send boss <- "go" } }
  on add(n: int) { send boss <- n; }
}
func main() {
  let l = spawn Last(self) with { mailbox: 3, policy: "drop_oldest" };
  send l.wait();
  sleep(20ms);
  for (i in 0..<10) { send l.add(i); }
  send l <- "x";
  receive { case s: String => print(s) }
  receive { case n: int => print(n) }
  receive { case n: int => print(n) }
  receive { case n: int => print(n) after 50ms => print("none") }
}
)",
     "go\n8\n9\nnone\n"},
    {"names are registered before spawn returns and freed at the end",
     R"(
actor Named() { on hi(): int { return 1; } }
actor Other() { on ho() { } }
func main() {
  let n = spawn Named() with { name: "n" };
  let same: ActorRef<Named> = whereis("n");
  print(same == n, ask same.hi());
  try { spawn Named() with { name: "n" }; } catch (e) { print(e.code); }
  try { let o: ActorRef<Other> = whereis("n"); } catch (e) { print(e.code); }
  monitor(n);
  stop n;
  receive { case down(r, e) => print(e.code) }
  try { let gone: ActorRef<Named> = whereis("n"); } catch (e) { print(e.code); }
  spawn Named() with { name: "n" };
  print("again");
}
)",
     "true 1\n1815\n1814\n1801\n1810\nagain\n"},
    {"every fires again and again, and missed ticks merge",
     R"(
actor Ticker(boss: ActorRef<any>) {
  n: int = 0;
  every 10ms { n = n + 1; if (n <= 3) { send boss <- n; } }
  on block() { sleep(100ms); n = 100; }
  on count(): int { return n; }
}
func main() {
  let t = spawn Ticker(self);
  for (i in 1..3) { receive { case n: int => print(n) } }
  send t.block();
  let n = ask t.count();
  print(n >= 100 && n <= 101);
}
)",
     "1\n2\n3\ntrue\n"},
    {"started runs before the first message, other takes raw values",
     R"(
actor A(boss: ActorRef<any>) {
  x: int = 1;
  on started() { x = 2; }
  on get(): int { return x; }
  on other(value: any) { send boss <- value; }
}
func main() {
  let a = spawn A(self);
  print(ask a.get());
  send a <- "raw";
  receive { case s: String => print(s) }
}
)",
     "2\nraw\n"},
    {"limits of memory, fuel and children end or stop only the offender",
     R"(
func hog() { awaitGo(); let all: List<String> = []; while (true) { all.push("x".repeat(1000)); } }
func spin() { awaitGo(); while (true) { } }
func awaitGo() { receive { case "go" => {} } }  // so that it is monitored before it ends
func many(): int { let n = 0; try { while (n < 100) { spawn idle(); n = n + 1; } } catch (e) { return e.code; } return 0; }
func idle() { sleep(10s); }
func parent(boss: ActorRef<any>) { send boss <- many(); }
func main() {
  let a = spawn hog() with { memory: 1MB };
  monitor(a);
  send a <- "go";
  receive { case down(r, e) => print(e.code) }
  let b = spawn spin() with { fuel: 100000 };
  monitor(b);
  send b <- "go";
  receive { case down(r, e) => print(e.code) }
  spawn parent(self) with { children: 5 };
  receive { case n: int => print(n) }
}
)",
     "1701\n1702\n1704\n"},
    {"supervised children restart in place and keep their queue",
     R"(
actor Child(boss: ActorRef<any>) {
  on started() { send boss <- "up"; }
  on fail() { sleep(20ms); throw Error(2003, "f"); }
  on ping(): int { return 5; }
}
supervisor App(boss: ActorRef<any>) {
  child Child(boss) with { name: "child" };
}
func main() {
  let app = spawn App(self);
  receive { case s: String => print(s) }
  let c: ActorRef<Child> = whereis("child");
  send c.fail();
  print(ask c.ping());
  receive { case s: String => print(s) }
  monitor(app);
  for (i in 0..<10) { try { send c.fail(); ask c.ping() within 500ms; } catch (e) { } }
  receive { case down(r, e) => print(e.code) }
}
)",
     nullptr},
};

}  // namespace

TEST_CASE("actor programs do what the language says, on one worker and on several") {
  for (const Row& row : kPrograms) {
    for (const unsigned workers : {1u, 3u}) {
      CAPTURE(row.name);
      CAPTURE(workers);
      const test::Ran ran = run_text(row.source, workers);
      CHECK_MESSAGE(ran.result.error_code == 0, ran.result.error_message);
      if (row.output) CHECK(ran.output == row.output);
    }
  }
}

TEST_CASE("when main ends the other processes are stopped in reverse order of spawning") {
  const test::Ran ran = run_text(R"(
actor Part(n: int) {
  on busy() { while (true) { } }
  on stopping(reason: Error) { print("stop", n); }
}
func main() {
  let a = spawn Part(1);
  let b = spawn Part(2);
  let c = spawn Part(3);
  send b.busy();
  sleep(20ms);
  print("main");
}
)");
  CHECK(ran.output == "main\nstop 3\nstop 2\nstop 1\n");
  CHECK(ran.result.exit_code == 0);
}

TEST_CASE("nothing is delivered after the end of main") {
  const test::Ran ran = run_text(R"(
actor Late() { on say(n: int) { print("late"); } }
func main() {
  let l = spawn Late();
  for (i in 0..<3) { send l.say(i); }
}
)",
                                 1);
  CHECK(ran.output.find("late") == std::string::npos);
}

TEST_CASE("the exit code of a run is main's result, 1 for an uncaught error, 137 for a kill") {
  CHECK(run_text("func main(): int { return 7; }").result.exit_code == 7);
  CHECK(run_text("func main(): int { return 1000; }").result.exit_code == 125);
  CHECK(run_text("func main() { throw Error(2000, \"x\"); }").result.exit_code == 1);
  process::RunOptions options;
  options.time_limit_ms = 50;
  CHECK(run_text("func main() { while (true) { } }", 1, options).result.exit_code == 124);
}

TEST_CASE("an uncaught error in an actor is reported and does not change the exit code") {
  process::RunOptions options;
  int reported = 0;
  options.on_uncaught = [&reported](const process::Exit& exit) { reported = exit.code; };
  const test::Ran ran = run_text(R"(
actor Bad() { on go() { throw Error(2100, "bad"); } }
func main() { let b = spawn Bad(); monitor(b); send b.go(); receive { case down(r, e) => print(e.code) } }
)",
                                 2, options);
  CHECK(ran.output == "2100\n");
  CHECK(ran.result.exit_code == 0);
  CHECK(reported == 2100);
}
