// A supervised pipeline: the middle stage crashes on bad input, its supervisor restarts it, the work goes on.
//   noodle run examples/pipeline.nc
actor Collector {
  results: List<String> = [];

  on done(text: String) {
    results.push(text);
  }
  on report(): List<String> {
    return results;
  }
}

actor Parser {
  parsed: int = 0;

  on started() {
    print("parser: started, nothing parsed yet");
  }

  on parse(line: String) {
    let number = line.parseInt();
    if (number == null) {
      throw Error(5001, `"${line}" is not a number`);
    }
    parsed += 1;
    let sink: ActorRef<Collector> = whereis("collector");
    send sink.done(`${number} squared is ${number * number} (line ${parsed} of this parser)`);
  }

  on idle(): bool {
    return true;
  }
}

supervisor Pipeline {
  strategy: one_for_one;
  intensity: 5;
  period: 10s;
  child Collector() with { name: "collector" };
  child Parser() with { name: "parser" };
}

func main(): int {
  spawn Pipeline();
  // The reference stays valid across restarts: it names the place in the pipeline, not one incarnation.
  let parser: ActorRef<Parser> = whereis("parser");
  for (line in ["3", "4", "oops", "5", "12"]) {
    send parser.parse(line);
  }
  ask parser.idle() within 2s;

  let collector: ActorRef<Collector> = whereis("collector");
  for (line in ask collector.report()) {
    print(`collector: ${line}`);
  }
  return 0;
}
