// The prelude: what every NoodleCore program sees without an import. Collections and processes are in
// prelude-collections.nc and prelude-processes.nc; the three share one scope.
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

// ---------------------------------------------------------------- functions

/// Writes the texts of the values, joined by a space, and a line end in one piece.
@varargs @native("io.print") func print(values: List<any>);
/// Length of a String, Bytes, List, Map, Set or Range; traps 1613 for other values.
@native("value.len") func len(value: any): int;
@needs("ordered") @native("value.min") func min<T>(a: T, b: T): T;
@needs("ordered") @native("value.max") func max<T>(a: T, b: T): T;
/// Magnitude of a number or Duration; traps 1600 for the least int.
@needs("number") @native("value.abs") func abs<T>(value: T): T;
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

// ---------------------------------------------------------------- used by the compiler

@native("error.checkCode") func $check_error_code(code: int);
