// What cannot be inferred.
enum Option<T> { none, some(value: T) }
func main() {
  let a = [];
  let b = null;
  let c = Option.none;
  let d = x => x;
  let e: List<int> = [];
  let f: Option<int> = Option.none;
  let g = [1, 2.5];
  let h: List<float> = g;
  let i = [1, "a"];
}
// expect compile error: 1128 line 4
// expect compile error: 1128 line 5
// expect compile error: 1128 line 6
// expect compile error: 1128 line 7
// expect compile error: 1120 line 12
