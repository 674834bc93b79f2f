// Assertions that show what differs. Each throws 1611.

func fail(message: String) { assert(false, message); }

/// Both texts differ: shows where. Values of other types: use assert_eq.
export func equalText(actual: String, expected: String) {
  if (actual != expected) { fail("texts differ (- expected, + actual)\n" + diff(expected, actual)); }
}
/// Both lists are equal; else shows the first position that differs.
export func equalList<T>(actual: List<T>, expected: List<T>) {
  let n = min(actual.length, expected.length);
  for (i in 0..<n) {
    if (actual[i] != expected[i]) {
      fail(`lists differ at [${i}]: expected ${expected[i]}, got ${actual[i]}\nexpected ${expected}\ngot      ${actual}`);
    }
  }
  if (actual.length != expected.length) {
    fail(`lists have different lengths: expected ${expected.length}, got ${actual.length}\nexpected ${expected}\ngot      ${actual}`);
  }
}
/// Both maps have the same entries; else names a key that differs.
export func equalMap<K, V>(actual: Map<K, V>, expected: Map<K, V>) {
  for (key, value in expected) {
    if (!actual.has(key)) { fail(`key ${key} is missing; expected value ${value}`); }
    if (actual[key] != value) { fail(`values of key ${key} differ: expected ${value}, got ${actual[key]}`); }
  }
  for (key, value in actual) {
    if (!expected.has(key)) { fail(`key ${key} is not expected; its value is ${value}`); }
  }
}
export func notEqual<T>(actual: T, other: T) {
  if (actual == other) { fail(`both are ${actual}`); }
}
/// The distance is at most `tolerance`.
export func near(actual: float, expected: float, tolerance: float = 1e-9) {
  let distance = abs(actual - expected);
  if (!(distance <= tolerance)) { fail(`expected ${expected} +- ${tolerance}, got ${actual}`); }
}
export func isTrue(condition: bool, message: String = "expected true") { assert(condition, message); }
export func isFalse(condition: bool, message: String = "expected false") { assert(!condition, message); }
export func contains(text: String, part: String) {
  if (!text.contains(part)) { fail(`"${part}" is not in "${text}"`); }
}
export func containsAll<T>(actual: List<T>, expected: List<T>) {
  for (value in expected) {
    if (!actual.contains(value)) { fail(`${value} is not in ${actual}`); }
  }
}
/// `action` throws an error with this code; returns it.
export func throws(code: int, action: func()): Error { return assert_throws(code, action); }
/// As throws, and the message has this part.
export func throwsWith(code: int, part: String, action: func()): Error {
  let error = assert_throws(code, action);
  contains(error.message, part);
  return error;
}

/// Line by line: `  ` both, `- ` only in `old`, `+ ` only in `new_`. Texts over 2000 lines are not aligned.
export func diff(old: String, new_: String): String {
  let a = old.split("\n");
  let b = new_.split("\n");
  let head = 0;
  while (head < a.length && head < b.length && a[head] == b[head]) { head += 1; }
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] == b[b.length - 1 - tail]) { tail += 1; }
  let out: List<String> = [];
  for (i in 0..<head) { out.push("  " + a[i]); }
  for (line in changes(a.slice(head, a.length - tail), b.slice(head, b.length - tail))) { out.push(line); }
  for (i in a.length - tail..<a.length) { out.push("  " + a[i]); }
  return out.join("\n");
}
// Longest common subsequence; the table holds its length for all suffixes.
func changes(a: List<String>, b: List<String>): List<String> {
  if (a.length > 2000 || b.length > 2000) {
    return a.map(line => "- " + line).concat(b.map(line => "+ " + line));
  }
  let width = b.length + 1;
  let common = list<int>((a.length + 1) * width, 0);
  let i = a.length - 1;
  while (i >= 0) {
    let j = b.length - 1;
    while (j >= 0) {
      let at = i * width + j;
      common[at] = a[i] == b[j] ? common[at + width + 1] + 1 : max(common[at + width], common[at + 1]);
      j -= 1;
    }
    i -= 1;
  }
  let out: List<String> = [];
  let x = 0;
  let y = 0;
  while (x < a.length || y < b.length) {
    if (x < a.length && y < b.length && a[x] == b[y]) {
      out.push("  " + a[x]);
      x += 1;
      y += 1;
    } else if (x < a.length && (y == b.length || common[(x + 1) * width + y] >= common[x * width + y + 1])) {
      out.push("- " + a[x]);
      x += 1;
    } else {
      out.push("+ " + b[y]);
      y += 1;
    }
  }
  return out;
}
