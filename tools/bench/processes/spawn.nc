// Spawns N processes that end at once, in portions so that few are alive at a time.   -- N
actor Gate {
  on pass(): bool { return true; }
}

func nothing() {}

func main(args: List<String>): int {
  let n = args[0].parseInt() ?? 0;
  let gate = spawn Gate();
  let done = 0;
  while (done < n) {
    for (i in 0..<1000) { spawn nothing(); }
    done += 1000;
    // The gate answers after the processes queued before it have run.
    ask gate.pass();
  }
  print(done);
  return 0;
}
