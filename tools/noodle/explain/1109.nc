type A = B;
type B = A;
let x: A = 1;
// ---- instead
type A = int;
type B = A;
let x: B = 1;
print(x);
