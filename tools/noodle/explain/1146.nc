for (x in 5) { print(x); }
// ---- instead
for (x in 0..<5) { print(x); }
