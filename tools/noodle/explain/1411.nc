let n = 0;
while (n > 0);
print(n);
// ---- instead
let n = 3;
while (n > 0) { n -= 1; }
print(n);
