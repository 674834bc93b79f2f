// Registered names.
actor A { on hi(): String { return "A"; } }
actor B { on hi(): String { return "B"; } }
func main() {
  let a = spawn A() with { name: "one" };
  let found: ActorRef<A> = whereis("one");
  print(found == a, ask found.hi());
  // expect: true A
  try { spawn B() with { name: "one" }; } catch (e) { print(e.code); }
  // expect: 1815
  try {
    let b: ActorRef<B> = whereis("one");
    print(ask b.hi());
  } catch (e) { print(e.code); }
  // expect: 1814
  try {
    let c: ActorRef<A> = whereis("nobody");
    print(ask c.hi());
  } catch (e) { print(e.code); }
  // expect: 1810
  monitor(a);
  stop a;
  receive { case down(_, _) => {} }
  let again = spawn B() with { name: "one" };
  print(ask again.hi());
  // expect: B
}
