// Expressions as statements, optional calls, loops over bytes, ways out through finally.
class Log {
  lines: List<String> = [];
  static made: int = 3;
  action: func(int): int = n => n + 1;
  func add(line: String) { lines.push(line); }
  func size(): int { return lines.length; }
}
func note(log: Log, text: String, result: bool): bool {
  log.add(text);
  return result;
}
func find(log: Log?, text: String): int? {
  log?.add(text);
  return log?.size();
}
func out(log: Log, n: int): int {
  for (i in 0..3) {
    try {
      if (i == n) { return i * 10; }
      if (n == 9) { break; }
      continue;
    } finally { log.add("finally " + i); }
  }
  return -1;
}
func nested(log: Log): int {
  try {
    try { return 1; } finally { log.add("inner"); }
  } finally { log.add("outer"); }
}
func replaced(): int {
  try { throw Error(4001, "lost"); } catch (e) { return e.code; } finally { print("cleaned"); }
}
func choose(a: bool, b: bool, c: bool): String {
  if (a ? b : c) { return "yes"; }
  return (b ? c : a) && !(c ? a : b) ? "maybe" : "no";
}
func main() {
  let log = Log();
  note(log, "a", true) && note(log, "b", false);
  note(log, "c", true) || note(log, "never", false);
  log.size() > 1 ? log.add("many") : log.add("few");
  true ? note(log, "d", true) : false;
  log.size();
  1 + 2;
  print(log.lines, find(log, "e"), find(null, "f"));
  print(log.action(4), Log.made);
  print(out(log, 2), out(log, 7), out(log, 9), nested(log), log.lines.slice(6));
  print(replaced());
  print([true, false].map(a => [true, false].map(b => [true, false].map(c => choose(a, b, c)).join(" ")).join(" ")).join(" "));
  let sum = 0;
  for (b in "abc".bytes()) { sum += b; }
  for (i, b in "abc".bytes()) { sum += i * 1000; }
  print(sum);
  if (sum > 0) func local(n: int): int { return n * 2; }
  func twice(n: int): int { return n * 2; }
  print(twice(4));
  let total = 0;
  for (let i = 0; i < 3; i++) { total += i; }
  let held: List<func(): int> = [];
  for (i in 0..2) { held.push(() => i); }
  for (i, x in ["a", "b"]) { held.push(() => i + x.length); }
  print(total, held.map(f => f()));
  let b = byte(254);
  b++;
  print(b, -byte(5), byte(7) + byte(8), byte(200) > byte(100), ~byte(1));
  try { b++; } catch (e) { print(e.code); }
  let set: Set<int> = [3, 1, 3];
  print(set, [Left(), Right()].map(s => s.side()), [null, [1]].length);
  print(5.toString() + true + byte(3) + 2s + null + [1], String(5), String(2.5), String(true));
}
interface Sided { func side(): String }
class Left implements Sided { func side(): String { return "left"; } }
class Right implements Sided { func side(): String { return "right"; } }
// expect: ["a", "b", "c", "many", "d", "e"] 6 null
// expect: 5 3
// expect: 20 -1 -1 1 ["finally 0", "finally 1", "finally 2", "finally 0", "finally 1", "finally 2", "finally 3", "finally 0", "inner", "outer"]
// expect: cleaned
// expect: 4001
// expect: yes yes no maybe yes no yes no
// expect: 3294
// expect: 8
// expect: 3 [0, 1, 2, 1, 2]
// expect: 255 -5 15 true -2
// expect: 1600
// expect: Set{3, 1} ["left", "right"] 2
// expect: 5true32snull[1] 5 2.5 true
