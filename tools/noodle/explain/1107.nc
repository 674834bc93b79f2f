class A { }
let a: any = A;
// ---- instead
class A { }
let a: any = A();
print(a is A);
