// Counts the words of a folder of text with counters on all nodes of a cluster. A node that is lost takes its counter
// with it: the foreman hears of it and gives its file to a counter on another node, so that the count is right.
//   noodle exec ':load examples/cluster_wordcount.nc' 'main("/usr/share/common-licenses", 1)'
actor Counter {
  on count(file: String, text: String, to: ActorRef<Foreman>) {
    let words: Map<String, int> = {};
    for (line in text.toLower().lines()) {
      for (word in line.replace("\t", " ").split(" ").filter(w => w != "")) {
        words[word] = (words.get(word) ?? 0) + 1;
      }
    }
    send to.counted(self, file, words);
  }
}

actor Foreman {
  texts: Map<String, String> = {};
  open: List<String> = [];
  given: Map<ActorRef<any>, String> = {};
  homes: Map<ActorRef<any>, String> = {};
  total: Map<String, int> = {};
  done: int = 0;

  on begin(folder: String, rounds: int): int {
    for (name in fs.list(folder)) {
      texts[name] = fs.read(`${folder}/${name}`);
      for (i in 0..<rounds) {
        open.push(name);
      }
    }
    for (node in cluster.nodes()) {
      hire(node.id);
    }
    print(`${homes.length} counters at work`);
    return open.length + given.length;
  }

  func hire(node: String) {
    let counter = spawn Counter() on node;
    monitor(counter);
    homes[counter] = node;
    give(counter);
  }

  func give(counter: ActorRef<Counter>) {
    let file = open.pop();
    if (file != null) {
      given[counter] = file;
      send counter.count(file, texts[file], self);
    }
  }

  on counted(by: ActorRef<Counter>, file: String, words: Map<String, int>) {
    given.remove(by);
    done += 1;
    for (word, n in words) {
      total[word] = (total.get(word) ?? 0) + n;
    }
    give(by);
  }

  on down(ref: ActorRef<any>, reason: Error) {
    print(`the counter on ${homes[ref]} is lost: ${reason.message}`);
    let file = given.get(ref);
    if (file != null) {
      given.remove(ref);
      open.push(file);
    }
    hire(cluster.self_id());
  }

  on counted_files(): int {
    return done;
  }
  on words(): Map<String, int> {
    return total;
  }
}

supervisor Office {
  child Foreman() with { name: "foreman" };
}

func main(folder: String, rounds: int): int {
  spawn Office();
  let foreman: ActorRef<Foreman> = whereis("foreman");
  let files = ask foreman.begin(folder, rounds) within 60s;
  while (ask foreman.counted_files() within 60s < files) {
    sleep(20ms);
  }
  let words = ask foreman.words() within 60s;
  let sum = words.values().reduce((a, b) => a + b) ?? 0;
  print(`${sum} words, ${words.length} different ones, in ${files} files`);
  for (entry in words.entries().sortBy(e => -e.value).slice(0, 5)) {
    print(`${entry.value.toString().padStart(8)}  ${entry.key}`);
  }
  return sum;
}
