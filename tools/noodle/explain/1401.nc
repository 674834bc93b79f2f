import std.math;
func main() { print("hello"); }
// ---- instead
import std.math;
func main() { print(math.sqrt(4.0)); }
