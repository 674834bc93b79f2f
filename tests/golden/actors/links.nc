// link takes both down on an abnormal end only.
actor Node2 {
  on join(other: ActorRef<Node2>) { link(other); }
  on fail() { throw Error(2600, "bad"); }
  on leave() { stop self; }
  on ok(): int { return 1; }
}
func main() {
  let a = spawn Node2();
  let b = spawn Node2();
  send a.join(b);
  print(ask a.ok(), ask b.ok());
  // expect: 1 1
  monitor(b);
  send a.fail();
  receive { case down(ref, reason) => print(ref == b, reason.code, reason.cause?.code) after 2s => print("alive") }
  // expect: true 1816 2600
  let c = spawn Node2();
  let d = spawn Node2();
  send c.join(d);
  print(ask c.ok());
  // expect: 1
  monitor(c);
  send c.leave();
  receive { case down(_, reason) => print(reason.code) }
  // expect: 1801
  print(ask d.ok());
  // expect: 1
}
