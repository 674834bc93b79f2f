// one_for_one restarts the failed child; its name and ref survive.
actor Store {
  value: int = 1;
  on set(v: int) { value = v; }
  on get(): int { return value; }
  on crash() { throw Error(2700, "crash"); }
}
supervisor App {
  strategy: one_for_one;
  intensity: 3;
  period: 10s;
  child Store() with { name: "a", restart: permanent }
  child Store() with { name: "b", restart: permanent }
}
func main() {
  let app = spawn App();
  let a: ActorRef<Store> = whereis("a");
  let b: ActorRef<Store> = whereis("b");
  send a.set(5);
  send b.set(6);
  print(ask a.get(), ask b.get());
  // expect: 5 6
  send a.crash();
  print(ask a.get(), ask b.get());
  // expect: 1 6
  try { ask a.get(); send a.crash(); print(ask a.get()); } catch (e) { print(e.code); }
  // expect: 1
}
