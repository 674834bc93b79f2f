class A { func f(n: int): int { return n; } }
class B extends A { func f(n: float): int { return 1; } }
// ---- instead
class A { func f(n: int): int { return n; } }
class B extends A { func f(n: int): int { return n + 1; } }
print(B().f(1));
