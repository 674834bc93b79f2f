let five = 5;
let x: five = 5;
// ---- instead
let five = 5;
let x: int = five;
print(x);
