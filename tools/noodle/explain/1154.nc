func grow<T>(x: T, n: int): int {
  return n == 0 ? 0 : grow([x], n - 1);
}
print(grow(1, 3));
// ---- instead
func grow(x: List<int>, n: int): int {
  return n == 0 ? x.length : grow(x.concat([n]), n - 1);
}
print(grow([1], 3));
