class A { func f<T>(x: T): T { return x; } }
class B extends A { func f<T>(x: T): T { return x; } }
// ---- instead
class A<T> { func f(x: T): T { return x; } }
class B extends A<int> { func f(x: int): int { return x + 1; } }
print(B().f(1));
