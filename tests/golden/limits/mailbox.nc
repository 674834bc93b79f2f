// A full mailbox: error throws 1703, drop_oldest drops.
// heavy
actor Slow { got: int; on hold(d: Duration) { sleep(d); } on put(n: int) { got += 1; } on count(): int { return got; } }
func main() {
  let e = spawn Slow() with { mailbox: 5, policy: "error" };
  send e.hold(50ms);
  let failed = 0;
  for (i in 0..<20) {
    try { send e.put(i); } catch (x) { failed = x.code; }
  }
  print(failed);
  // expect: 1703
  let d = spawn Slow() with { mailbox: 5, policy: "drop_oldest" };
  send d.hold(50ms);
  for (i in 0..<100) { send d.put(i); }
  sleep(100ms);
  print(ask d.count() <= 6);
  // expect: true
  let b = spawn Slow() with { mailbox: 5 };
  for (i in 0..<1000) { send b.put(i); }
  print(ask b.count());
  // expect: 1000
}
