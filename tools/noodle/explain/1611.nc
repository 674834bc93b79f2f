let n = 3;
assert(n == 4);
// ---- instead
let n = 4;
assert(n == 4);
