let n: int = "five";
// ---- instead
let n: int = 5;
print(n);
