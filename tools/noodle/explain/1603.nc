let n = "x".parseInt();
print(n as int);
// ---- instead
let n = "x".parseInt();
print(n ?? 0);
