print("hello);
// ---- instead
print("hello");
