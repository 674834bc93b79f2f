let by = 64;
print(1 << by);
// ---- instead
let by = 63;
print(1 << by);
