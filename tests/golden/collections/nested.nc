// Collections inside collections, shared and copied.
func main() {
  let grid: List<List<int>> = [];
  for (y in 0..<3) { grid.push(list<int>(3, y)); }
  grid[1][2] = 9;
  print(grid);
  // expect: [[0, 0, 0], [1, 1, 9], [2, 2, 2]]
  let shared = list<List<int>>(2, []);
  shared[0].push(1);
  print(shared);
  // expect: [[1], [1]]
  let counts: Map<String, Map<String, int>> = {};
  for (pair in ["a:x", "a:y", "b:x", "a:x"]) {
    let parts = pair.split(":");
    let none: Map<String, int> = {};
    let inner = counts.getOrPut(parts[0], none);
    inner[parts[1]] = (inner.get(parts[1]) ?? 0) + 1;
  }
  print(counts);
  // expect: {"a": {"x": 2, "y": 1}, "b": {"x": 1}}
  let bools = [true, false];
  bools.push(true);
  bools[0] = false;
  print(bools, bools.count(b => b));
  // expect: [false, false, true] 1
  let maybe: List<int?> = [1, null, 3];
  let sum = 0;
  for (v in maybe) { if (v != null) { sum += v; } }
  print(maybe, sum);
  // expect: [1, null, 3] 4
  let durations = [1s, 500ms];
  print(durations.sum(), durations.max());
  // expect: 1.5s 1s
}
