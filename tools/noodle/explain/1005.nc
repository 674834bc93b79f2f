let n = 0xZZ;
// ---- instead
let n = 0xFF;
print(n);
