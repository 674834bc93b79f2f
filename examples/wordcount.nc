// Word count over actors: every counter gets some of the lines, the totals are merged.
//   noodle run --allow fs.read examples/wordcount.nc -- README.md 4
actor Counter {
  words: Map<String, int> = {};

  on count(lines: List<String>): int {
    let n = 0;
    for (line in lines) {
      for (word in line.toLower().split(" ")) {
        let clean = word.trim();
        if (clean == "") {
          continue;
        }
        words[clean] = (words.get(clean) ?? 0) + 1;
        n += 1;
      }
    }
    return n;
  }

  on totals(): Map<String, int> {
    return words;
  }
}

func main(args: List<String>): int {
  let path = args.length > 0 ? args[0] : "README.md";
  let counters = args.length > 1 ? args[1].parseInt() ?? 4 : 4;
  let lines = fs.readLines(path);

  let team: List<ActorRef<Counter>> = [];
  for (i in 0..<counters) {
    team.push(spawn Counter());
  }

  // Hand out the lines in portions; `send` does not wait for the answer.
  let portion = 50;
  for (i in 0..<(lines.length + portion - 1) / portion) {
    let part = lines.slice(i * portion, i * portion + portion);
    send team[i % counters].count(part);
  }

  let words: Map<String, int> = {};
  for (counter in team) {
    for (word, n in ask counter.totals()) {
      words[word] = (words.get(word) ?? 0) + n;
    }
  }

  let top = words.entries().sortBy(e => -e.value).slice(0, 5);
  print(
    `${path}: ${lines.length} lines, ${words.length} different words, counted by ${counters} actors`
  );
  for (entry in top) {
    print(`${entry.value.toString().padStart(6)}  ${entry.key}`);
  }
  return 0;
}
