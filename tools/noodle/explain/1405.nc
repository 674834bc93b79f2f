func answer(): int {
  return 42;
  print("never");
}
print(answer());
// ---- instead
func answer(): int {
  print("before");
  return 42;
}
print(answer());
