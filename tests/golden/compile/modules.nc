// Imports.
import std.math;
import std.nothing;
import std.text as t;
func main() {
  print(math.pi2);
  print(t.toMatch);
  print(math);
}
// expect compile error: 1104 line 3
// expect compile error: 1100 line 6
// expect compile error: 1105 line 7
// expect compile error: 1107 line 8
