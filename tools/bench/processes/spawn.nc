// Spawns N processes that end at once, in portions so that few are alive at a time.   -- N
func nothing() {}
func tell(parent: ActorRef<any>) { send parent <- "ran"; }

func main(args: List<String>): int {
  let n = args[0].parseInt() ?? 0;
  let done = 0;
  while (done < n) {
    for (i in 0..<999) { spawn nothing(); }
    spawn tell(self);
    receive { case "ran" => done += 1000 }
  }
  print(done);
  return 0;
}
