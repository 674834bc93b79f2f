// A counter that is upgraded while it counts.
//
//   noodle run --name counter examples/live_counter/v1.nc
//   noodle swap counter examples/live_counter/v2.nc        (from another shell)
actor Counter() {
  total: int = 0;

  on add(n: int) {
    total += n;
  }
  on report(): String {
    return `version 1 counted ${total}`;
  }
}

func main(): int {
  const counters = [spawn Counter(), spawn Counter(), spawn Counter()];
  let sent = 0;
  let said = "";
  let rounds_after = 0;
  while (rounds_after < 100) {
    for (counter in counters) {
      send counter.add(1);
    }
    sent += 1;
    if (sent % 100 != 0) {
      continue;
    }
    const report = ask counters[0].report();
    const version = report.slice(0, 9);
    if (version != said) {
      print(`${version} is at work`);
    }
    said = version;
    if (version != "version 1") {
      rounds_after += 1;
    }
    sleep(2ms);
  }
  for (counter in counters) {
    const report = ask counter.report();
    if (!report.endsWith(` ${sent}`)) {
      print(`lost messages: sent ${sent}, ${report}`);
      return 1;
    }
  }
  print("every message was counted");
  return 0;
}
