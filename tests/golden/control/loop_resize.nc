// Resizing a collection inside its own for traps 1608; changing elements is fine.
func main() {
  let xs = [1, 2, 3];
  for (i, x in xs) { xs[i] = x * 10; }
  print(xs);
  // expect: [10, 20, 30]
  try {
    for (x in xs) { xs.push(x); }
  } catch (e) { print(e.code); }
  // expect: 1608
  let m: Map<String, int> = {"a": 1};
  for (k, v in m) { m[k] = v + 1; }
  print(m);
  // expect: {"a": 2}
  try {
    for (k in m) { m[k + "x"] = 1; }
  } catch (e) { print(e.code); }
  // expect: 1608
  let s: Set<int>;
  s.add(1);
  try {
    for (v in s) { s.remove(v); }
  } catch (e) { print(e.code); }
  // expect: 1608
}
