func dig(n: int): int { return 1 + dig(n + 1); }
print(dig(0));
// ---- instead
func dig(n: int): int { return n == 0 ? 0 : 1 + dig(n - 1); }
print(dig(1000));
