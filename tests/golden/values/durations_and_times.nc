// Duration is integer nanoseconds; Time is a moment.
import std.time;

func main() {
  let d = 1500ms;
  print(d, d.millis(), d.seconds(), 2s + 500ms, 1m - 1s, 3 * 20s, 1h);
  // expect: 1.5s 1500 1.5 2.5s 59s 1m 1h
  print(d < 2s, 90s == 1m + 30s, 2 * d == 3s);
  // expect: true true true
  let start = time.fromUnix(1700000000);
  print(start, start.unix(), start.plus(90s).since(start) == 90s, start < start.plus(1ms));
  // expect: 2023-11-14T22:13:20Z 1700000000 true true
  let zero: Duration;
  print(zero, zero == 0s, min(3s, 2s), abs(0s - 5s));
  // expect: 0s true 2s 5s
}
