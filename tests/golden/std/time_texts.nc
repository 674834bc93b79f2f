// Texts of moments and durations at their bounds.
import std.time;
func main() {
  for (text in ["2024-02-29 12:34:56z", "2024-02-29T12:34:56-23:59", "2024-02-29T12:34:56+24:00", "2024-02-29T12:34:56+01", "2024-02-29T12:34:56.Z",
                "2024-02-29T12:34:56Zx", "2024-02-30T00:00:00Z", "1900-02-29T00:00:00Z", "2000-02-29T00:00:00Z", "2024-04-31T00:00:00Z", "2024-13-01T00:00:00Z",
                "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z", "1600-01-01T00:00:00Z", "2300-01-01T00:00:00Z", "2024-01-01T00:00:00.1234567899Z",
                "2024/01/01T00:00:00Z", "2024-01/01T00:00:00Z", "2024-01-01X00:00:00Z", "2024-01-01T00-00:00Z", "2024-01-01T00:00-00Z", "x"]) {
    print(text, time.parse(text)?.unixNanos());
  }
  for (text in ["-", "1.5", ".5s", "1.s", "1d2h3m4s5ms6us7ns", "99999999999999999999s", "9223372036s", "10000000000s", "1x", "0.1234567891s", "-1ns", "1h30"]) {
    print(text, time.parseDuration(text));
  }
}
// expect: 2024-02-29 12:34:56z 1709210096000000000
// expect: 2024-02-29T12:34:56-23:59 1709296436000000000
// expect: 2024-02-29T12:34:56+24:00 null
// expect: 2024-02-29T12:34:56+01 null
// expect: 2024-02-29T12:34:56.Z null
// expect: 2024-02-29T12:34:56Zx null
// expect: 2024-02-30T00:00:00Z null
// expect: 1900-02-29T00:00:00Z null
// expect: 2000-02-29T00:00:00Z 951782400000000000
// expect: 2024-04-31T00:00:00Z null
// expect: 2024-13-01T00:00:00Z null
// expect: 2024-01-01T24:00:00Z null
// expect: 2024-01-01T00:60:00Z null
// expect: 2024-01-01T00:00:60Z null
// expect: 1600-01-01T00:00:00Z null
// expect: 2300-01-01T00:00:00Z null
// expect: 2024-01-01T00:00:00.1234567899Z 1704067200123456789
// expect: 2024/01/01T00:00:00Z null
// expect: 2024-01/01T00:00:00Z null
// expect: 2024-01-01X00:00:00Z null
// expect: 2024-01-01T00-00:00Z null
// expect: 2024-01-01T00:00-00Z null
// expect: x null
// expect: - null
// expect: 1.5 null
// expect: .5s 500ms
// expect: 1.s 1s
// expect: 1d2h3m4s5ms6us7ns 26h3m4.005006007s
// expect: 99999999999999999999s null
// expect: 9223372036s 2562047h47m16s
// expect: 10000000000s null
// expect: 1x null
// expect: 0.1234567891s 123.456789ms
// expect: -1ns -1ns
// expect: 1h30 null
