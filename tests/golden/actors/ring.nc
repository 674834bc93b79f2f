// A ring of a thousand actors passes a token around.
// heavy
actor Link(next: ActorRef<Link>?) {
  on pass(n: int, done: ActorRef<Collector>) {
    let to = next;
    if (to != null) {
      send to.pass(n + 1, done);
    } else {
      send done.finish(n);
    }
  }
}
actor Collector {
  result: int = -1;
  on finish(n: int) { result = n; }
  on value(): int { return result; }
}
func main() {
  let c = spawn Collector();
  let first: ActorRef<Link> = spawn Link(null);
  for (i in 0..<999) { first = spawn Link(first); }
  send first.pass(1, c);
  let v = -1;
  while (v < 0) {
    v = ask c.value();
    if (v < 0) { sleep(1ms); }
  }
  print(v);
  // expect: 1000
}
