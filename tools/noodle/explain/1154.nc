func depth<T>(value: T, n: int): int { return n == 0 ? 0 : 1 + depth([value], n - 1); }
print(depth(7, 3));
// ---- instead
func depth(value: any, n: int): int { return n == 0 ? 0 : 1 + depth([value], n - 1); }
print(depth(7, 3));
