// The trace names functions and lines, innermost first.
func c(n: int): int { return 10 / n; }
func b(n: int): int {
  return c(n) + 1;
}
func a(n: int): int { return b(n); }
func main() {
  try { print(a(0)); } catch (e) {
    for (line in e.trace.lines()) { print(line.split("(")[0].trim()); }
  }
  // expect: c
  // expect: b
  // expect: a
  // expect: main
  // A function or method as a value adds nothing to the trace.
  let thing = Thing();
  for (f in [c, thing.method]) {
    try { print([0].map(f)); } catch (e) { print(e.trace.lines().map(line => line.split(" (")[0])); }
  }
  // expect: ["c", "List.map<int, int>", "main"]
  // expect: ["c", "Thing.method", "List.map<int, int>", "main"]
}
class Thing { func method(n: int): int { return c(n); } }
