// Ticks, and stop ends them.
actor Ticker(limit: int, to: ActorRef<any>) {
  n: int;
  every 2ms {
    n += 1;
    if (n <= limit) { send to <- n; }
  }
}
func main() {
  let t = spawn Ticker(3, self);
  let got: List<int> = [];
  while (got.length < 3) {
    receive { case n: int => { got.push(n); } }
  }
  print(got);
  // expect: [1, 2, 3]
  monitor(t);
  stop t;
  receive { case down(_, reason) => print(reason.code) }
  // expect: 1801
}
