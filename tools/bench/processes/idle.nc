// N idle actors, alive until the end; the resident memory of the whole program is what counts.   -- N
actor Idle(number: int) {
  on ping(): int { return number; }
}

actor Nursery {
  children: List<ActorRef<Idle>> = [];

  on fill(n: int): int {
    for (i in 0..<n) { children.push(spawn Idle(i)); }
    return ask children[n - 1].ping() within 60s;
  }
}

func main(args: List<String>): int {
  let n = args[0].parseInt() ?? 0;
  let alive = 0;
  let nurseries: List<ActorRef<Nursery>> = [];
  while (alive < n) {
    let nursery = spawn Nursery();
    nurseries.push(nursery);
    ask nursery.fill(50000) within 60s;
    alive += 50000;
  }
  print(alive);
  return 0;
}
