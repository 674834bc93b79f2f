let x = ;
// ---- instead
let x = 0;
print(x);
