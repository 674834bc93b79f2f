let n = -1;
print("ab".repeat(n));
// ---- instead
let n = 2;
print("ab".repeat(n));
