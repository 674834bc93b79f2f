// What host objects refuse: names, labels and counts out of bounds.
// grants: env
import std.metrics as m;
import std.events as ev;
import std.log;
import std.actor;
func told(f: func()) {
  try {
    f();
    print("passed");
  } catch (e) { print(e.code, e.message.slice(0, 70)); }
}
func main() {
  let long = "n".repeat(5000);
  told(() => metrics.inc(long));
  told(() => metrics.inc("bounds_total", -1.0));
  told(() => metrics.inc("bounds_total", 1.0, {"a": long}));
  let many: Map<String, String> = {};
  for (i in 0..<9) { many[`l${i}`] = "x"; }
  told(() => metrics.set("bounds_level", 1.0, many));
  told(() => metrics.observe("bounds-seconds", 1.0));
  told(() => metrics.set("0bounds", 1.0));
  told(() => metrics.read(long));
  told(() => metrics.observe(long, 1.0));
  metrics.inc("bounds_kind");
  told(() => metrics.set("bounds_kind", 1.0));
  told(() => metrics.observe("bounds_kind", 1.0));
  metrics.set("bounds_gauge", 2.0);
  told(() => metrics.inc("bounds_gauge"));
  let histogram = m.Histogram("bounds_time");
  let before = metrics.read("bounds_time") ?? 0.0;
  print(histogram.measure(() => "measured"));
  histogram.observe(2.0);
  print((metrics.read("bounds_time") ?? 0.0) >= before + 2.0);

  told(() => { events.emit(""); });
  told(() => { events.subscribe(long); });
  told(() => { events.unsubscribe(""); });
  ev.subscribe("a.*");
  ev.unsubscribe("a.*");
  ev.emit("a.b");
  print(ev.next("a.b", 0s));
  told(() => { for (i in 0..256) { events.subscribe(`p${i}`); } });

  let kept = log.Log({"job": 7});
  kept.debug("unseen");
  kept.info("text", {"x": 1.5, "b": true, "t": "s", "none": null});
  kept.warning("more");
  kept.error("worse");
  kept.critical("worst");
  log.debug("debug");
  log.info("info");
  log.error("error");
  log.critical("critical");
  let by_int: Map<int, int>;
  let wide: Map<String, any> = {};
  for (i in 0..<40) { wide[`k${i}`] = i; }
  logger.warning("many", wide, 1, 2.5, true, null, "text", [1], by_int, Error(4000, "e"));
  for (i in [7]) { logger.info("x" + i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i); }

  told(() => { random.int(2, 1); });
  told(() => { random.bytes(-1); });
  told(() => { random.bytes(1048577); });
  print(random.int(-9223372036854775808, 9223372036854775807) != random.int(-9223372036854775808, 9223372036854775807));
  print(random.float() < 1.0, random.bytes(0).length);

  print(env.get("NOODLE_SURELY_NOT_SET"), env.get("with\0zero"), env.names().length > 0);
  told(() => { env.get(long); });
  let manager = get_capability_manager();
  told(() => { manager.check(long); });
  told(() => { manager.check("log", long); });
  print(manager.check("nothing"), manager.check("env", "HOME"), manager.check("env", "*"), manager.held());
}
// expect: 1613 metrics: name is longer than 100 characters
// expect: 1613 metrics: a counter only grows
// expect: 1613 metrics: label is too long
// expect: 1613 metrics: more than 8 labels
// expect: 1613 metric `program_bounds-seconds`: not a metric name; use letters, digit
// expect: passed
// expect: 1613 metrics: name is longer than 100 characters
// expect: 1613 metrics: name is longer than 100 characters
// expect: 1613 metrics: bounds_kind is of another kind
// expect: 1613 metrics: bounds_kind is of another kind
// expect: 1613 metrics: bounds_gauge is of another kind
// expect: measured
// expect: true
// expect: 1613 events: a name has 1 to 200 bytes
// expect: 1613 events: a name has 1 to 200 bytes
// expect: 1613 events: a name has 1 to 200 bytes
// expect: null
// expect: 1613 events: at most 256 patterns a process
// expect: 1613 random.int: 2 to 1 is empty
// expect: 1610 count -1 is negative
// expect: 1706 random.bytes: at most 1 MiB at a time
// expect: true
// expect: true 0
// expect: null null true
// expect: 1613 text is longer than 4096 bytes
// expect: 1613 text is longer than 4096 bytes
// expect: 1613 text is longer than 4096 bytes
// expect: false true true ["log", "events", "time", "random", "metrics", "env"]
