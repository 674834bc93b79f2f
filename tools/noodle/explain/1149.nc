print(true < false);
// ---- instead
print(1 < 2);
