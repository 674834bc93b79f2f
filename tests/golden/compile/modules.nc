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
