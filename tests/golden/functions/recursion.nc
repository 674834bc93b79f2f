// Deep but bounded recursion and mutual recursion.
// heavy
func even(n: int): bool { return n == 0 ? true : odd(n - 1); }
func odd(n: int): bool { return n == 0 ? false : even(n - 1); }
func depth(n: int): int {
  if (n == 0) { return 0; }
  return 1 + depth(n - 1);
}
func ackermann(m: int, n: int): int {
  if (m == 0) { return n + 1; }
  if (n == 0) { return ackermann(m - 1, 1); }
  return ackermann(m - 1, ackermann(m, n - 1));
}
func main() {
  print(even(1000), odd(7), depth(50000), ackermann(2, 3));
  // expect: true true 50000 9
}
