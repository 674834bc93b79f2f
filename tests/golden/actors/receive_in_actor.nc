// An actor that waits for a reply inside a handler; asked messages wait meanwhile.
record Answer(value: int)
actor Oracle {
  on question(from: ActorRef<any>, n: int) { send from <- Answer(n * 2); }
}
actor Asker(oracle: ActorRef<Oracle>) {
  on run(n: int): int {
    send oracle.question(self, n);
    receive {
      case Answer(v) => return v
      after 2s => return -1
    }
  }
  on sent(n: int) { }
  on waitForSent(): int {
    receive {
      case sent(n) => return n
      after 2s => return -1
    }
  }
}
func main() {
  let a = spawn Asker(spawn Oracle());
  print(ask a.run(21));
  // expect: 42
  send a.sent(1);
  print(ask a.run(4));
  // expect: 8
}
