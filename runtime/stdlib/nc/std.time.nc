// Time: the clock, calendar dates, RFC 3339 text, durations.

export const second: Duration = 1s;
export const minute: Duration = 1m;
export const hour: Duration = 1h;
export const day: Duration = 24h;

/// The clock of the node. Needs the capability `time`.
@cap("time") @native("time.now") export func now(): Time;
/// Never goes back; the start is arbitrary. Needs the capability `time`.
@cap("time") @native("time.monotonic") export func monotonic(): Duration;
/// How long `action` took.
@cap("time")
export func measure(action: func()): Duration {
  let start = monotonic();
  action();
  return monotonic() - start;
}

/// Moment from seconds or nanoseconds since 1970-01-01T00:00:00Z; fromUnix traps 1600 outside the years 1678 to 2262.
export func fromUnix(seconds: int): Time { return fromUnixNanos(seconds * 1000000000); }
@native("time.fromUnixNanos") export func fromUnixNanos(nanos: int): Time;
@native("duration.fromNanos") export func nanoseconds(n: int): Duration;
export func milliseconds(n: int): Duration { return 1ms * n; }
/// Rounded to nanoseconds; traps 1607 when it does not fit.
export func seconds(x: float): Duration { return nanoseconds(int(x * 1e9 + (x < 0.0 ? -0.5 : 0.5))); }

/// A moment as calendar fields in the Gregorian calendar. weekday: 1 Monday to 7 Sunday; yearDay: 1 to 366; offset: minutes east of UTC.
export record DateTime(year: int, month: int, day: int, hour: int, minute: int, second: int, nano: int, weekday: int,
                       yearDay: int, offset: int)

/// Calendar fields of a moment at an offset from UTC in minutes.
export func dateTime(time: Time, offset: int = 0): DateTime {
  let nanos = time.unixNanos();
  let total = floorDiv(nanos, 1000000000);
  let nano = nanos - total * 1000000000;
  let local = total + offset * 60;
  let days = floorDiv(local, 86400);
  let rest = local - days * 86400;
  let date = civil(days);
  let firstDay = daysFromCivil(date[0], 1, 1);
  return DateTime(date[0], date[1], date[2], rest / 3600, rest / 60 % 60, rest % 60, nano, floorMod(days + 3, 7) + 1,
                  days - firstDay + 1, offset);
}
/// The moment of calendar fields; null when there is no such date or time.
export func fromDate(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, nano: int = 0,
                     offset: int = 0): Time? {
  if (year < 1678 || year > 2261 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) { return null; }
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) { return null; }
  if (nano < 0 || nano > 999999999 || offset < -1439 || offset > 1439) { return null; }
  let total = daysFromCivil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset * 60;
  return fromUnixNanos(total * 1000000000 + nano);
}
export func isLeapYear(year: int): bool { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
export func daysInMonth(year: int, month: int): int {
  if (month == 2) { return isLeapYear(year) ? 29 : 28; }
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Days since 1970-01-01 and back: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
func daysFromCivil(year: int, month: int, day: int): int {
  let y = month <= 2 ? year - 1 : year;
  let era = floorDiv(y, 400);
  let yearOfEra = y - era * 400;
  let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}
func civil(days: int): List<int> {
  let z = days + 719468;
  let era = floorDiv(z, 146097);
  let dayOfEra = z - era * 146097;
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  let shifted = (5 * dayOfYear + 2) / 153;
  let month = shifted < 10 ? shifted + 3 : shifted - 9;
  let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return [year, month, dayOfYear - (153 * shifted + 2) / 5 + 1];
}
func floorDiv(a: int, b: int): int {
  let q = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}
func floorMod(a: int, b: int): int { return a - floorDiv(a, b) * b; }

func digits(value: int, width: int): String { return value.toString().padStart(width, "0"); }

/// RFC 3339, as in `2024-05-01T12:30:00Z`; a fraction without trailing zeros when there is one.
export func toRfc3339(time: Time, offset: int = 0): String {
  let d = dateTime(time, offset);
  let text = `${digits(d.year, 4)}-${digits(d.month, 2)}-${digits(d.day, 2)}T${digits(d.hour, 2)}:${digits(d.minute, 2)}:${digits(d.second, 2)}`;
  if (d.nano != 0) {
    let fraction = digits(d.nano, 9);
    while (fraction.endsWith("0")) { fraction = fraction.slice(0, fraction.length - 1); }
    text = text + "." + fraction;
  }
  return text + offsetText(offset, "Z");
}
func offsetText(offset: int, zero: String): String {
  if (offset == 0) { return zero; }
  let minutes = abs(offset);
  return (offset < 0 ? "-" : "+") + digits(minutes / 60, 2) + ":" + digits(minutes % 60, 2);
}
/// The moment an RFC 3339 text names, or null when it is malformed or outside the years 1678 to 2261.
@native("time.parse") export func parse(text: String): Time?;

const monthNames: String = "January February March April May June July August September October November December";
const dayNames: String = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday";

/// Text by a pattern: `%Y %m %d %H %M %S` as digits, `%L` milliseconds, `%N` nanoseconds, `%j` day of the year, `%a %A` day and `%b %B` month
/// names, `%u` weekday 1 to 7, `%z` offset, `%%` a percent sign. Throws 1613 for an unknown letter.
export func format(time: Time, pattern: String, offset: int = 0): String {
  let d = dateTime(time, offset);
  let out: List<String> = [];
  let i = 0;
  while (i < pattern.length) {
    let c = pattern[i];
    i += 1;
    if (c != "%") {
      out.push(c);
      continue;
    }
    let letter = i < pattern.length ? pattern[i] : "";
    i += 1;
    out.push(match (letter) {
      case "Y" => digits(d.year, 4)
      case "m" => digits(d.month, 2)
      case "d" => digits(d.day, 2)
      case "H" => digits(d.hour, 2)
      case "M" => digits(d.minute, 2)
      case "S" => digits(d.second, 2)
      case "L" => digits(d.nano / 1000000, 3)
      case "N" => digits(d.nano, 9)
      case "j" => digits(d.yearDay, 3)
      case "u" => d.weekday.toString()
      case "A" => dayNames.split(" ")[d.weekday - 1]
      case "a" => dayNames.split(" ")[d.weekday - 1].slice(0, 3)
      case "B" => monthNames.split(" ")[d.month - 1]
      case "b" => monthNames.split(" ")[d.month - 1].slice(0, 3)
      case "z" => offsetText(offset, "+00:00")
      case "%" => "%"
      case _ => throw Error(1613, "time.format: unknown letter %" + letter)
    });
  }
  return out.join();
}

/// `1h30m`, `250ms`, `-1.5s`: numbers with the units ns us ms s m h d, or null when malformed or too long.
@native("duration.parse") export func parseDuration(text: String): Duration?;
/// Rounded to at most two units: `1h30m`, `2m5s`, `1.25s`, `340ms`, `12us`.
export func formatDuration(duration: Duration): String {
  let nanos = duration.nanos();
  if (nanos < 0) { return "-" + formatDuration(nanoseconds(nanos == -9223372036854775808 ? 9223372036854775807 : -nanos)); }
  if (nanos < 1000) { return `${nanos}ns`; }
  if (nanos < 1000000) { return short(float(nanos) / 1e3) + "us"; }
  if (nanos < 1000000000) { return short(float(nanos) / 1e6) + "ms"; }
  if (nanos < 60000000000) { return short(float(nanos) / 1e9) + "s"; }
  let total = nanos / 1000000000;
  if (total < 3600) { return pair(total / 60, "m", total % 60, "s"); }
  if (total < 86400) { return pair(total / 3600, "h", total / 60 % 60, "m"); }
  return pair(total / 86400, "d", total / 3600 % 24, "h");
}
func short(x: float): String {
  let text = "{:.2f}".format(x);
  while (text.endsWith("0")) { text = text.slice(0, text.length - 1); }
  return text.endsWith(".") ? text.slice(0, text.length - 1) : text;
}
func pair(a: int, unitA: String, b: int, unitB: String): String { return b == 0 ? `${a}${unitA}` : `${a}${unitA}${b}${unitB}`; }
