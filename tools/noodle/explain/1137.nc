record P(x: int)
class B extends P { }
// ---- instead
class P { x: int; }
class B extends P { }
print(B().x);
