// ‮ the end of this line reads backwards
print(1);
// ---- instead
// this line reads as it is
print(1);
