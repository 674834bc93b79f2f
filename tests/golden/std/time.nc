import std.time;
func main() {
  let t = time.fromUnix(1709210096);
  print(time.toRfc3339(t), time.toRfc3339(t, 90), time.toRfc3339(t.plus(120ms)), time.toRfc3339(time.fromUnix(-1)));
  // expect: 2024-02-29T12:34:56Z 2024-02-29T14:04:56+01:30 2024-02-29T12:34:56.12Z 1969-12-31T23:59:59Z
  print(time.dateTime(t));
  // expect: DateTime(year: 2024, month: 2, day: 29, hour: 12, minute: 34, second: 56, nano: 0, weekday: 4, yearDay: 60, offset: 0)
  print(time.format(t, "%a %A %d %b %B %Y %H:%M:%S.%L %j %u %z %%"));
  // expect: Thu Thursday 29 Feb February 2024 12:34:56.000 060 4 +00:00 %
  for (text in ["2024-02-29T12:34:56Z", "2024-02-29t14:04:56.5+01:30", "2023-02-29T00:00:00Z", "2024-1-01T00:00:00Z", "", "2024-02-29T12:34:56", "1969-12-31T23:59:59.999999999Z"]) {
    let parsed = time.parse(text);
    print(parsed == null ? "null" : parsed.unixNanos().toString());
  }
  // expect: 1709210096000000000
  // expect: 1709210096500000000
  // expect: null
  // expect: null
  // expect: null
  // expect: null
  // expect: -1
  print(time.parseDuration("1h30m"), time.parseDuration("-2.5s"), time.parseDuration("250ms") == 250ms, time.parseDuration("x"), time.parseDuration("5"), time.parseDuration(""));
  // expect: 1h30m -2.5s true null null null
  print([90m, 125s, 1250ms, 12us, 0s - 2s, 49h, 999ms].map(d => time.formatDuration(d)));
  // expect: ["1h30m", "2m5s", "1.25s", "12us", "-2s", "2d1h", "999ms"]
  print(time.fromDate(2024, 2, 30) == null, time.fromDate(2000, 1, 1)?.unix(), time.daysInMonth(1900, 2), time.isLeapYear(2000), time.seconds(1.5), time.milliseconds(20), time.day == 24h);
  // expect: true 946684800 28 true 1.5s 20ms true
  let start = time.monotonic();
  print(time.monotonic() >= start, time.now() > t, time.measure(() => {}) >= 0s, now() > t);
  // expect: true true true true
  try { time.format(t, "%Q"); } catch (e) { print(e.code); }
  // expect: 1613
}
