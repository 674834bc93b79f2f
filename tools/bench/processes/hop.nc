// Two actors send a counter back and forth: N messages.   -- N
actor Player(home: ActorRef<any>) {
  other: ActorRef<Player>? = null;

  on meet(player: ActorRef<Player>) { other = player; }
  on ball(n: int) {
    let to = other;
    if (n == 0 || to == null) {
      send home <- "done";
    } else {
      send to.ball(n - 1);
    }
  }
}

func main(args: List<String>): int {
  let n = args[0].parseInt() ?? 0;
  let a = spawn Player(self);
  let b = spawn Player(self);
  send a.meet(b);
  send b.meet(a);
  send a.ball(n);
  receive { case "done" => print(n), after 300s => return 1 }
  return 0;
}
