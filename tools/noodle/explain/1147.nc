let n = 5;
print(n[0]);
// ---- instead
let n = [5];
print(n[0]);
