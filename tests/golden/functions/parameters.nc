// Default values, named arguments, evaluation from left to right.
func box(width: int, height: int = 2, name: String = "box"): String { return `${name} ${width}x${height}`; }
func trace(name: String, value: int): int {
  print(name);
  return value;
}
func main() {
  print([box(1), box(1, 3), box(1, name: "n"), box(height: 5, width: 4)].join("; "));
  // expect: box 1x2; box 1x3; n 1x2; box 4x5
  let r = trace("a", 1) + trace("b", 2) * trace("c", 3);
  // expect: a
  // expect: b
  // expect: c
  print(r);
  // expect: 7
  let xs = [trace("first", 1), trace("second", 2)];
  // expect: first
  // expect: second
  xs[trace("index", 0)] = trace("value", 9);
  // expect: index
  // expect: value
  print(xs);
  // expect: [9, 2]
}
