// What programs see of processes on other systems: the same as of those on their own.
#include "tests/remote/connected_systems.hpp"

using noodle::test::ConnectedSystems;

namespace {

struct Row {
  const char* name;
  const char* source;
  std::string output;
};

const Row kPrograms[] = {
    {"an actor on another node answers, in order, with values of any type",
     R"(
record Point(x: int, y: float, tags: List<String>)
actor Log() {
  seen: List<int> = [];
  on add(n: int) { seen.push(n); }
  on get(): List<int> { return seen; }
  on point(p: Point): Point { return Point(p.x + 1, p.y * 2.0, [p.tags[0], "there"]); }
  on nothing() { }
}
func main() {
  let log = spawn Log() on "n2";
  for (i in 0..<2000) { send log.add(i); }
  let seen = ask log.get();
  let ok = seen.length == 2000;
  for (i in 0..<seen.length) { if (seen[i] != i) { ok = false; } }
  print(ok, ask log.point(Point(1, 1.5, ["here"])));
  ask log.nothing();
}
)",
     "true Point(x: 2, y: 3.0, tags: [\"here\", \"there\"])\n"},
    {"the arguments of a spawn are copied to where it runs, and what it prints comes home",
     R"(
actor Greeter(name: String, times: int) {
  on started() { for (i in 0..<times) { print(`hello ${name}`); } }
  on done(): bool { return true; }
}
func main() {
  let g = spawn Greeter("you", 2) on "n2";
  ask g.done();
  let here = spawn Greeter("me", 1) on "n1";
  ask here.done();
}
)",
     "hello you\nhello you\nhello me\n"},
    {"references travel: to actors at home, to third nodes, and back",
     R"(
actor Counter() {
  total: int = 0;
  on add(n: int) { total += n; }
  on get(): int { return total; }
  on me(): ActorRef<Counter> { return self; }
}
actor Worker() {
  on work(to: ActorRef<Counter>, n: int): int { send to.add(n); return (ask to.get()) * 10; }
}
func main() {
  let home = spawn Counter();
  let far = spawn Counter() on "n3";
  let worker = spawn Worker() on "n2";
  print(ask worker.work(home, 5), ask worker.work(far, 7));
  print(ask home.get(), ask far.get());
  let again = ask far.me();
  print(again == far);
}
)",
     "50 70\n5 7\ntrue\n"},
    {"a monitor gets one down with the true reason, also of what has ended before",
     R"(
actor Shaky() { on fall() { throw Error(2001, "slipped"); } on stopNow() { stop self; } on ping(): int { return 1; } }
actor Watcher(boss: ActorRef<Boss>) {
  on look(s: ActorRef<Shaky>) { monitor(s); send boss.looking(); }
  on down(ref: ActorRef<any>, reason: Error) { send boss.heard(reason.code, reason.message); }
}
actor Boss() {
  reasons: List<String> = [];
  looks: int = 0;
  on looking() { looks += 1; }
  on heard(code: int, text: String) { reasons.push(`${code} ${text}`); }
  on count(): int { return reasons.length; }
  on looked(): int { return looks; }
  on all(): List<String> { return reasons; }
}
func main() {
  let boss = spawn Boss();
  let watcher = spawn Watcher(boss);
  let a = spawn Shaky() on "n2";
  let b = spawn Shaky() on "n2";
  send watcher.look(a);
  send watcher.look(b);
  while (ask boss.looked() < 2) { sleep(1ms); }
  send a.fall();
  while (ask boss.count() < 1) { sleep(1ms); }
  send b.stopNow();
  while (ask boss.count() < 2) { sleep(1ms); }
  send watcher.look(a);
  while (ask boss.count() < 3) { sleep(1ms); }
  print(ask boss.all());
}
)",
     "uncaught 2001 slipped (on n2)\n"
     "[\"2001 slipped\", \"1801 process was stopped\", \"1810 the process has ended before\"]\n"},
    {"linked actors on two nodes end together, whichever ends first",
     R"(
actor Peer() {
  on join(other: ActorRef<Peer>) { link(other); }
  on fall() { throw Error(2002, "down we go"); }
  on ping(): int { return 1; }
}
func gone(p: ActorRef<Peer>): bool {
  for (i in 0..<2000) {
    try { ask p.ping(); } catch (e) { return true; }
    sleep(1ms);
  }
  return false;
}
func main() {
  let a = spawn Peer();
  let b = spawn Peer() on "n2";
  send a.join(b);
  ask a.ping();
  send b.fall();
  print(gone(a));
  let c = spawn Peer();
  let d = spawn Peer() on "n2";
  send c.join(d);
  ask c.ping();
  send c.fall();
  print(gone(d));
}
)",
     "uncaught 2002 down we go (on n2)\ntrue\nuncaught 2002 down we go\ntrue\n"},
    {"an ask fails with the reason of the asked process, a late one with 1810",
     R"(
actor Calculator() { on half(n: int): int { if (n % 2 != 0) { throw Error(2001, "odd"); } return n / 2; } }
func main() {
  let c = spawn Calculator() on "n2";
  print(ask c.half(10));
  try { ask c.half(3); } catch (e) { print(e.code, (e.cause as Error).code, (e.cause as Error).message); }
  let code = 0;
  try { ask c.half(4); } catch (e) { code = e.code; }
  print(code == 1810 || code == 1812);
}
)",
     "5\nuncaught 2001 odd (on n2)\n1812 2001 odd\ntrue\n"},
    {"errors of a spawn are thrown where it stands: no such node, a taken name, too little right",
     R"(
actor Named() { on ping(): int { return 1; } }
func main() {
  try { spawn Named() on "n9"; } catch (e) { print(e.code); }
  let first = spawn Named() with { name: "one" } on "n2";
  try { spawn Named() with { name: "one" } on "n2"; } catch (e) { print(e.code); }
  print(ask first.ping());
  let local = spawn Named();
  print(ask local.ping());
}
)",
     "6107\n1815\n1\n1\n"},
    {"functions run elsewhere too, and raw values reach receive",
     R"(
record Result(n: int)
func square(to: ActorRef<any>, n: int) { send to <- Result(n * n); }
func main() {
  for (i in 1..3) { spawn square(self, i) on "n2"; }
  let total = 0;
  for (i in 0..<3) {
    receive { case r: Result => { total += r.n; } after 20s => { print("late"); } }
  }
  print(total);
}
)",
     "14\n"},
    {"the host object cluster knows the nodes, and each of them can be spawned on",
     R"(
actor Here() { on name(): String { return cluster.self_id(); } }
func main() {
  for (node in cluster.nodes()) {
    let there = spawn Here() on node.id;
    print(node.id, node.address, node.state, node.labels, ask there.name());
  }
  print(cluster.node("n2")?.address, cluster.node("n9"));
}
)",
     "n1 host:0 alive [\"zone=a\", \"place=0\"] n1\nn2 host:1 alive [\"zone=a\", \"place=1\"] n2\n"
     "n3 host:2 alive [\"zone=a\", \"place=2\"] n3\nhost:1 null\n"},
    {"a slow receiver keeps its senders waiting, and nothing is lost",
     R"(
actor Slow() {
  n: int = 0;
  on take(x: int) { n += 1; if (x % 100 == 0) { sleep(1ms); } }
  on count(): int { return n; }
}
func main() {
  let s = spawn Slow() with { mailbox: 10 } on "n2";
  for (i in 0..<3000) { send s.take(i); }
  print(ask s.count());
}
)",
     "3000\n"},
};

}  // namespace

TEST_CASE("processes on other systems behave as those at home") {
  for (const Row& row : kPrograms) {
    SUBCASE(row.name) {
      ConnectedSystems systems(3);
      const std::string output = systems.run(row.source);
      CHECK(output == row.output);
      CHECK(systems.becomes_empty(0));
      CHECK(systems.becomes_empty(1));
      CHECK(systems.becomes_empty(2));
    }
  }
}

TEST_CASE("a system that is lost ends its processes for the others, and theirs for itself") {
  ConnectedSystems systems(3);
  std::thread cutter;
  const std::string output =
      systems.run(R"(
actor Far() {
  on ping(): int { return 1; }
  on never(): int { sleep(1h); return 1; }
}
actor Watcher(boss: ActorRef<any>) {
  on look(f: ActorRef<Far>) { monitor(f); print("ready"); }
  on down(ref: ActorRef<any>, reason: Error) { send boss <- reason; }
}
func main() {
  let far = spawn Far() on "n2";
  let safe = spawn Far() on "n3";
  ask far.ping();
  let w = spawn Watcher(self);
  send w.look(far);
  try { ask far.never() within 60s; } catch (e) { print(e.code, (e.cause as Error).code); }
  receive { case e: Error => { print(e.code, e.message); } after 20s => { print("late"); } }
  try { ask far.ping(); } catch (e) { print(e.code); }
  print(ask safe.ping());
}
)",
                  {"mesh.spawn"}, [&](ConnectedSystems& all) { cutter = std::thread([&all] { all.cut(1); }); });
  cutter.join();
  CHECK(output == "ready\n1812 6207\n6207 the node is lost\n1810\n1\n");
  CHECK(systems.becomes_empty(0));
  CHECK(systems.becomes_empty(1));
  CHECK(systems.becomes_empty(2));
}

TEST_CASE("a run that is killed ends everywhere") {
  ConnectedSystems systems(2);
  const std::string output = systems.run(R"(
actor Busy() { on started() { while (true) { sleep(1ms); } } }
func main() {
  for (i in 0..<20) { spawn Busy() on "n2"; }
  throw Error(2003, "enough");
}
)");
  CHECK(output == "main: 2003 enough\n");
  CHECK(systems.becomes_empty(0));
  CHECK(systems.becomes_empty(1));
}
