import std.maths;
print(1);
// ---- instead
import std.math;
print(math.sqrt(2.0));
