import std.math;
print(math.secret());
// ---- instead
import std.math;
print(math.sqrt(4.0));
