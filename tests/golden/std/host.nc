// Host modules within the capabilities that every run has.
import std.metrics as m;
import std.events as ev;
import std.log;
func listener(to: ActorRef<any>) {
  events.subscribe("job.*");
  send to <- "ready";
  for (i in 0..<2) {
    receive { case e: Event => { send to <- `${e.name} ${e.payload}`; } }
  }
}
func main() {
  logger.info("started", 1, "two");
  log.warning("with fields", {"n": 1});
  let c = m.Counter("golden_jobs_total");
  let before = c.value();                  // metrics belong to the node, not to the run
  c.inc();
  c.inc(2.0);
  print(c.value() - before);
  // expect: 3.0
  let g = m.Gauge("golden_level", {"kind": "a"});
  g.set(4.5);
  print(g.value(), metrics.read("golden_nothing"));
  // expect: 4.5 null
  m.Histogram("golden_seconds").observe(0.25);
  spawn listener(self);
  receive { case "ready" => {} }
  events.emit("other", 1);
  events.emit("job.start", 7);
  events.emit("job.end", [1, 2]);
  for (i in 0..<2) { receive { case s: String => print(s) after 2s => print("lost") } }
  // expect: job.start 7
  // expect: job.end [1, 2]
  ev.subscribe("self");
  ev.emit("self", "x");
  print(ev.next("self", 1s)?.payload);
  // expect: x
  print(time.now() > time.now().minus(1s), random.int(3, 3), random.bytes(4).length);
  // expect: true 3 4
  for (f in [() => { fs.read("/etc/hostname"); }, () => { env.get("HOME"); }, () => { net.get("http://localhost/"); }]) {
    try { f(); } catch (e) { print(e.code); }
  }
  // expect: 8001
  // expect: 8001
  // expect: 1890
  print(get_capability_manager().check("log"), get_capability_manager().check("fs.read", "/etc"));
  // expect: true false
}
