// Options of spawn at and beyond their bounds; names that lead nowhere; what processes are refused.
import std.actor;
actor Cell {
  n: int;
  on set(v: int) { n = v; }
  on get(): int { return n; }
}
actor Other {
  on get(): int { return 0; }
}
supervisor Empty {
  strategy: one_for_all;
}
func nothing() {}
func told(f: func()) {
  try {
    f();
    print("passed");
  } catch (e) { print(e.code, e.message); }
}
func main() {
  told(() => { spawn nothing() with { memory: 4095 }; });
  told(() => { spawn nothing() with { stack: 1 }; });
  told(() => { spawn nothing() with { fuel: 0 }; });
  told(() => { spawn nothing() with { fuelPerSecond: 0 }; });
  told(() => { spawn nothing() with { mailbox: 0 }; });
  told(() => { spawn nothing() with { mailboxBytes: 1 }; });
  told(() => { spawn nothing() with { children: -1 }; });
  told(() => { spawn nothing() with { policy: "lo" + "se" }; });
  told(() => { spawn nothing() with { priority: "urg" + "ent" }; });
  told(() => { spawn nothing() with { restart: "al" + "ways" }; });
  told(() => { spawn nothing() with { name: "" }; });
  told(() => { spawn nothing() with { name: "n".repeat(257) }; });
  told(() => { spawn nothing() with { caps: ["fs.write"] }; });
  told(() => { spawn nothing() with { caps: ["unheard.of"] }; });
  told(() => { spawn nothing() on "elsewhere"; });
  told(() => { spawn nothing() with { memory: 1MB, stack: 65536, fuel: 100000, fuelPerSecond: 1000000, mailbox: 10, mailboxBytes: 4096,
                                      children: 1, policy: "drop_oldest", priority: "high", restart: "temporary", caps: ["log"] }; });

  let cell = spawn Cell() with { name: "cell", priority: "low" };
  send cell.set(4);
  let found: ActorRef<Cell> = whereis("cell");
  print(ask found.get(), found == cell, actor.alive(cell));
  told(() => { spawn Cell() with { name: "cell" }; });
  told(() => { let other: ActorRef<Other> = whereis("cell"); print(other); });
  told(() => { let none: ActorRef<Cell> = whereis("none"); print(none); });
  let loop = spawn waiting() with { name: "loop" };
  told(() => { let wrong: ActorRef<Cell> = whereis("loop"); print(wrong); });
  let any_: ActorRef<any> = whereis("loop");
  print(any_ == loop);
  monitor(loop);
  stop loop;               // before it has begun to wait
  print(actor.join(loop, 5s)?.code, actor.alive(loop), actor.join(cell, 1ms));
  told(() => { sleep(0s - 1s); });
  let info = actor.info();
  print(info.memory >= 0, info.fuel > 0, info.messages, info.children > 0);
  let timer = actor.sendAfter(1ms, self, "late");
  receive { case "late" => print("came") after 5s => print("lost") }
  print(actor.join(timer, 5s) != null);
  print(actor.retry(3, 1ms, () => 7), actor.current() == self);
  let tries = [0];
  told(() => { actor.retry<int>(3, 1ms, () => { tries[0] += 1; throw Error(4000, `try ${tries[0]}`); }); });
  let top = spawn Empty();
  let raw: ActorRef<any> = top;
  send raw <- "a supervisor takes none";
  monitor(self);
  link(self);
  unlink(self);
  monitor(top);
  stop top;
  print(actor.join(top, 5s)?.code, actor.join(top, 5s)?.code);
  link(top);
}
func waiting() {
  receive { case "never" => {} }
}
// expect: 1613 spawn option memory: 4095; possible are 4096 to 4611686018427387904
// expect: 1613 spawn option stack: 1; possible are 1024 to 8388608
// expect: 1613 spawn option fuel: 0; possible are 1 to 4611686018427387904
// expect: 1613 spawn option fuelPerSecond: 0; possible are 1 to 4611686018427387904
// expect: 1613 spawn option mailbox: 0; possible are 1 to 16777216
// expect: 1613 spawn option mailboxBytes: 1; possible are 64 to 4294967295
// expect: 1613 spawn option children: -1; possible are 0 to 4294967295
// expect: 1613 spawn option policy: lose; possible are block drop_oldest error
// expect: 1613 spawn option priority: urgent; possible are high normal low
// expect: 1613 spawn option restart: always; possible are permanent transient temporary
// expect: 1613 spawn option name: ``; a name has 1 to 256 bytes
// expect: 1613 spawn option name: `nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn`; a name has 1 to 256 bytes
// expect: 8003 the spawner does not hold fs.write; a process can pass on only what it holds
// expect: 8002 no such capability: unheard.of; see docs/capabilities.md
// expect: 1892 placement with `on` or `where` needs a cluster
// expect: passed
// expect: 4 true true
// expect: 1815 the name `cell` is taken
// expect: 1814 the process `cell` is a Cell, not a ActorRef<Other>
// expect: 1810 no process has the name `none`
// expect: 1814 the process `loop` is a function, not a ActorRef<Cell>
// expect: true
// expect: 1801 false null
// expect: 1613 sleep: the duration is negative
// expect: true true 0 true
// expect: came
// expect: true
// expect: 7 true
// expect: 4000 try 3
// expect: 1801 1810
