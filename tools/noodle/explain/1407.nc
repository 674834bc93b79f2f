let a = 1;
a = a;
print(a);
// ---- instead
let a = 1;
a = a + 1;
print(a);
