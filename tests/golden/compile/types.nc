// Type errors.
record P(x: int)
func f(a: int, b: String): int { return a; }
func main() {
  let a: int = "text";
  let b: String = 5;
  f(1);
  f(1, 2);
  f(1, "a", 3);
  f(b: "x", c: 1, a: 2);
  let c = 1 + true;
  if (1) { }
  let d: List<float> = [1, 2];
  let e: List<int> = [1, "a"];
  let g: P = {y: 1};
  let h: Map<P, List<int>> = {};
  let i = f == f;
  let j: byte = 3.5;
  undefined_function(1);
  print(unknownName);
  let k: Unknown = 1;
}
// expect compile error: 1120 line 5
// expect compile error: 1120 line 6
// expect compile error: 1122 line 7
// expect compile error: 1120 line 8
// expect compile error: 1122 line 9
// expect compile error: 1123 line 10
// expect compile error: 1125 line 11
// expect compile error: 1126 line 12
// expect compile error: 1120 line 14
// expect compile error: 1123 line 15
// expect compile error: 1149 line 17
// expect compile error: 1120 line 18
// expect compile error: 1100 line 19
// expect compile error: 1100 line 20
// expect compile error: 1101 line 21
