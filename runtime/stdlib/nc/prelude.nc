// The prelude: what every NoodleCore program sees without an import.
//
// Attributes used here and in host.nci:
//   @builtin("list")      the declaration gives a built-in type its members
//   @native("list.push")  body-less function implemented in C++; arguments are self (if a method), then the parameters
//   @property             called without parentheses
//   @varargs              the last parameter, a List<any>, collects the remaining arguments
//   @never                does not return
//   @needs("number")      the type argument T must be a number; "ordered": must have <; "List<U>": must be a List<U>
//   @index                gives the type the operator x[key] (chosen by the type of the key)
//   @cap("time")          needs this capability
// Natives never call NoodleCore; what takes a function is written here.

// ---------------------------------------------------------------- numbers, bool, byte

@builtin("int")
class int {
  /// The number in decimal.
  @native("value.text") func toString(): String;
}

@builtin("float")
class float {
  /// Shortest text that reads back equal: `4.0`, `1e300`, `nan`, `inf`.
  @native("value.text") func toString(): String;
  /// True for "not a number", which is not equal to itself.
  @native("float.isNan") func isNan(): bool;
  /// False for nan and the infinities.
  @native("float.isFinite") func isFinite(): bool;
}

@builtin("bool")
class bool {
  @native("value.text") func toString(): String;
}

@builtin("byte")
class byte {
  @native("value.text") func toString(): String;
}

// ---------------------------------------------------------------- text and bytes

/// Immutable text; positions and lengths count code points.
@builtin("string")
class String {
  @property @native("string.length") func length(): int;
  /// Size in UTF-8 bytes.
  @native("string.byteLength") func byteLength(): int;
  /// UTF-8 byte at byte position `index`, 0 to 255; traps 1602.
  @native("string.byteAt") func byteAt(index: int): int;
  /// Code point at position `index`; traps 1602.
  @native("string.codeAt") func codeAt(index: int): int;
  /// The UTF-8 bytes.
  @native("string.bytes") func bytes(): Bytes;
  /// Code points from `from` up to, not including, `to`; both are clamped to 0..length.
  @native("string.slice") func slice(from: int, to: int = 9223372036854775807): String;
  /// Parts between separators; an empty separator gives the single code points.
  @native("string.split") func split(separator: String): List<String>;
  /// Without white space at both ends.
  @native("string.trim") func trim(): String;
  /// With every occurrence of `from` replaced; an empty `from` changes nothing.
  @native("string.replace") func replace(from: String, to: String): String;
  @native("string.contains") func contains(part: String): bool;
  @native("string.startsWith") func startsWith(prefix: String): bool;
  @native("string.endsWith") func endsWith(suffix: String): bool;
  /// Position of the first occurrence at or after `from`, or -1.
  @native("string.indexOf") func indexOf(part: String, from: int = 0): int;
  @native("string.toUpper") func toUpper(): String;
  @native("string.toLower") func toLower(): String;
  /// `count` copies; traps 1610 if negative.
  @native("string.repeat") func repeat(count: int): String;
  /// Filled on the left with `fill` up to `width` code points.
  @native("string.padStart") func padStart(width: int, fill: String = " "): String;
  /// Filled on the right.
  @native("string.padEnd") func padEnd(width: int, fill: String = " "): String;
  /// One String per code point.
  @native("string.chars") func chars(): List<String>;
  /// Lines without their line ends (\n or \r\n); a final line end adds no empty line.
  @native("string.lines") func lines(): List<String>;
  /// The whole text as a decimal int with optional sign, or null.
  @native("string.parseInt") func parseInt(): int?;
  /// The whole text as a float (also `nan`, `inf`), or null.
  @native("string.parseFloat") func parseFloat(): float?;
  /// Fills `{}`, `{0}`, `{:>8.2f}` with the values; `{{` and `}}` are braces. Spec: [[fill]<>^][+][0][width][.digits][dxXbofeg%].
  @varargs @native("string.format") func format(values: List<any>): String;
  @native("value.text") func toString(): String;
}

/// Immutable sequence of bytes.
@builtin("bytes")
class Bytes {
  @property @native("bytes.length") func length(): int;
  /// Bytes from `from` up to, not including, `to`; both are clamped to 0..length.
  @native("bytes.slice") func slice(from: int, to: int = 9223372036854775807): Bytes;
  @native("bytes.concat") func concat(other: Bytes): Bytes;
  /// Position of the first occurrence of `part` at or after `from`, or -1.
  @native("bytes.indexOf") func indexOf(part: Bytes, from: int = 0): int;
  @native("bytes.toList") func toList(): List<byte>;
  /// The bytes as UTF-8 text, or null when they are not valid UTF-8.
  @native("bytes.decode") func decode(): String?;
  @native("value.text") func toString(): String;
}

// ---------------------------------------------------------------- time

/// Length of time in whole nanoseconds.
@builtin("duration")
class Duration {
  @native("duration.nanos") func nanos(): int;
  /// Whole microseconds, truncated.
  @native("duration.micros") func micros(): int;
  /// Whole milliseconds, truncated.
  @native("duration.millis") func millis(): int;
  @native("duration.seconds") func seconds(): float;
  @native("value.text") func toString(): String;
}

/// Moment in UTC with nanosecond resolution.
@builtin("time")
class Time {
  /// Whole seconds since 1970-01-01T00:00:00Z.
  @native("time.unix") func unix(): int;
  @native("time.unixNanos") func unixNanos(): int;
  /// Time from `earlier` to this one.
  @native("time.since") func since(earlier: Time): Duration;
  @native("time.plus") func plus(duration: Duration): Time;
  @native("time.minus") func minus(duration: Duration): Time;
  @native("value.text") func toString(): String;
}

// ---------------------------------------------------------------- any and Json

@builtin("any")
class any {
}

/// null, bool, int, float, String, List<Json> or Map<String, Json>. Accessors trap 1609 when the value is another.
@builtin("json")
class Json {
  @native("json.isNull") func isNull(): bool;
  @native("json.bool") func bool(): bool;
  @native("json.int") func int(): int;
  /// Also accepts an int.
  @native("json.float") func float(): float;
  @native("json.string") func string(): String;
  @native("json.list") func list(): List<Json>;
  @native("json.map") func map(): Map<String, Json>;
  /// Elements of a list or members of a map.
  @property @native("json.length") func length(): int;
  /// True if this is a map with that member.
  @native("json.has") func has(name: String): bool;
  /// Member of a map, or null when there is none.
  @native("json.get") func get(name: String): Json;
  /// Member of a map; traps 1609 when there is none.
  @index @native("json.member") func member(name: String): Json;
  /// Element of a list; traps 1602.
  @index @native("json.element") func element(index: int): Json;
  @native("value.text") func toString(): String;
}

// ---------------------------------------------------------------- collections

/// Growable sequence.
@builtin("list")
class List<T> {
  @property @native("list.length") func length(): int;
  /// Appends a value.
  @native("list.push") func push(value: T);
  /// Removes and gives the last value, or null when empty.
  func pop(): T? {
    if (self.length == 0) { return null; }
    return self.removeAt(self.length - 1);
  }
  /// Inserts before position `index`, 0 to length; traps 1602.
  @native("list.insert") func insert(index: int, value: T);
  /// Removes and gives the value at `index`; traps 1602.
  @native("list.removeAt") func removeAt(index: int): T;
  /// Removes the first equal value; false if there is none.
  func remove(value: T): bool {
    let at = self.indexOf(value);
    if (at < 0) { return false; }
    self.removeAt(at);
    return true;
  }
  func contains(value: T): bool { return self.indexOf(value) >= 0; }
  /// Position of the first equal value, or -1.
  @native("list.indexOf") func indexOf(value: T): int;
  /// Copy of the values from `from` up to, not including, `to`; both are clamped to 0..length.
  @native("list.slice") func slice(from: int, to: int = 9223372036854775807): List<T>;
  /// New list: these values, then those of `other`.
  @native("list.concat") func concat(other: List<T>): List<T>;
  /// Reverses this list and returns it.
  @native("list.reverse") func reverse(): List<T>;
  /// Sorts this list (stable) and returns it. `compare(a, b)` is negative when a comes first; without it, T must have <.
  func sort(compare: (func(T, T): int)? = null): List<T> {
    if (compare == null) {
      self.sortNatural();
      return self;
    }
    let n = self.length;
    let source = self.copy();
    let target = self.copy();
    let width = 1;
    while (width < n) {
      let start = 0;
      while (start < n) {
        let middle = $lesser(start + width, n);
        let end = $lesser(middle + width, n);
        let i = start;
        let j = middle;
        for (k in start..<end) {
          if (i < middle && (j >= end || compare(source[i], source[j]) <= 0)) {
            target[k] = source[i];
            i += 1;
          } else {
            target[k] = source[j];
            j += 1;
          }
        }
        start = end;
      }
      let swapped = source;
      source = target;
      target = swapped;
      width *= 2;
    }
    for (k in 0..<n) { self[k] = source[k]; }
    return self;
  }
  /// Sorts this list (stable) by a key that has <, computed once per value, and returns it.
  func sortBy<K>(key: func(T): K): List<T> {
    let keys: List<K> = [];
    let values: List<T> = [];
    for (value in self) {
      keys.push(key(value));
      values.push(value);
    }
    let at = 0;
    for (index in keys.order()) {
      self[at] = values[index];
      at += 1;
    }
    return self;
  }
  func map<U>(f: func(T): U): List<U> {
    let out: List<U> = [];
    for (value in self) { out.push(f(value)); }
    return out;
  }
  func filter(keep: func(T): bool): List<T> {
    let out: List<T> = [];
    for (value in self) {
      if (keep(value)) { out.push(value); }
    }
    return out;
  }
  /// f(...f(f(initial, first), second)..., last).
  func fold<U>(initial: U, f: func(U, T): U): U {
    let result = initial;
    for (value in self) { result = f(result, value); }
    return result;
  }
  /// As fold, starting with the first value; null when empty.
  func reduce(f: func(T, T): T): T? {
    let n = self.length;
    if (n == 0) { return null; }
    let result = self[0];
    for (i in 1..<n) { result = f(result, self[i]); }
    return result;
  }
  /// First value that satisfies the test, or null.
  func find(test: func(T): bool): T? {
    for (value in self) {
      if (test(value)) { return value; }
    }
    return null;
  }
  func any(test: func(T): bool): bool {
    for (value in self) {
      if (test(value)) { return true; }
    }
    return false;
  }
  func all(test: func(T): bool): bool {
    for (value in self) {
      if (!test(value)) { return false; }
    }
    return true;
  }
  /// How many values satisfy the test.
  func count(test: func(T): bool): int {
    let n = 0;
    for (value in self) {
      if (test(value)) { n += 1; }
    }
    return n;
  }
  /// Pairs of values at the same position, as long as the shorter list.
  func zip<U>(other: List<U>): List<Entry<T, U>> {
    let out: List<Entry<T, U>> = [];
    for (i in 0..<$lesser(self.length, other.length)) { out.push(Entry(self[i], other[i])); }
    return out;
  }
  /// The values of a list of lists, one level.
  @needs("List<U>") @native("list.flat") func flat<U>(): List<U>;
  /// The first of each group of equal values, in order.
  @native("list.unique") func unique(): List<T>;
  /// Values by key, in order of first appearance.
  func groupBy<K>(key: func(T): K): Map<K, List<T>> {
    let out: Map<K, List<T>>;
    for (value in self) {
      let none: List<T> = [];
      out.getOrPut(key(value), none).push(value);
    }
    return out;
  }
  func first(): T? {
    if (self.length == 0) { return null; }
    return self[0];
  }
  func last(): T? {
    let n = self.length;
    if (n == 0) { return null; }
    return self[n - 1];
  }
  @needs("ordered")
  func min(): T? {
    let at = self.minIndex();
    if (at < 0) { return null; }
    return self[at];
  }
  @needs("ordered")
  func max(): T? {
    let at = self.maxIndex();
    if (at < 0) { return null; }
    return self[at];
  }
  /// Sum of numbers or durations; 0 when empty.
  @needs("number") @native("list.sum") func sum(): T;
  /// Texts of the values with `separator` between them.
  @native("list.join") func join(separator: String = ""): String;
  @native("list.clear") func clear();
  /// New list with the same values.
  @native("list.copy") func copy(): List<T>;
  @native("value.text") func toString(): String;

  /// Stable sort by <; traps 1613 when T has none, 1618 on nan.
  @native("list.sort") private func sortNatural();
  /// Stable permutation: order()[0] is the index of the least value.
  @native("list.order") private func order(): List<int>;
  /// Index of the first least value, -1 when empty.
  @native("list.minIndex") private func minIndex(): int;
  @native("list.maxIndex") private func maxIndex(): int;
}

/// Key and value; also the pairs of List.zip.
record Entry<K, V>(key: K, value: V)

/// Hash map that keeps insertion order.
@builtin("map")
class Map<K, V> {
  @property @native("map.length") func length(): int;
  /// Value of a key, or null; m[key] traps 1604 instead.
  @native("map.get") func get(key: K): V?;
  @native("map.set") func set(key: K, value: V);
  @native("map.has") func has(key: K): bool;
  /// False if there was no such key.
  @native("map.remove") func remove(key: K): bool;
  @native("map.keys") func keys(): List<K>;
  @native("map.values") func values(): List<V>;
  func entries(): List<Entry<K, V>> {
    let out: List<Entry<K, V>> = [];
    for (key, value in self) { out.push(Entry(key, value)); }
    return out;
  }
  /// The value of `key`; puts `value` there first when there is none.
  func getOrPut(key: K, value: V): V {
    if (!self.has(key)) { self.set(key, value); }
    return self[key];
  }
  /// Takes over all entries of `other`; its values win.
  func merge(other: Map<K, V>) {
    for (key, value in other) { self.set(key, value); }
  }
  @native("map.clear") func clear();
  @native("value.text") func toString(): String;
}

/// Set of values that keeps insertion order.
@builtin("set")
class Set<T> {
  @property @native("set.length") func length(): int;
  /// False if the value was there already.
  @native("set.add") func add(value: T): bool;
  @native("set.has") func has(value: T): bool;
  /// False if the value was not there.
  @native("set.remove") func remove(value: T): bool;
  func union(other: Set<T>): Set<T> {
    let out: Set<T>;
    for (value in self) { out.add(value); }
    for (value in other) { out.add(value); }
    return out;
  }
  func intersect(other: Set<T>): Set<T> {
    let out: Set<T>;
    for (value in self) {
      if (other.has(value)) { out.add(value); }
    }
    return out;
  }
  /// The values that `other` does not have.
  func minus(other: Set<T>): Set<T> {
    let out: Set<T>;
    for (value in self) {
      if (!other.has(value)) { out.add(value); }
    }
    return out;
  }
  @native("set.values") func values(): List<T>;
  @native("set.clear") func clear();
  @native("value.text") func toString(): String;
}

/// The ints from `from` up to, not including, `to`; empty when descending. `a..b` is Range(a, b + 1).
record Range(from: int, to: int) {
  @property func length(): int { return self.to > self.from ? self.to - self.from : 0; }
  func list(): List<int> {
    let out: List<int> = [];
    for (i in self.from..<self.to) { out.push(i); }
    return out;
  }
  func copy(): List<int> { return self.list(); }
  func contains(value: int): bool { return value >= self.from && value < self.to; }
  func indexOf(value: int): int { return self.contains(value) ? value - self.from : -1; }
  /// Part of the range, by position; both are clamped to 0..length.
  func slice(from: int, to: int = 9223372036854775807): Range {
    let n = self.length;
    let start = from < 0 ? 0 : $lesser(from, n);
    let end = $lesser(to, n);
    return Range(self.from + start, self.from + (end < start ? start : end));
  }
  func concat(other: List<int>): List<int> { return self.list().concat(other); }
  func map<U>(f: func(int): U): List<U> {
    let out: List<U> = [];
    for (i in self.from..<self.to) { out.push(f(i)); }
    return out;
  }
  func filter(keep: func(int): bool): List<int> {
    let out: List<int> = [];
    for (i in self.from..<self.to) {
      if (keep(i)) { out.push(i); }
    }
    return out;
  }
  func fold<U>(initial: U, f: func(U, int): U): U {
    let result = initial;
    for (i in self.from..<self.to) { result = f(result, i); }
    return result;
  }
  func reduce(f: func(int, int): int): int? {
    if (self.length == 0) { return null; }
    let result = self.from;
    for (i in self.from + 1..<self.to) { result = f(result, i); }
    return result;
  }
  func find(test: func(int): bool): int? {
    for (i in self.from..<self.to) {
      if (test(i)) { return i; }
    }
    return null;
  }
  func any(test: func(int): bool): bool {
    for (i in self.from..<self.to) {
      if (test(i)) { return true; }
    }
    return false;
  }
  func all(test: func(int): bool): bool {
    for (i in self.from..<self.to) {
      if (!test(i)) { return false; }
    }
    return true;
  }
  func count(test: func(int): bool): int {
    let n = 0;
    for (i in self.from..<self.to) {
      if (test(i)) { n += 1; }
    }
    return n;
  }
  func zip<U>(other: List<U>): List<Entry<int, U>> { return self.list().zip(other); }
  func unique(): List<int> { return self.list(); }
  func groupBy<K>(key: func(int): K): Map<K, List<int>> { return self.list().groupBy(key); }
  func first(): int? {
    if (self.length == 0) { return null; }
    return self.from;
  }
  func last(): int? {
    if (self.length == 0) { return null; }
    return self.to - 1;
  }
  func min(): int? { return self.first(); }
  func max(): int? { return self.last(); }
  func sum(): int {
    let total = 0;
    for (i in self.from..<self.to) { total += i; }
    return total;
  }
  func join(separator: String = ""): String { return self.list().join(separator); }
}

// ---------------------------------------------------------------- errors

/// What is thrown. Codes are 1001 to 9999; `noodle explain CODE` tells about those of the system.
@builtin("error")
class Error {
  code: int;
  message: String;
  data: any;
  cause: Error?;
  /// Where it was thrown: one `function (file:line:column)` a line, innermost first. Set by throw.
  trace: String;

  constructor(code: int, message: String, data: any = null, cause: Error? = null) {
    $check_error_code(code);
    self.code = code;
    self.message = message;
    self.data = data;
    self.cause = cause;
  }
}

// ---------------------------------------------------------------- processes

/// Address of a process that runs an A. Use it with send, ask, stop, monitor and link.
@builtin("actor_ref")
class ActorRef<A> {
}

/// What `on down` and `receive` get when a monitored process ends.
record Down(ref: ActorRef<any>, reason: Error)

/// `spawn A() with { ... }`. Sizes in bytes; null means the default.
record SpawnOptions(
  name: String? = null,
  memory: int? = null,
  stack: int? = null,
  fuel: int? = null,
  fuelPerSecond: int? = null,
  mailbox: int? = null,
  mailboxBytes: int? = null,
  policy: String? = null,
  children: int? = null,
  caps: List<String>? = null,
  priority: String? = null,
  restart: String? = null,
  version: String? = null
)

/// Tells this process (`on down`, or `case down(ref, reason)`) when the other one ends.
@native("actor.monitor") func monitor(ref: ActorRef<any>);
/// Ends both processes when one of them ends with an error.
@native("actor.link") func link(ref: ActorRef<any>);
@native("actor.unlink") func unlink(ref: ActorRef<any>);
/// Ends a process at once: nothing more of it runs, not even `on stopping`. Reason 1802.
@native("actor.kill") func kill(ref: ActorRef<any>);
/// The process registered under a name; throws 1810 if there is none, 1814 if it is of another type.
@native("actor.whereis") func whereis<A>(name: String): ActorRef<A>;
/// Waits; the process handles no messages meanwhile.
@native("process.sleep") func sleep(duration: Duration);

// ---------------------------------------------------------------- functions

/// Writes the texts of the values, joined by a space, and a line end in one piece.
@varargs @native("io.print") func print(values: List<any>);
/// Length of a String, Bytes, List, Map, Set or Range; traps 1613 for other values.
@native("value.len") func len(value: any): int;
/// The ints from `from` up to, not including, `to`.
func range(from: int, to: int): Range { return Range(from, to); }
@needs("ordered") @native("value.min") func min<T>(a: T, b: T): T;
@needs("ordered") @native("value.max") func max<T>(a: T, b: T): T;
/// Magnitude of a number or Duration; traps 1600 for the least int.
@needs("number") @native("value.abs") func abs<T>(value: T): T;
/// A list of `count` times the same value.
@native("list.filled") func list<T>(count: int, value: T): List<T>;
/// Random UUID (version 4), 36 characters.
@native("process.uuid") func uuid(): String;
@cap("time") @native("time.now") func now(): Time;
/// Throws 1611 unless the condition holds.
@native("process.assert") func assert(condition: bool, message: String = "");
/// Throws 1611, naming both values, unless they are equal.
@native("process.assertEq") func assert_eq<T>(actual: T, expected: T, message: String = "");
/// Runs `action`; throws 1611 unless it throws an error with that code, which is returned.
func assert_throws(code: int, action: func()): Error {
  let caught: Error? = null;
  try {
    action();
  } catch (e) {
    caught = e;
  }
  if (caught == null) {
    assert(false, `expected error ${code}, but nothing was thrown`);
  }
  let error = caught as (Error);
  assert(error.code == code, `expected error ${code}, got ${error.code}: ${error.message}`);
  return error;
}
/// Ends the process with error 1612.
@never @native("process.panic") func panic(message: String);

// ---------------------------------------------------------------- used by the compiler and in this file

func $lesser(a: int, b: int): int { return a < b ? a : b; }

@native("error.checkCode") func $check_error_code(code: int);
/// Starts a receive: position before the oldest message; `timeout` null waits for ever.
@native("process.receiveBegin") func $receive_begin(timeout: Duration?);
/// Waits for and gives the next message not yet looked at; null when the time is over.
@native("process.receiveNext") func $receive_next(): any;
/// Takes the message given last out of the mailbox.
@native("process.receiveTake") func $receive_take();
/// Values that the REPL keeps between inputs.
@native("process.sessionGet") func $session_get(index: int): any;
@native("process.sessionSet") func $session_set(index: int, value: any);
