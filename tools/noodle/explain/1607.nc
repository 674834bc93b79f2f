print(int(1e300));
// ---- instead
print(int(1e3));
