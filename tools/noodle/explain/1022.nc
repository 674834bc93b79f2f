class A { private private x: int; }
// ---- instead
class A { private x: int; }
print(A() is A);
