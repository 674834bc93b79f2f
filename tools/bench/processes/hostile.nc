// Four hostile processes (endless loop, deep recursion, endless allocation, huge strings) share the workers with one
// polite one that measures how late its wake-ups come. Prints the latencies in microseconds, sorted, then the time to
// kill an endless loop.   -- SAMPLES
func spin() {
  let x = 0;
  while (true) { x = (x + 1) % 1000; }
}

func dig(n: int): int { return n == 0 ? 0 : 1 + dig(n - 1); }
func recurse() {
  while (true) {
    try { dig(1000000); } catch (e) { }
  }
}

func hoard() {
  while (true) {
    try {
      let lists: List<List<int>> = [];
      while (true) { lists.push(list<int>(1000, 7)); }
    } catch (e) { }
  }
}

func shout() {
  while (true) {
    try { "noodle".repeat(4000000).toUpper(); } catch (e) { }
  }
}

func main(args: List<String>): int {
  let samples = args[0].parseInt() ?? 2000;
  let hostile = [spawn spin(), spawn recurse(), spawn hoard(), spawn shout()];
  let late: List<int> = [];
  for (i in 0..<samples) {
    let before = now();
    sleep(1ms);
    late.push((now().since(before) - 1ms).micros());
  }
  late.sort();
  print("latency", late[samples / 2], late[samples * 99 / 100], late[samples * 999 / 1000], late[samples - 1]);

  let kills: List<int> = [];
  for (i in 0..<50) {
    let victim = spawn spin();
    monitor(victim);
    sleep(2ms);
    let before = now();
    kill(victim);
    receive { case down(ref, reason) => kills.push(now().since(before).micros()) }
  }
  kills.sort();
  print("kill", kills[25], kills[49]);
  for (ref in hostile) { kill(ref); }
  return 0;
}
