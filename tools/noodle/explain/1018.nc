1 + 2 = 3;
// ---- instead
let sum = 1 + 2;
print(sum);
