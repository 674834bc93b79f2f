let nan = 0.0 / 0.0;
print([1.0, nan].sort());
// ---- instead
print([2.0, 1.0].sort());
