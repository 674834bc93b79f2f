// A fuel budget ends the process; endless loops do not stop others.
// heavy
actor Busy { on spin() { while (true) { } } on hi(): int { return 1; } }
func main() {
  let limited = spawn Busy() with { fuel: 100000 };
  monitor(limited);
  send limited.spin();
  receive { case down(_, reason) => print(reason.code) after 5s => print("still running") }
  // expect: 1702
  let free = spawn Busy();
  send free.spin();
  let other = spawn Busy();
  print(ask other.hi());
  // expect: 1
}
