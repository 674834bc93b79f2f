let class = 1;
// ---- instead
let kind = 1;
print(kind);
