class A(x: int) { constructor(y: int) { } }
// ---- instead
class A {
  x: int;
  constructor(y: int) { x = y; }
}
print(A(1).x);
