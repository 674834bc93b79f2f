let x = 1 + * 2;
// ---- instead
let x = 1 * 2;
print(x);
