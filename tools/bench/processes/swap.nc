// N actors with state that keep counting while they are upgraded; ends when all are on the version with `tally`.   -- N
record Entry(name: String, at: int);

actor Keeper(number: int) {
  total: int = 0;
  entries: List<Entry> = [Entry("first", 1), Entry("second", 2)];
  names: Map<String, int> = {"one": 1};

  on add(n: int) { total += n; }
  on get(): int { return total; }
  on version(): int { return 1; }
}

func main(args: List<String>): int {
  const n = args[0].parseInt() ?? 0;
  let keepers: List<ActorRef<Keeper>> = [];
  for (i in 0..<n) { keepers.push(spawn Keeper(i)); }
  let sent = 0;
  for (keeper in keepers) { send keeper.add(1); }
  print(ask keepers[n - 1].get());
  while (ask keepers[sent % n].version() == 1) {
    for (i in 0..<100) { send keepers[sent % n].add(1); sent += 1; }
    sleep(1ms);
  }
  let total = 0;
  for (keeper in keepers) { total += ask keeper.get() within 60s; }
  print(total - n - sent);
  return 0;
}
