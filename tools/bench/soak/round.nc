// One round of work that can be checked, for tools/bench/soak: a tally on each node is sent numbered messages and asked
// for their sum, and tallies ask each other. Prints one line for each that was lost, one for each answer that came
// late, and `fault: ...` for what must never be.
//   noodle exec ':load round.nc' 'main(20, 5, 200)'
actor Tally {
  last: int = 0;
  sum: int = 0;
  letters: int = 0;
  gaps: int = 0;

  on add(n: int, text: String) {
    if (n != last + 1) {
      gaps += 1;
    }
    last = n;
    sum += n;
    letters += text.length;
  }
  on sum_so_far(): int {
    return sum;
  }
  on gaps_so_far(): int {
    return gaps;
  }
  on letters_so_far(): int {
    return letters;
  }
  on twice(n: int): int {
    return 2 * n;
  }
  // What the other answers, or its failure as a negative code.
  on pass_on(to: ActorRef<Tally>, n: int): int {
    try {
      return ask to.twice(n) within 10s;
    } catch (e) {
      return -e.code;
    }
  }
}

class Round(large: int) {
  tallies: Map<String, ActorRef<Tally>> = {};
  nodes: Map<ActorRef<any>, String> = {};
  downs: Map<ActorRef<any>, int> = {};
  lost: Map<String, bool> = {};
  unanswered: Map<String, bool> = {};
  parted: Map<String, bool> = {};
  sent: int = 0;
  answers: int = 0;

  func hire() {
    for (node in cluster.nodes()) {
      try {
        let tally = spawn Tally() on node.id;
        monitor(tally);
        tallies[node.id] = tally;
        nodes[tally] = node.id;
      } catch (e) {
        print(`unhired ${node.id} ${e.code} ${e.message}`);
      }
    }
  }

  func give_up(node: String, e: Error, started: Duration) {
    let cause = e.cause?.code ?? e.code;
    let took = (time.monotonic() - started).seconds();
    print(`lost ${node} ${e.code} ${cause} after ${took} s: ${e.message}`);
    lost[node] = true;
    unanswered[node] = e.code == 1811;
  }

  func check(node: String, what: String, wanted: int, ask_it: func(): int) {
    if (lost.has(node)) {
      return;
    }
    let started = time.monotonic();
    try {
      let got = ask_it();
      answers += 1;
      if (got != wanted) {
        print(`fault: ${what} of ${node} is ${got}, not ${wanted}`);
      }
    } catch (e) {
      give_up(node, e, started);
    }
    let took = (time.monotonic() - started).seconds();
    if (took > 10.0) {
      print(`late ${node} ${took}`);
    }
  }

  func step(messages: int) {
    let text = "x".repeat(large);
    let begun = sent;
    sent += messages;
    for (node, tally in tallies) {
      if (lost.has(node)) {
        continue;
      }
      for (n in 1..messages) {
        send tally.add(begun + n, text);
      }
    }
    let previous: String? = null;
    for (node, tally in tallies) {
      check(node, "sum", sent * (sent + 1) / 2, () => ask tally.sum_so_far() within 10s);
      check(node, "gaps", 0, () => ask tally.gaps_so_far() within 10s);
      check(node, "letters", sent * large, () => ask tally.letters_so_far() within 10s);
      if (previous != null && !lost.has(previous) && !lost.has(node)) {
        neighbours(previous, node);
      }
      previous = node;
    }
  }

  func neighbours(from: String, to: String) {
    let pair = `${from} ${to}`;
    if (parted.has(pair)) {
      return;
    }
    let there = tallies[from];
    let started = time.monotonic();
    try {
      let got = ask there.pass_on(tallies[to], sent) within 20s;
      answers += 1;
      if (got < 0) {
        print(`between ${pair} ${-got}`);
        parted[pair] = true;
      } else if (got != 2 * sent) {
        print(`fault: ${to} told ${from} that twice ${sent} is ${got}`);
      }
    } catch (e) {
      give_up(from, e, started);
    }
  }

  // Each that is lost has one `down`, which may come a moment later.
  func collect(patience: Duration) {
    let until = time.monotonic() + patience;
    let waiting = true;
    while (waiting) {
      receive {
        case down(ref, reason) => heard(ref, reason)
        after 50ms => waiting = time.monotonic() < until && missing().length > 0
      }
    }
  }
  func heard(ref: ActorRef<any>, reason: Error) {
    downs[ref] = (downs.get(ref) ?? 0) + 1;
    let node = nodes[ref];
    print(`down ${node} ${reason.code} ${reason.message}`);
    lost[node] = true;
    if (downs[ref] > 1) {
      print(`fault: ${node} went down ${downs[ref]} times`);
    }
  }
  // Those that are lost without a `down`. Who only did not answer may live.
  func missing(): List<String> {
    let found: List<String> = [];
    for (ref, node in nodes) {
      if (lost.has(node) && !downs.has(ref) && !(unanswered.get(node) ?? false)) {
        found.push(node);
      }
    }
    return found;
  }
}

func main(messages: int, steps: int, large: int) {
  let round = Round(large);
  round.hire();
  for (i in 0..<steps) {
    round.step(messages);
    sleep(500ms);
    round.collect(0s);
  }
  round.collect(10s);
  for (node in round.missing()) {
    print(`undown ${node}`);
  }
  print(`done ${round.tallies.length} tallies, ${round.answers} answers`);
}
