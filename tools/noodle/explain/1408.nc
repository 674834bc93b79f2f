let a = 1;
print(a == a);
// ---- instead
let a = 1;
let b = 2;
print(a == b);
