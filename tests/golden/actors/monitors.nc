// monitor tells how a process ended; down comes after everything it sent.
actor Worker {
  on fail() { throw Error(3333, "gone"); }
  on finish() { stop self; }
  on idle(): int { return 1; }
}
func main() {
  let a = spawn Worker();
  monitor(a);
  send a.fail();
  receive { case down(ref, reason) => print(ref == a, reason.code, reason.message) }
  // expect: true 3333 gone
  let b = spawn Worker();
  monitor(b);
  send b.finish();
  receive { case down(ref, reason) => print(reason.code) }
  // expect: 1801
  let c = spawn Worker();
  monitor(c);
  print(ask c.idle());
  // expect: 1
  stop c;
  receive { case down(ref, reason) => print(reason.code) }
  // expect: 1801
  monitor(c);
  receive { case down(ref, reason) => print(reason.code) after 1s => print("none") }
  // expect: 1810
}
