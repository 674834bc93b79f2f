let xs = [1, 2, 3];
print(xs[3]);
// ---- instead
let xs = [1, 2, 3];
print(xs[xs.length - 1]);
