func f(): int { return super.g(); }
// ---- instead
class A { func g(): int { return 1; } }
class B extends A { func g(): int { return super.g() + 1; } }
print(B().g());
