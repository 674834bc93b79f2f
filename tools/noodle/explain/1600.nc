let n = 9223372036854775807;
print(n + 1);
// ---- instead
import std.math;
let n = 9223372036854775807;
print(math.wrapAdd(n, 1));
