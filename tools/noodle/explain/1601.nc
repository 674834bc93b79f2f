let parts = 0;
print(10 / parts);
// ---- instead
let parts = 0;
print(parts == 0 ? 0 : 10 / parts);
