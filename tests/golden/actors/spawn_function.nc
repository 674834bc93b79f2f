// Functions run as processes; std.actor adds timers and join.
import std.actor;
func fib(n: int): int { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
func worker(n: int, to: ActorRef<any>) { send to <- [n, fib(n)]; }
func failing() {
  receive { case "go" => throw Error(2800, "worker failed") }
}
func main() {
  for (n in [10, 15, 20]) { spawn worker(n, self); }
  let results: Map<int, int> = {};
  while (results.length < 3) {
    receive { case pair: List<int> => { results[pair[0]] = pair[1]; } }
  }
  print(results[10], results[15], results[20]);
  // expect: 55 610 6765
  let failing = spawn failing();
  actor.sendAfter(200ms, failing, "go");   // join monitors first; of a process that has ended it knows only 1810
  print(actor.join(failing)?.code);
  // expect: 2800
  actor.sendAfter(5ms, self, "later");
  receive { case s: String => print(s) after 2s => print("lost") }
  // expect: later
  let tries = 0;
  let answer = actor.retry(3, 1ms, () => {
    tries += 1;
    if (tries < 3) { throw Error(2801, "not yet"); }
    return "ok after " + tries;
  });
  print(answer, actor.alive(self), actor.info().memory > 0);
  // expect: ok after 3 true true
}
