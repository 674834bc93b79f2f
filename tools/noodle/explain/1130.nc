func half(n: int): int { return; }
print(half(8));
// ---- instead
func half(n: int): int { return n / 2; }
print(half(8));
