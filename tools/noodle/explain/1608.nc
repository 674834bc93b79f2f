let xs = [1, 2, 3];
for (x in xs) { xs.push(x); }
// ---- instead
let xs = [1, 2, 3];
for (x in xs.copy()) { xs.push(x); }
print(xs);
