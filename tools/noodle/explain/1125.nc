print(true * 2);
// ---- instead
print(1 * 2);
