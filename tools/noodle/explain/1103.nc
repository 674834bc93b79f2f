let x = 1;
let x = 2;
// ---- instead
let x = 1;
let y = 2;
print(x + y);
