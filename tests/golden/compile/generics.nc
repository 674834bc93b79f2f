// Misuse of type parameters.
interface I { func rank(): int }
class Box<T> { value: T? = null; }
func less<T>(a: T, b: T): bool { return a < b; }
func plus<T>(a: T): T { return a + a; }
func ranked<T: I>(a: T): int { return a.rank(); }
func main() {
  let b: Box = Box<int>();
  let c: Box<int, int>? = null;
  ranked(5);
  let d: Box<float>? = Box<int>();
  let m: Map<Box<int>, int> = {};
}
// expect compile error: 1149 line 4
// expect compile error: 1125 line 5
// expect compile error: 1151 line 8
// expect compile error: 1151 line 9
// expect compile error: 1152 line 10
// expect compile error: 1120 line 11
// expect compile error: 1148 line 12
