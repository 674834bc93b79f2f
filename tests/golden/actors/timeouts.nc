// An ask that takes too long throws 1811; late replies are dropped; an ask to itself throws 1813.
actor Slow {
  on wait(d: Duration): int { sleep(d); return 1; }
  on quick(): int { return 2; }
}
actor Selfish {
  on start(): int {
    try { return ask self.second(); } catch (e) { return e.code; }
  }
  on second(): int { return 5; }
}
func main() {
  let s = spawn Slow();
  try { print(ask s.wait(200ms) within 20ms); } catch (e) { print(e.code); }
  // expect: 1811
  print(ask s.quick());
  // expect: 2
  let selfish = spawn Selfish();
  print(ask selfish.start());
  // expect: 1813
}
