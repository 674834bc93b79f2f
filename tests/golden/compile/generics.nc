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
