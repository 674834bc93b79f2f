// System handlers: started, stopping, down, other.
record Ping(n: int)
actor Watcher {
  events: List<String> = [];
  on started() { events.push("started"); }
  on watch(ref: ActorRef<any>) { monitor(ref); }
  on down(ref: ActorRef<any>, reason: Error) { events.push("down " + reason.code); }
  on other(value: any) {
    match (value) {
      case Ping(n) => events.push("ping " + n)
      case v => events.push("other " + v)
    }
  }
  on stopping(reason: Error) { print("stopping", reason.code); }
  on list(): List<String> { return events; }
}
actor Victim { on die() { throw Error(2500, "x"); } }
func main() {
  let w = spawn Watcher();
  let v = spawn Victim();
  send w.watch(v);
  print(ask w.list());
  // expect: ["started"]
  send v.die();
  send w <- Ping(3);
  send w <- "text";
  let seen: List<String> = [];
  while (seen.length < 4) {
    sleep(1ms);
    seen = ask w.list();
  }
  print(seen.copy().sort());
  // expect: ["down 2500", "other text", "ping 3", "started"]
  monitor(w);
  stop w;
  receive { case down(_, reason) => print("ended", reason.code) }
  // expect: stopping 1801
  // expect: ended 1801
}
