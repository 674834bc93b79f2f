func f(): int {
  try { print(1); } finally { return 2; }
}
// ---- instead
func f(): int {
  try { print(1); } finally { print(2); }
  return 2;
}
print(f());
