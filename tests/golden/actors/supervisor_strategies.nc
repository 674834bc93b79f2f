// one_for_all and rest_for_one; a supervisor that gives up ends with 1820.
actor Part {
  n: int = 0;
  on add() { n += 1; }
  on get(): int { return n; }
  on crash() { throw Error(2701, "crash"); }
}
supervisor All { strategy: one_for_all; child Part() with { name: "all1" } child Part() with { name: "all2" } }
supervisor Rest {
  strategy: rest_for_one;
  child Part() with { name: "rest1" }
  child Part() with { name: "rest2" }
  child Part() with { name: "rest3" }
}
supervisor Fragile { intensity: 2; period: 10s; child Part() with { name: "frail" } }
func get(name: String): int {
  let p: ActorRef<Part> = whereis(name);
  return ask p.get();
}
func crash(name: String) {
  let p: ActorRef<Part> = whereis(name);
  send p.crash();
  ask p.get();
}
func main() {
  spawn All();
  spawn Rest();
  for (name in ["all1", "all2", "rest1", "rest2", "rest3"]) {
    let p: ActorRef<Part> = whereis(name);
    send p.add();
  }
  print(get("all1"), get("all2"), get("rest1"), get("rest2"), get("rest3"));
  // expect: 1 1 1 1 1
  crash("all2");
  print(get("all1"), get("all2"));
  // expect: 0 0
  crash("rest2");
  print(get("rest1"), get("rest2"), get("rest3"));
  // expect: 1 0 0
  let f = spawn Fragile();
  monitor(f);
  let p: ActorRef<Part> = whereis("frail");
  for (i in 0..<3) { send p.crash(); }
  receive { case down(ref, reason) => print(ref == f, reason.code) after 3s => print("still there") }
  // expect: true 1820
}
