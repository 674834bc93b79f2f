// Counts the words of a folder of text with counters on all nodes of a cluster. A node that is lost takes its counter
// with it: the foreman hears of it and gives that counter's file to one on another node, so that the count is right.
//   noodle exec ':load examples/cluster_wordcount.nc' 'main(["/usr/share/common-licenses"])'
record Part(file: String, words: Map<String, int>);

actor Counter {
  on count(file: String, text: String, to: ActorRef<Foreman>) {
    let words: Map<String, int> = {};
    for (word in text.toLower().split(" ")) {
      let clean = word.trim();
      if (clean != "") {
        words[clean] = (words.get(clean) ?? 0) + 1;
      }
    }
    send to.counted(self, Part(file, words));
  }
}

actor Foreman(folder: String, rounds: int) {
  texts: Map<String, String> = {};
  open: List<String> = [];
  given: Map<ActorRef<any>, String> = {};
  where: Map<ActorRef<any>, String> = {};
  total: Map<String, int> = {};
  done: int = 0;
  lost: int = 0;

  on started() {
    for (name in fs.list(folder)) {
      if (!fs.stat(`${folder}/${name}`).isDirectory) {
        texts[name] = fs.read(`${folder}/${name}`);
        for (i in 0..<rounds) {
          open.push(name);
        }
      }
    }
    for (node in cluster.nodes()) {
      hire(node.id);
    }
  }

  func hire(node: String) {
    try {
      let counter = spawn Counter() on node;
      monitor(counter);
      where[counter] = node;
      give(counter);
    } catch (e) {
      print(`no counter on ${node}: ${e.message}`);
    }
  }

  func give(counter: ActorRef<Counter>) {
    let file = open.pop();
    if (file != null) {
      given[counter] = file;
      send counter.count(file, texts[file], self);
    }
  }

  on counted(by: ActorRef<Counter>, part: Part) {
    if (given.get(by) == part.file) {
      given.remove(by);
      done += 1;
      for (word, n in part.words) {
        total[word] = (total.get(word) ?? 0) + n;
      }
    }
    give(by);
  }

  on down(ref: ActorRef<any>, reason: Error) {
    lost += 1;
    print(`counter on ${where[ref]} is lost: ${reason.code} ${reason.message}`);
    let file = given.get(ref);
    if (file != null) {
      given.remove(ref);
      open.push(file);
    }
    for (node in cluster.nodes()) {
      if (node.id != where[ref] && node.state == "alive") {
        hire(node.id);
        return;
      }
    }
  }

  on progress(): List<int> {
    return [done, texts.length * rounds, lost];
  }
  on result(): Map<String, int> {
    return total;
  }
}

func main(args: List<String>): int {
  let rounds = args.length > 1 ? args[1].parseInt() ?? 1 : 1;
  let foreman = spawn Foreman(args[0], rounds);
  let state = ask foreman.progress() within 60s;
  while (state[0] < state[1]) {
    sleep(20ms);
    state = ask foreman.progress() within 60s;
  }
  let words = ask foreman.result() within 60s;
  let sum = 0;
  for (word, n in words) {
    sum += n;
  }
  print(
    `${sum} words, ${words.length} different ones, in ${state[1]} files, ${state[2]} counters lost on the way`
  );
  for (entry in words.entries().sortBy(e => -e.value).slice(0, 5)) {
    print(`${entry.value.toString().padStart(8)}  ${entry.key}`);
  }
  return sum;
}
