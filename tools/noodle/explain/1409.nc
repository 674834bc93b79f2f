let a = 1;
a + 1;
print(a);
// ---- instead
let a = 1;
print(a + 1);
