// receive takes the oldest matching message and leaves the others in order.
record Job(id: int)
record Done(id: int)
func producer(to: ActorRef<any>) {
  send to <- Job(1);
  send to <- "note";
  send to <- Job(2);
  send to <- Done(9);
}
func main() {
  spawn producer(self);
  receive { case Done(id) => print("done", id) }
  // expect: done 9
  receive { case Job(id) if id == 2 => print("job", id) }
  // expect: job 2
  receive { case s: String => print("text", s) }
  // expect: text note
  receive { case v => print("any", v) }
  // expect: any Job(id: 1)
  receive {
    case Job(_) => print("never")
    after 10ms => print("timeout")
  }
  // expect: timeout
  receive { after 0ms => print("now") }
  // expect: now
  send self <- 5;
  send self <- 6.5;
  let sum = 0.0;
  for (i in 0..<2) {
    receive {
      case n: int => { sum += n; }
      case f: float => { sum += f; }
    }
  }
  print(sum);
  // expect: 11.5
}
