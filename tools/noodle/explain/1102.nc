print("abc".size);
// ---- instead
print("abc".length);
