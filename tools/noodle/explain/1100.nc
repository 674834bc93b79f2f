let total = 3;
print(totl);
// ---- instead
let total = 3;
print(total);
