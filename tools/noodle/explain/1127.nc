let n = "12".parseInt();
print(n + 1);
// ---- instead
let n = "12".parseInt();
if (n != null) { print(n + 1); }
