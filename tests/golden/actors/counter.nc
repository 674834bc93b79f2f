// Spawn, send, ask; order is kept per sender.
actor Counter(start: int) {
  count: int = start;
  log: List<String> = [];
  on add(n: int) { count += n; log.push("add " + n); }
  on get(): int { return count; }
  on history(): List<String> { return log; }
}
func main() {
  let c = spawn Counter(10);
  send c.add(1);
  send c.add(2);
  print(ask c.get());
  // expect: 13
  send c.add(3);
  print(ask c.history() within 1s);
  // expect: ["add 1", "add 2", "add 3"]
}
