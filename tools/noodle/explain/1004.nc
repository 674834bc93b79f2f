print("50\% done");
// ---- instead
print("50% done");
